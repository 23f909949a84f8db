package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StorageRoutesTest {
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = new TestNode(state);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void listsPathsWithTheirRoom() throws Exception {
    JsonNode paths = TestNode.json(node.send(node.to("/storage"))).get("paths");

    assertEquals(1, paths.size());
    assertEquals("/data", paths.get(0).get("path").asText());
    assertEquals(500, paths.get(0).get("available").asLong());
    assertEquals("cold", paths.get(0).get("groups").get(0).asText());
    assertEquals(List.of("paths"), node.storage.calls);
  }

  @Test
  void attachesAPathThatIsOne() throws Exception {
    HttpResponse<String> response = post("/storage/attach", "{\"path\":\"/data/new\"}");

    assertEquals(200, response.statusCode());
    assertEquals("/data/new", TestNode.json(response).get("path").asText());
    assertEquals(List.of("attach /data/new"), node.storage.calls);
    assertTrue(Files.readString(state.resolve("audit.log")).contains("/api/v1/storage/attach"));
  }

  @Test
  void makesADirectoryAPath() throws Exception {
    post(
        "/storage/attach",
        "{\"path\":\"/d\",\"init\":true,\"store\":true,\"weight\":3,\"maxStorage\":9,"
            + "\"groups\":[\"a\"]}");
    post("/storage/attach", "{\"path\":\"/e\",\"init\":true,\"seal\":true,\"serve\":true}");

    assertEquals(
        List.of(
            "attach /d weight 3 seal false store true max 9 groups [a]",
            "attach /e weight 10 seal true store false max 0 groups [] served"),
        node.storage.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"path\":\"relative\"}",
        "{\"path\":\"/a\\u0000b\"}",
        "{\"path\":\"/d\",\"weight\":3}",
        "{\"path\":\"/d\",\"init\":true}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"weight\":-1}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"weight\":\"3\"}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"maxStorage\":-1}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"maxStorage\":99999999999999999999}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"groups\":[\"a\\nb\"]}",
        "{\"path\":\"/d\",\"init\":true,\"seal\":true,\"groups\":[null]}",
        "{\"path\":\"/d\",\"serve\":1}"
      })
  void refusesWhatMakesNoSense(String body) throws Exception {
    HttpResponse<String> response = post("/storage/attach", body);

    assertEquals(400, response.statusCode(), response.body());
    assertEquals(List.of(), node.storage.calls);
  }

  @Test
  void aRefusalIsTheNodesLine() throws Exception {
    node.storage.refusal =
        Optional.of(
            new OperationException(OperationException.Kind.CONFLICT, "/data is attached already"));

    HttpResponse<String> response = post("/storage/attach", "{\"path\":\"/data\"}");

    assertEquals(409, response.statusCode());
    assertTrue(response.body().contains("/data is attached already"));
  }

  @Test
  void detachesByForceOnlyWhenTold() throws Exception {
    post("/storage/detach", "{\"path\":\"/data\"}");
    post("/storage/detach", "{\"path\":\"/data\",\"force\":true}");

    assertEquals(List.of("detach /data", "detach /data by force"), node.storage.calls);
  }

  @Test
  void listsOrphansAndDeletesThoseThatAreMeant() throws Exception {
    JsonNode orphan = TestNode.json(node.send(node.to("/storage/orphans"))).at("/orphans/0");
    String id = orphan.get("id").asText();
    assertEquals("sector", orphan.get("kind").asText());
    assertEquals(2048, orphan.get("bytes").asLong());
    assertTrue(orphan.get("onlyByName").asBoolean());

    HttpResponse<String> response =
        post("/storage/gc", "{\"orphans\":[\"" + id + "\"],\"sectors\":[\"s-t01000-9\"]}");

    assertEquals(id, TestNode.json(response).at("/deleted/0/id").asText());
    assertEquals("it is in use", TestNode.json(response).at("/kept/0/reason").asText());
    assertEquals(
        List.of("orphans", "collect [" + id + "] [s-t01000-9] by ops"), node.storage.calls);
    assertEquals(400, post("/storage/gc", "{}").statusCode());
    assertEquals(400, post("/storage/gc", "{\"orphans\":[],\"sectors\":[\"../x\"]}").statusCode());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return node.send(
        node.to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
