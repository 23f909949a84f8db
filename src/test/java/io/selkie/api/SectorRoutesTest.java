package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorRoutesTest {
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        new TestNode(
            state,
            settings ->
                new ApiSettings(
                    settings.host(),
                    settings.port(),
                    Duration.ofSeconds(2),
                    settings.stallTimeout(),
                    settings.requestTimeout(),
                    settings.idleTimeout(),
                    settings.heartbeat(),
                    settings.maxUnseals(),
                    settings.maxUploads(),
                    settings.tls()));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private HttpRequest.Builder post(String path, String json) {
    return node.to(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return node.send(node.to(path));
  }

  @Test
  void theProcessIsUp() throws Exception {
    HttpResponse<String> response = node.send(node.anonymous("/health"));

    assertEquals(200, response.statusCode());
    assertEquals("{\"status\":\"up\"}", response.body());
  }

  @Test
  void itIsReadyWhenEveryCheckIsMet() throws Exception {
    assertEquals(200, node.send(node.anonymous("/ready")).statusCode());

    node.operations.checks =
        List.of(
            new Operations.Check("journal", Optional.of("the database is away: start it")),
            new Operations.Check("cluster", Optional.empty()));
    HttpResponse<String> response = node.send(node.anonymous("/ready"));

    assertEquals(503, response.statusCode());
    assertEquals(
        "{\"ready\":false,\"checks\":["
            + "{\"name\":\"journal\",\"ok\":false,"
            + "\"problem\":\"the database is away: start it\"},"
            + "{\"name\":\"cluster\",\"ok\":true}]}",
        response.body());
  }

  @Test
  void ordersDoNotQueueBehindReadsThatAreStuck() throws Exception {
    CountDownLatch database = new CountDownLatch(1);
    node.readModel.stuckUntil = database;
    List<CompletableFuture<HttpResponse<String>>> reads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reads.add(
          node.client.sendAsync(node.to("/sectors").build(), HttpResponse.BodyHandlers.ofString()));
    }
    // The last of them waits for a thread.
    assertEquals(503, reads.get(19).get().statusCode());

    HttpResponse<String> pledged = node.send(post("/sectors/pledge", "{\"sectorSize\":\"2KiB\"}"));

    assertEquals(201, pledged.statusCode(), pledged.body());
    database.countDown();
  }

  @Test
  void noActorIsMadeForANameThatIsMadeUp() throws Exception {
    node.readModel.add("s-t01000-3", "running");

    for (String path : List.of("", "/history", "/data")) {
      assertEquals(404, get("/sectors/s-t01000-2" + path).statusCode(), path);
    }
    assertEquals(List.of(), node.operations.driven);
    get("/sectors/s-t01000-1");
    get("/sectors/s-t01000-3");

    assertEquals(
        List.of(SectorId.parse("s-t01000-1"), SectorId.parse("s-t01000-3")),
        node.operations.driven);
  }

  @Test
  void sectorsAreListedPageByPage() throws Exception {
    for (String name : List.of("s-t01000-1", "s-t01000-2", "s-t01000-3")) {
      node.readModel.add(name, name.endsWith("2") ? "failed" : "running");
    }

    assertEquals(List.of("s-t01000-1", "s-t01000-2", "s-t01000-3"), listed(""));
    assertEquals(List.of("s-t01000-1", "s-t01000-2"), listed("?limit=2"));
    assertEquals(List.of("s-t01000-3"), listed("?limit=2&after=s-t01000-2"));
    assertEquals(List.of("s-t01000-2"), listed("?state=failed"));
    assertEquals(List.of(), node.operations.calls);
  }

  private List<String> listed(String query) throws Exception {
    return json("/sectors" + query).get("sectors").findValuesAsText("sector");
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertEquals(200, response.statusCode(), response.body());
    return TestNode.json(response);
  }

  @Test
  void oneSectorShowsItsActorAndItsDriver() throws Exception {
    node.readModel.add("s-t01000-1", "running");

    JsonNode sector = json("/sectors/s-t01000-1");

    assertEquals("running", sector.get("summary").get("state").textValue());
    assertEquals("Unknown", sector.get("actor").get("state").textValue());
    assertEquals("WaitSeed", sector.get("sealing").get("state").textValue());
    assertEquals("layer", sector.get("progress").get("stage").textValue());
    assertEquals(3, sector.get("progress").get("done").longValue());
  }

  @Test
  void aRunningTaskHasAnEstimateByItsProverAndThoseBefore() throws Exception {
    SectorId sector = ScriptedOperations.FIRST;
    SealProofType type = SealProofType.STACKED_DRG_2KIB_V1_1;
    Optional<HostId> here = Optional.of(new HostId("here"));
    Instant start = Instant.now().minus(Duration.ofHours(1));
    node.operations.state =
        new SectorState.Running(
            new SectorFacts(sector, type, 1, 2, TaskKind.PRE_COMMIT_1, false, here, List.of()),
            new SectorState.Task(
                new TaskId(sector, 1, 2, TaskKind.PRE_COMMIT_1),
                "key",
                new TaskRequest.Remove(type),
                start,
                1,
                0),
            new SectorState.Assignment(here.orElseThrow(), 1, start));

    JsonNode estimate = json("/sectors/s-t01000-1").get("estimate");

    assertEquals(30, estimate.get("percent").intValue());
    assertEquals(3, estimate.get("basedOn").intValue());
    long left = estimate.get("remainingSeconds").longValue();
    assertTrue(left > 10_700 && left <= 10_800, () -> "3 of 4 hours are left, not " + left + " s");
  }

  @Test
  void aTaskWithoutAHostSaysWhy() throws Exception {
    SectorId sector = ScriptedOperations.FIRST;
    SealProofType type = SealProofType.STACKED_DRG_2KIB_V1_1;
    TaskId task = new TaskId(sector, 1, 2, TaskKind.PRE_COMMIT_1);
    node.operations.waiting = Map.of(task.toString(), "waits for memory");
    node.operations.state =
        new SectorState.Waiting(
            new SectorFacts(
                sector, type, 1, 2, TaskKind.PRE_COMMIT_1, false, Optional.empty(), List.of()),
            new SectorState.Task(task, "key", new TaskRequest.Remove(type), Instant.EPOCH, 0, 0),
            Optional.empty());

    assertEquals("waits for memory", json("/sectors/s-t01000-1").get("waiting").asText());
  }

  @Test
  void theActorsStateIsAsItsJournalHasIt() throws Exception {
    SectorId sector = ScriptedOperations.FIRST;
    node.operations.state =
        new SectorState.Failed(
            new SectorFacts(
                sector,
                SealProofType.STACKED_DRG_2KIB_V1_1,
                1,
                2,
                TaskKind.PRE_COMMIT_1,
                false,
                Optional.of(new HostId("here")),
                List.of()),
            new SectorState.Task(
                new TaskId(sector, 1, 2, TaskKind.PRE_COMMIT_1),
                "key",
                new TaskRequest.Remove(SealProofType.STACKED_DRG_2KIB_V1_1),
                Instant.parse("2026-11-21T12:00:00Z"),
                3,
                3),
            new Failure(Failure.Action.ABANDON, "died", "it died"));

    JsonNode actor = json("/sectors/s-t01000-1").get("actor");

    assertEquals("Failed", actor.get("state").textValue());
    assertEquals("PreCommit1", actor.get("facts").get("phase").textValue());
    assertEquals("2026-11-21T12:00:00Z", actor.get("task").get("requestedAt").textValue());
    assertEquals("abandon", actor.get("failure").get("action").textValue());
  }

  @Test
  void aSectorThatOnlyItsDriverKnowsIsThere() throws Exception {
    assertFalse(json("/sectors/s-t01000-1").has("summary"));
  }

  @Test
  void noActorIsMadeForASectorThatNobodyKnows() throws Exception {
    for (HttpRequest.Builder request :
        List.of(
            node.to("/sectors/s-t01000-99"),
            node.to("/sectors/s-t01000-99/history"),
            node.to("/sectors/s-t01000-99/data"),
            node.to("/sectors/s-t01000-99").DELETE(),
            node.to("/sectors/s-t01000-99/retry").POST(BodyPublishers.noBody()),
            post("/sectors/s-t01000-99/abort", "{\"cause\":\"why not\"}"))) {
      HttpResponse<String> response = node.send(request);

      assertEquals(404, response.statusCode());
      assertEquals("unknown_sector", TestNode.error(response));
    }
    assertEquals(List.of(), node.operations.calls);
  }

  @Test
  void historyComesPageByPage() throws Exception {
    node.readModel.happens("s-t01000-1", "TaskRequested");
    node.readModel.happens("s-t01000-2", "TaskRequested");
    node.readModel.happens("s-t01000-1", "TaskAssigned");

    assertEquals(
        List.of("TaskRequested", "TaskAssigned"),
        json("/sectors/s-t01000-1/history").get("history").findValuesAsText("event"));
    assertEquals(
        List.of("TaskAssigned"),
        json("/sectors/s-t01000-1/history?after=1&limit=5")
            .get("history")
            .findValuesAsText("event"));
  }

  @Test
  void aPledgeNamesItsSector() throws Exception {
    HttpResponse<String> response = node.send(post("/sectors/pledge", "{\"sectorSize\":\"2KiB\"}"));

    assertEquals(201, response.statusCode());
    assertEquals("{\"sector\":\"s-t01000-1\"}", response.body());
    assertEquals(
        "/api/v1/sectors/s-t01000-1", response.headers().firstValue("Location").orElseThrow());
    assertEquals(List.of("pledge 2KiB"), node.operations.calls);
  }

  @Test
  void theSamePledgeAgainIsTheSameSector() throws Exception {
    String body = "{\"sectorSize\":\"2KiB\",\"request\":\"0f8fad5b-d9cb-469f-a165-70867728950e\"}";

    String first = node.send(post("/sectors/pledge", body)).body();
    assertEquals(first, node.send(post("/sectors/pledge", body)).body());
    assertNotEquals(first, node.send(post("/sectors/pledge", "{\"sectorSize\":\"2KiB\"}")).body());
  }

  @Test
  void ordersNameWhoGaveThem() throws Exception {
    assertEquals(
        200, node.send(post("/sectors/s-t01000-1/abort", "{\"cause\":\"disk\"}")).statusCode());
    assertEquals(
        200,
        node.send(node.to("/sectors/s-t01000-1/retry").POST(BodyPublishers.noBody())).statusCode());
    assertEquals(200, node.send(node.to("/sectors/s-t01000-1").DELETE()).statusCode());

    assertEquals(
        List.of(
            "abort s-t01000-1 by ops: disk", "retry s-t01000-1 by ops", "remove s-t01000-1 by ops"),
        node.operations.calls);
  }

  @Test
  void refusalsOfTheNodeHaveTheirStatus() throws Exception {
    Map<OperationException.Kind, Integer> statuses =
        Map.of(
            OperationException.Kind.INVALID, 400,
            OperationException.Kind.UNKNOWN, 404,
            OperationException.Kind.CONFLICT, 409,
            OperationException.Kind.UNAVAILABLE, 503);
    for (Map.Entry<OperationException.Kind, Integer> entry : statuses.entrySet()) {
      node.operations.instead =
          Optional.of(
              CompletableFuture.failedStage(
                  new OperationException(entry.getKey(), "because of the test")));

      HttpResponse<String> response = node.send(node.to("/sectors/s-t01000-1").DELETE());

      assertEquals(entry.getValue(), response.statusCode());
      assertTrue(response.body().contains("because of the test"));
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsReported() throws Exception {
    node.operations.instead = Optional.of(new CompletableFuture<>());

    HttpResponse<String> response = get("/sectors/s-t01000-1");

    assertEquals(503, response.statusCode());
    assertEquals("timeout", TestNode.error(response));
  }

  @Test
  void aBugShowsNothingOfItself() throws Exception {
    node.operations.instead =
        Optional.of(CompletableFuture.failedStage(new IllegalStateException("secret insides")));

    HttpResponse<String> response = get("/sectors/s-t01000-1");

    assertEquals(500, response.statusCode());
    assertEquals("internal", TestNode.error(response));
    assertFalse(response.body().contains("secret"));
  }

  @Test
  void waitingTasksHaveTheirReason() throws Exception {
    node.operations.waiting = Map.of("s-t01000-1.g1.t2.PreCommit1", "no host offers PreCommit1");

    assertEquals(
        "{\"waiting\":[{\"task\":\"s-t01000-1.g1.t2.PreCommit1\","
            + "\"reason\":\"no host offers PreCommit1\"}]}",
        get("/waiting").body());
  }

  @Test
  void headIsGetWithoutItsBody() throws Exception {
    HttpResponse<String> response =
        node.send(node.to("/sectors").method("HEAD", BodyPublishers.noBody()));

    assertEquals(200, response.statusCode());
    assertEquals("", response.body());
    assertEquals(
        405,
        node.send(node.to("/sectors/s-t01000-1/data").method("HEAD", BodyPublishers.noBody()))
            .statusCode());
  }

  @Test
  void aMethodThatAPathDoesNotTakeIsNamed() throws Exception {
    HttpResponse<String> response =
        node.send(node.to("/sectors/s-t01000-1").method("PATCH", BodyPublishers.noBody()));

    assertEquals(405, response.statusCode());
    assertEquals("GET, DELETE", response.headers().firstValue("Allow").orElseThrow());
    assertEquals(
        405,
        node.send(node.to("/sectors").method("OPTIONS", BodyPublishers.noBody())).statusCode());
  }

  @Test
  void aCallThatChangesStateIsAudited() throws Exception {
    node.send(post("/sectors/pledge", "{\"sectorSize\":\"2KiB\"}"));
    get("/sectors");

    List<String> lines = node.audited();
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).contains("\"what\":\"asked\""));
    assertTrue(lines.get(0).contains("\"remote\":\"127.0.0.1\",\"method\":\"POST\""));
    assertTrue(lines.get(1).endsWith("\"sector\":\"s-t01000-1\",\"status\":201}"), lines.get(1));
  }

  @Test
  void itIsAskedBeforeItIsDoneAndAnsweredBeforeTheAnswer() throws Exception {
    CompletableFuture<Void> effect = new CompletableFuture<>();
    node.operations.instead = Optional.of(effect);
    CompletableFuture<HttpResponse<String>> response =
        node.client.sendAsync(
            node.to("/sectors/s-t01000-1").DELETE().build(), HttpResponse.BodyHandlers.ofString());

    TestNode.await(() -> !node.operations.calls.isEmpty());
    assertEquals(1, node.audited().size());
    effect.complete(null);

    assertEquals(200, response.get().statusCode());
    assertEquals(2, node.audited().size());
  }

  @Test
  void nothingIsDoneUnseen() throws Exception {
    node.audit.close();
    Path log = state.resolve("audit.log");
    Files.delete(log);
    Files.createDirectory(log);

    HttpResponse<String> response = node.send(post("/sectors/pledge", "{\"sectorSize\":\"2KiB\"}"));

    assertEquals(503, response.statusCode());
    assertEquals("audit_log", TestNode.error(response));
    assertEquals(List.of(), node.operations.calls);
  }
}
