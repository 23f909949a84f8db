package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HostsCommandTest {
  private static final String HOST =
      "{\"host\":\"sealer-1\",\"mode\":\"draining-phases\",\"loss\":\"silent\",\"maxTasks\":14,"
          + "\"slots\":[{\"kind\":\"AddPiece\",\"used\":0,\"of\":1},"
          + "{\"kind\":\"PreCommit1\",\"used\":2,\"of\":8},"
          + "{\"kind\":\"PreCommit2\",\"used\":0,\"of\":1},"
          + "{\"kind\":\"Commit1\",\"used\":0,\"of\":1},"
          + "{\"kind\":\"Commit2\",\"used\":0,\"of\":0}],"
          + "\"tasks\":[\"a\",\"b\"],\"sectors\":[\"s-t01000-1\"],\"waiting\":3,\"version\":\"0.2.0\","
          + "\"emptyAt\":\"2026-11-21T12:00:00Z\"}";

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

  private void answers(String json) throws IOException {
    node.reports(new ObjectMapper().readTree(json));
  }

  @Test
  void listsHosts() throws IOException {
    answers("{\"hosts\":[" + HOST + "]}");

    assertEquals(0, selkie.run("hosts", "list"));

    assertEquals(
        List.of(
            "HOST      MODE             STATE   TASKS  SECTORS  WAITING  AP   PC1  PC2  C1   C2   VERSION",
            "sealer-1  draining-phases  silent  2/14   1        3        0/1  2/8  0/1  0/1  0/0  0.2.0"),
        selkie.outLines());
  }

  @Test
  void drainTellsWhatIsLeftAndUntilWhen() throws IOException {
    answers(HOST);

    assertEquals(0, selkie.run("hosts", "drain", "sealer-1", "--until", "phase"));

    assertEquals(
        List.of("POST /hosts/sealer-1/drain?until=phase", "GET /hosts/sealer-1"), node.calls);
    assertEquals(
        List.of(
            "host sealer-1 is drained: 2 tasks run to their end, by about 2026-11-21T12:00:00Z"),
        selkie.outLines());
  }

  @Test
  void evacuationTellsWhatMoves() throws IOException {
    answers(HOST);

    assertEquals(0, selkie.run("hosts", "drain", "sealer-1", "--until", "evacuate"));

    assertEquals("POST /hosts/sealer-1/drain?until=evacuate", node.calls.get(0));
    assertEquals(
        List.of(
            "host sealer-1 is drained: 2 tasks run to their end, and 1 sectors move (selkie explain"
                + " sealer-1 tells which cannot), by about 2026-11-21T12:00:00Z"),
        selkie.outLines());
  }

  @Test
  void ordersReachTheNode() {
    assertEquals(0, selkie.run("hosts", "cordon", "sealer-1"));
    assertEquals(0, selkie.run("hosts", "uncordon", "sealer-1"));
    assertEquals(0, selkie.run("hosts", "remove", "sealer-1"));
    assertEquals(0, selkie.run("hosts", "remove", "--host-is-off", "sealer-1"));

    assertEquals(
        List.of(
            "POST /hosts/sealer-1/cordon",
            "POST /hosts/sealer-1/uncordon",
            "DELETE /hosts/sealer-1",
            "DELETE /hosts/sealer-1?hostIsOff=true"),
        node.calls);
    assertEquals(
        List.of("host sealer-1 counts as off: its sectors are given up"), selkie.outLines());
  }

  @Test
  void explainsLineByLine() throws IOException {
    answers("{\"subject\":\"s-t01000-1\",\"kind\":\"sector\",\"lines\":[\"one\",\"two\\nthree\"]}");

    assertEquals(0, selkie.run("explain", "s-t01000-1"));

    assertEquals(List.of("GET /explain/s-t01000-1"), node.calls);
    assertEquals(List.of("one", "two?three"), selkie.outLines());
  }
}
