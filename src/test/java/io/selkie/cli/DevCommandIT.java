package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that runs, and the commands that talk to it. */
class DevCommandIT {
  private static final String LABELLING = "PreCommit1.before-work@s-t01000-2";

  @TempDir Path home;
  private CliProcess selkie;

  @BeforeEach
  void setUp() {
    selkie = CliProcess.standIn(home, "-Dselkie.test.prover-failpoints.0=" + LABELLING);
  }

  @AfterEach
  void tearDown() throws Exception {
    selkie.killAll();
  }

  @Test
  void aNodeServesItsCommandsUntilItIsEnded() throws Exception {
    CliProcess.Running node = selkie.startNode("r");
    String url = Files.readString(selkie.state().resolve("api")).strip();

    JsonNode pledged = sectors("pledge", "--wait", "--json").json();
    assertEquals("s-t01000-1", pledged.get("sector").asText());
    assertTrue(pledged.get("verified").asBoolean());
    assertEquals("s-t01000-2\n", sectors("pledge").succeeded().out());
    CliProcess.await(node.process(), () -> Files.exists(home.resolve(LABELLING)));

    List<String> list = sectors("list").succeeded().out().lines().toList();
    assertTrue(list.get(1).matches("s-t01000-1 +Proving +50 .*"), list.get(1));
    assertTrue(list.get(2).matches("s-t01000-2 +PreCommit1 +10 .*"), list.get(2));
    assertEquals(
        "s-t01000-2",
        sectors("list", "--state", "PreCommit1", "--json").json().at("/sectors/0/sector").asText());
    String status = sectors("status", "s-t01000-2", "--history").succeeded().out();
    assertTrue(status.contains("phase       PreCommit1 (10)\n"), status);
    assertTrue(status.contains("TaskAssigned"), status);

    sectors("abort", "s-t01000-2", "--cause", "maintenance").succeeded();
    CliProcess.await(
        node.process(),
        () -> sectors("status", "s-t01000-2").out().contains("aborted by cli: maintenance"));
    sectors("retry", "s-t01000-2").succeeded();
    CliProcess.await(
        node.process(), () -> sectors("status", "s-t01000-2").out().contains("Proving"));
    sectors("remove", "s-t01000-1", "--yes").succeeded();
    CliProcess.await(node.process(), () -> CliProcess.names(home.resolve("r/sealed")).size() == 1);

    selkie
        .run("dev", "--repo", "r")
        .failedWith("selkie dev: " + selkie.state() + " is in use: another node runs on it");
    selkie
        .run("db", "rebuild", "--repo", "r")
        .failedWith("selkie db rebuild: a node runs on " + selkie.state() + ": stop it first");
    aTokenAllowsWhatItSays(url);

    node.signal("TERM");
    CliProcess.Result ended = node.await();
    assertEquals(143, ended.status());
    assertEquals("", ended.err());
    assertTrue(ended.out().startsWith("serving http://127.0.0.1:"), ended.out());
    assertFalse(Files.exists(selkie.state().resolve("api")));
    afterTheEnd();
  }

  private void aTokenAllowsWhatItSays(String url) throws Exception {
    String token =
        selkie
            .run("auth", "create-token", "--permission", "read", "--repo", "r")
            .succeeded()
            .out()
            .strip();
    CliProcess elsewhere = new CliProcess(home).with(NodeAddress.VARIABLE, token + ":" + url);

    assertTrue(elsewhere.run("sectors", "list").succeeded().out().contains("Proving"));
    CliProcess.Result refused = elsewhere.run("sectors", "pledge");
    assertEquals(1, refused.status());
    assertTrue(refused.err().startsWith("selkie sectors pledge: "), refused.err());
    assertTrue(refused.err().contains("write"), refused.err());
  }

  private void afterTheEnd() throws Exception {
    sectors("retry", "s-t01000-2")
        .failedWith(
            "selkie sectors retry: no node works on %1$s: start one with: selkie dev --repo %1$s"
                .formatted(home.resolve("r")));
    String rebuilt = selkie.run("db", "rebuild", "--repo", "r").succeeded().out();
    assertTrue(rebuilt.matches("emptied; .* reads [1-9][0-9]* events again\n"), rebuilt);
    CliProcess.Running again = selkie.startNode("r");
    CliProcess.await(again.process(), () -> sectors("list").out().contains("Proving"));
  }

  private CliProcess.Result sectors(String command, String... more) throws Exception {
    String[] line = new String[more.length + 4];
    line[0] = "sectors";
    line[1] = command;
    System.arraycopy(more, 0, line, 2, more.length);
    line[more.length + 2] = "--repo";
    line[more.length + 3] = "r";
    return selkie.run(line);
  }
}
