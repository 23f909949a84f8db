package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SectorsCommandTest {
  @TempDir Path temp;
  private SelkieRun selkie;
  private FakeNode node;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(temp);
    Files.createDirectory(temp.resolve(".selkie"));
    node = FakeNode.start(temp.resolve("state"));
  }

  @AfterEach
  void tearDown() {
    node.close();
  }

  @Test
  void listsNamesStatesNumbersAndFailures() {
    node.sectors =
        "{\"sectors\":[{\"sector\":\"s-t01000-1\",\"state\":\"idle\",\"driverState\":\"WaitSeed\","
            + "\"phaseNumber\":21,\"updatedAt\":\"2026-11-21T10:00:00.123Z\"},"
            + "{\"sector\":\"s-t01000-12\",\"state\":\"failed\",\"phaseNumber\":0,"
            + "\"failureMessage\":\"a\\nb\",\"new\":{}}]}";

    assertEquals(0, selkie.run("sectors", "list", "--state", "WaitSeed"));

    assertEquals(
        List.of(
            "SECTOR       STATE     NUMBER  TRANSFER  UPDATED               FAILURE",
            "s-t01000-1   WaitSeed  21                2026-11-21T10:00:00Z",
            "s-t01000-12  failed    0                                       a?b"),
        selkie.outLines());
    assertEquals(List.of("GET /sectors?limit=1000&driverState=WaitSeed"), node.calls);
    assertFalse(node.closed);
  }

  @Test
  void asJsonTheListIsWhatTheNodeSays() throws IOException {
    node.sectors = "{\"sectors\":[{\"sector\":\"s-t01000-1\",\"new\":1}]}";

    assertEquals(0, selkie.run("sectors", "list", "--json"));

    assertEquals(node.sectors + "\n", selkie.out);
  }

  @Test
  void theStatusShowsTheNumberBesideTheNameAndWhyNothingGoesOn() {
    node.reports(Reports.failed());

    assertEquals(0, selkie.run("sectors", "status", "s-t01000-1"));

    assertEquals(
        List.of(
            "sector      s-t01000-1",
            "state       SealFailed",
            "phase       PreCommit1 (10)",
            "task        PreCommit1, failed, attempt 3",
            "failure     the disk is full",
            "host        host-1",
            "generation  1",
            "piece       " + Reports.COMM_P.cid() + "  700 bytes of a.bin",
            "updated     2026-11-21T10:00:00Z"),
        selkie.outLines());
  }

  @Test
  void theStatusShowsHowFarItIsAndWhatItWaitsFor() {
    ObjectNode report = Reports.inPreCommit1();
    report
        .putObject("progress")
        .put("operation", "preCommit1")
        .put("sector", "s-t01000-1")
        .put("stage", "layer")
        .put("done", 3)
        .put("total", 11);
    ((ObjectNode) report.get("sealing")).put("waitsFor", "epoch 120");
    node.reports(report);

    assertEquals(0, selkie.run("sectors", "status", "s-t01000-1"));

    assertTrue(selkie.outLines().contains("progress    layer 4 of 11, 30 %"), selkie.out);
    assertTrue(selkie.outLines().contains("waits for   epoch 120"), selkie.out);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0 s",
    "119, 1, '119 s, by 1 task before'",
    "7199, 12, '119 min, by 12 tasks before'",
    "12000, 20, '3 h 20 min, by 20 tasks before'",
  })
  void theStatusShowsWhenTheTaskEnds(long seconds, int tasks, String text) {
    ObjectNode report = Reports.inPreCommit1();
    report
        .putObject("estimate")
        .put("percent", 42)
        .put("remainingSeconds", seconds)
        .put("basedOn", tasks);
    node.reports(report);

    assertEquals(0, selkie.run("sectors", "status", "s-t01000-1"));

    assertTrue(selkie.outLines().contains("progress    about 42 %"), selkie.out);
    assertTrue(selkie.outLines().contains("ends        in about " + text), selkie.out);
  }

  @Test
  void theHistoryIsShownWhenItIsAskedFor() throws IOException {
    node.reports(Reports.waitingForTheSeed());
    node.history =
        "{\"history\":[{\"id\":1,\"at\":\"2026-11-21T10:00:00Z\",\"event\":\"TaskFailed\","
            + "\"phase\":\"PreCommit1\",\"cause\":\"died\"},{\"id\":2,\"at\":\"later\","
            + "\"event\":\"TaskAssigned\",\"detail\":{\"host\":\"host-1\"}}]}";

    assertEquals(0, selkie.run("sectors", "status", "s-t01000-1", "--history"));

    assertTrue(selkie.outLines().contains("phase       PreCommit2 (21), done"));
    assertEquals(
        List.of(
            "",
            "AT                    EVENT         TASK        DETAIL",
            "2026-11-21T10:00:00Z  TaskFailed    PreCommit1  died",
            "later                 TaskAssigned              host-1"),
        selkie.outLines().subList(selkie.outLines().size() - 4, selkie.outLines().size()));
    assertEquals(0, selkie.run("sectors", "status", "s-t01000-1", "--history", "--json"));
    JsonNode json = new ObjectMapper().readTree(selkie.out);
    assertEquals("WaitSeed", json.at("/sealing/state").asText());
    assertEquals("died", json.at("/history/0/cause").asText());
  }

  @Test
  void anUnknownSectorIsOneLine() {
    assertEquals(1, selkie.run("sectors", "status", "s-t01000-9"));

    assertEquals("selkie sectors status: there is no sector /sectors/s-t01000-9\n", selkie.err);
  }

  @Test
  void pledgePrintsTheNewSector() {
    assertEquals(0, selkie.run("sectors", "pledge", "--sector-size", "8MiB"));

    assertEquals("s-t01000-1\n", selkie.out);
    assertTrue(node.bodies.get(0).startsWith("{\"sectorSize\":\"8MiB\",\"request\":\""));
    assertEquals(0, selkie.run("sectors", "pledge", "--json"));
    assertEquals("{\"sector\":\"s-t01000-2\"}\n", selkie.out);
  }

  @Test
  void pledgeMayWaitForTheEnd() {
    remote();
    node.reports(Reports.inPreCommit1(), Reports.proving());

    assertEquals(0, selkie.run("sectors", "pledge", "--wait"));

    assertEquals("sector       s-t01000-1 (StackedDrg2KiBV1_1)", selkie.outLines().get(0));
    assertTrue(selkie.shown.shown.contains("message pledged s-t01000-1"));

    node.reports(Reports.failed());
    assertEquals(1, selkie.run("sectors", "pledge", "--wait"));
    assertEquals(
        "selkie sectors pledge: the disk is full; see: selkie sectors status s-t01000-2\n",
        selkie.err);
  }

  @Test
  void ordersAreGivenOverToTheNode() {
    assertEquals(0, selkie.run("sectors", "abort", "s-t01000-1", "--cause", "maintenance"));
    assertEquals("s-t01000-1 is aborted\n", selkie.out);
    assertEquals(0, selkie.run("sectors", "abort", "s-t01000-1"));
    assertEquals(0, selkie.run("sectors", "retry", "s-t01000-1"));
    assertEquals("s-t01000-1 is tried again\n", selkie.out);
    assertEquals(0, selkie.run("sectors", "remove", "s-t01000-1", "--yes"));
    assertEquals("s-t01000-1 is being removed\n", selkie.out);

    assertEquals(
        List.of(
            "POST /sectors/s-t01000-1/abort",
            "POST /sectors/s-t01000-1/abort",
            "POST /sectors/s-t01000-1/retry",
            "DELETE /sectors/s-t01000-1"),
        node.calls);
    assertEquals(
        List.of("{\"cause\":\"maintenance\"}", "{\"cause\":\"aborted on the command line\"}"),
        node.bodies);
  }

  @Test
  void whoRemovesASectorIsToldOfItsCopy() {
    node.removing("{\"copy\":\"http://10.0.0.5:4721\"}");

    assertEquals(0, selkie.run("sectors", "remove", "s-t01000-1", "--yes"));

    assertEquals(
        "s-t01000-1 is being removed; its copy at http://10.0.0.5:4721 goes to the trash there\n",
        selkie.out);
  }

  @Test
  void whatTheNodeRefusesIsItsLine() {
    node.refusing("POST /sectors/s-t01000-1/retry", 409, "s-t01000-1 has not failed");

    assertEquals(1, selkie.run("sectors", "retry", "s-t01000-1"));

    assertEquals("selkie sectors retry: s-t01000-1 has not failed\n", selkie.err);
  }

  @Test
  void nothingIsRemovedWithoutAYes() {
    assertEquals(1, selkie.run("sectors", "remove", "s-t01000-1"));

    assertEquals(
        "selkie sectors remove: this deletes all files of s-t01000-1: give --yes if that is what"
            + " you want\n",
        selkie.err);
    assertEquals(List.of(), node.calls);
  }

  @Test
  void ordersNeedANodeThatRuns() {
    node.close();

    for (String order : List.of("abort", "retry")) {
      assertEquals(1, selkie.run("sectors", order, "s-t01000-1"));
      assertEquals(
          "selkie sectors %s: no node works on %s: start one with: selkie dev\n"
              .formatted(order, temp.resolve(".selkie")),
          selkie.err);
    }
    assertEquals(1, selkie.run("sectors", "pledge", "--repo", temp.resolve("r").toString()));
    assertEquals(
        "selkie sectors pledge: no node works on %1$s: start one with: selkie dev --repo %1$s\n"
            .formatted(temp.resolve("r")),
        selkie.err);
    assertFalse(Files.exists(temp.resolve("r")));
  }

  @Test
  void listMayStartANodeForTheOccasion() throws IOException {
    node.kill();
    FakeNode own = FakeNode.start(temp.resolve("state"));
    Files.delete(temp.resolve("state/api"));
    AtomicReference<NodeLauncher.Order> asked = new AtomicReference<>();
    selkie.launcher = selkie.giving(own, asked);
    selkie.withProofs();

    assertEquals(0, selkie.run("sectors", "list"), selkie.err);

    assertEquals(temp.resolve(".selkie"), asked.get().repo());
    assertEquals(0, asked.get().config().getInt("selkie.api.port"));
    assertTrue(own.closed);
    assertEquals(List.of("GET /sectors?limit=1000"), own.calls);
  }

  @Test
  void listDoesNotMakeARepo() {
    node.close();

    assertEquals(1, selkie.run("sectors", "list", "--repo", temp.resolve("r").toString()));

    assertEquals(
        "selkie sectors list: there is no repo %s: selkie seal FILE makes one\n"
            .formatted(temp.resolve("r")),
        selkie.err);
  }

  /** From here on the node is named by the environment, and no repo of this host matters. */
  private void remote() {
    assertEquals(0, selkie.run("auth", "create-token", "--permission", "write"));
    selkie.environment.put(NodeAddress.VARIABLE, selkie.out.strip() + ":" + node.api());
  }
}
