package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskMemory;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostRoutesTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final SectorId SECTOR = ScriptedOperations.FIRST;
  private static final Instant HEARD = Instant.parse("2026-11-21T12:00:00Z");

  static final HostStatus HOST =
      new HostStatus(
          new HostId("sealer-1"),
          HostMode.DRAINING_SECTORS,
          Optional.of(HostLoss.SILENT),
          Optional.of(HEARD),
          Optional.of(
              new HostLimits(
                  Map.of(TaskKind.PRE_COMMIT_1, 2),
                  14,
                  1,
                  1L << 40,
                  TaskMemory.defaults(),
                  new HostLimits.Devices(1, false),
                  List.of())),
          Optional.of("the prover is not there"),
          List.of(new TaskId(SECTOR, 1, 2, TaskKind.PRE_COMMIT_1)),
          List.of(new HostSector(SECTOR, TYPE, HostSector.Presence.SEALING, false)),
          3,
          Optional.of("0.2.0"));

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode(state);
    node.operations.hosts = List.of(HOST);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return node.send(node.to(path).method(method, BodyPublishers.noBody()));
  }

  @Test
  void hostsAreListedWithWhatTheyHaveOn() throws Exception {
    JsonNode host = TestNode.json(node.send(node.to("/hosts"))).path("hosts").path(0);

    assertEquals("sealer-1", host.path("host").asText());
    assertEquals("draining-sectors", host.path("mode").asText());
    assertEquals("silent", host.path("loss").asText());
    assertEquals(
        "{\"kind\":\"PreCommit1\",\"used\":1,\"of\":2}", host.path("slots").path(1).toString());
    assertEquals("s-t01000-1.g1.t2.PreCommit1", host.path("tasks").path(0).asText());
    assertEquals(3, host.path("waiting").asInt());
    assertEquals("0.2.0", host.path("version").asText());
  }

  @Test
  void aHostThatIsNotThereIsNotFound() throws Exception {
    assertEquals(200, node.send(node.to("/hosts/sealer-1")).statusCode());
    assertEquals(404, node.send(node.to("/hosts/sealer-2")).statusCode());
    assertEquals(400, node.send(node.to("/hosts/no_host")).statusCode());
  }

  @Test
  void ordersReachTheScheduler() throws Exception {
    for (String order :
        List.of("cordon", "uncordon", "drain", "drain?until=phase", "drain?until=evacuate")) {
      assertEquals(200, send("POST", "/hosts/sealer-1/" + order).statusCode(), order);
    }
    assertEquals(200, send("DELETE", "/hosts/sealer-1").statusCode());
    assertEquals(200, send("DELETE", "/hosts/sealer-1?hostIsOff=true").statusCode());

    assertEquals(
        List.of(
            "order sealer-1 CORDONED by ops",
            "order sealer-1 OPEN by ops",
            "order sealer-1 DRAINING_SECTORS by ops",
            "order sealer-1 DRAINING_PHASES by ops",
            "order sealer-1 EVACUATING by ops",
            "forget sealer-1 by ops",
            "order sealer-1 OFF by ops"),
        node.operations.calls);
    assertEquals(400, send("POST", "/hosts/sealer-1/drain?until=noon").statusCode());
  }

  @Test
  void ordersTakeThePermissionOfAnAdministrator() throws Exception {
    HttpRequest.Builder request =
        node.anonymous("/hosts/sealer-1/cordon")
            .header("Authorization", "Bearer " + node.token(Permission.WRITE));
    assertEquals(403, node.send(request.POST(BodyPublishers.noBody())).statusCode());
  }

  private List<String> explained(String subject) throws Exception {
    List<String> lines = new ArrayList<>();
    TestNode.json(node.send(node.to("/explain/" + subject)))
        .path("lines")
        .forEach(line -> lines.add(line.asText()));
    return lines;
  }

  @Test
  void aHostIsExplained() throws Exception {
    node.operations.waiting = Map.of("s-t01000-2.g1.t2.PreCommit1", "waits for host sealer-1");

    assertEquals(
        List.of(
            "it is drained of its sectors: they go on to their end, no others begin",
            "it is silent, and may be restarting",
            "it was last heard at 2026-11-21T12:00:00Z",
            "it takes no work: the prover is not there",
            "1 sectors have files there",
            "s-t01000-1.g1.t2.PreCommit1 runs there",
            "s-t01000-2.g1.t2.PreCommit1: waits for host sealer-1"),
        explained("sealer-1"));
  }

  @Test
  void aTaskAndASectorAreExplained() throws Exception {
    TaskId task = new TaskId(SECTOR, 1, 3, TaskKind.PRE_COMMIT_2);
    node.operations.waiting = Map.of(task.toString(), "waits for a GPU");
    node.operations.state =
        new SectorState.Idle(
            new SectorFacts(
                SECTOR,
                TYPE,
                1,
                1,
                TaskKind.PRE_COMMIT_1,
                true,
                Optional.of(new HostId("sealer-1")),
                List.of()));

    assertEquals(List.of("waits for a GPU"), explained(task.toString()));
    assertEquals(List.of("it runs on host sealer-1"), explained("s-t01000-1.g1.t2.PreCommit1"));
    assertEquals(
        List.of(
            "its files are on host sealer-1",
            "PreCommit1 is done: its driver has asked for nothing more",
            "its prover is at layer 4 of 11, in lock step with s-t01000-2",
            "selkie.prover.precommit1.pairs of that host says when two sectors share a core, and"
                + " pair-patience how long one waits for another"),
        explained("s-t01000-1"));
    assertEquals(404, node.send(node.to("/explain/nobody")).statusCode());
    assertTrue(node.operations.calls.contains("state s-t01000-1"));
  }
}
