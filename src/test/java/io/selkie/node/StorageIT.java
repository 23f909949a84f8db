package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Storage paths and orphans of a real node, with stand-in proofs. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class StorageIT {
  private static final String SECTOR = "s-t01000-1";

  @TempDir Path temp;
  private Path repo;

  @BeforeEach
  void setUp() throws Exception {
    repo = temp.toRealPath().resolve("repo");
  }

  @Test
  void aStoreIsAttachedAndItsSectorsAreFoundAfterARestart() throws Exception {
    Path store = Files.createDirectory(temp.toRealPath().resolve("store"));
    try (NodeProcess node = start(Map.of())) {
      seal(node);
      // One that stores alone would get the sector without us.
      post(200, "/storage/attach", attachment(store, "\"init\":true,\"seal\":true,\"store\":true"));
      post(409, "/storage/attach", attachment(store, ""));
      post(409, "/storage/attach", attachment(Files.createDirectory(store.resolve("in")), ""));
    }
    // As another program, or an operator with no node running, moves a sector.
    for (String file : List.of("sealed/", "cache/")) {
      Files.move(repo.resolve(file + SECTOR), store.resolve(file + SECTOR));
    }
    for (String own : List.of(".json", ".seal.json")) {
      Files.move(
          repo.resolve("selkie").resolve(SECTOR + own),
          store.resolve("selkie").resolve(SECTOR + own));
    }
    try (NodeProcess node = start(Map.of())) {
      assertEquals(2, calls().get("/storage").path("paths").size());
      HttpResponse<String> data =
          calls().send("GET", "/sectors/" + SECTOR + "/data?offset=0&length=100", "").join();
      assertEquals(200, data.statusCode(), data.body() + node.log());
      post(200, "/storage/detach", "{\"path\":\"" + store + "\"}");
      assertEquals(1, calls().get("/storage").path("paths").size());
      post(409, "/storage/detach", "{\"path\":\"" + repo + "\"}");
      post(200, "/storage/attach", attachment(store, ""));

      assertEquals(200, calls().send("DELETE", "/sectors/" + SECTOR, "").join().statusCode());
      await(node, () -> !Files.exists(store.resolve("sealed").resolve(SECTOR)));
      await(node, () -> !Files.exists(store.resolve("selkie").resolve(SECTOR + ".json")));
    }
  }

  @Test
  void aSectorThatWasSealedBeforeLeavesForThePathThatIsAttached() throws Exception {
    Path store = Files.createDirectory(temp.toRealPath().resolve("store"));
    try (NodeProcess node = start(Map.of())) {
      seal(node);

      post(200, "/storage/attach", attachment(store, "\"init\":true,\"store\":true"));

      await(node, () -> Files.exists(store.resolve("selkie/" + SECTOR + ".received.json")));
      await(node, () -> !Files.exists(repo.resolve("sealed/" + SECTOR)));
      assertTrue(Files.exists(store.resolve("sealed/" + SECTOR)));
    }
  }

  @Test
  void whatLiesOnAPathThatOnlyStoresIsUnsealedWhereNothingIsSealed() throws Exception {
    Path store = Files.createDirectory(temp.toRealPath().resolve("store"));
    try (NodeProcess node = start(Map.of())) {
      seal(node);
      post(200, "/storage/attach", attachment(store, "\"init\":true,\"store\":true"));
      await(node, () -> Files.exists(store.resolve("selkie/" + SECTOR + ".received.json")));
      await(node, () -> !Files.exists(repo.resolve("selkie/" + SECTOR + ".json")));
    }
    try (NodeProcess node = start(Map.of("selkie.local-storage", "off"))) {
      // Its release may have to come to its end first.
      String data = "/sectors/" + SECTOR + "/data?offset=0&length=100";
      await(node, () -> calls().send("GET", data, "").join().statusCode() == 200);
    }
  }

  @Test
  void aPathThatIsAttachedToBeServedIsServedAlsoAfterARestart() throws Exception {
    Path store = Files.createDirectory(temp.toRealPath().resolve("store"));
    Path address = temp.resolve("state/transfer");
    Map<String, String> ports =
        Map.of("selkie.transfer.port", "0", "selkie.transfer.data-port", "0");
    try (NodeProcess node = start(ports)) {
      assertFalse(Files.exists(address), node.log());
      post(409, "/storage/attach", attachment(repo, "\"serve\":true"));
      assertFalse(Files.exists(address));

      post(200, "/storage/attach", attachment(store, "\"init\":true,\"store\":true"));
      post(200, "/storage/attach", attachment(store, "\"serve\":true"));

      assertTrue(Files.exists(address));
      assertTrue(calls().get("/storage").toString().contains("\"serve\":true"));
      node.kill();
    }
    Files.delete(address);
    try (NodeProcess node = start(ports)) {
      assertTrue(Files.exists(address), node.log());
      post(200, "/storage/detach", attachment(store, ""));
      node.kill();
    }
    Files.delete(address);
    try (NodeProcess node = start(ports)) {
      assertFalse(Files.exists(address), node.log());
    }
  }

  @Test
  void aPathIsNotDetachedWhileSectorsAreWorkedOnThere() throws Exception {
    Path disk = Files.createDirectory(temp.toRealPath().resolve("disk"));
    try (NodeProcess node = start(Map.of())) {
      post(
          200, "/storage/attach", attachment(disk, "\"init\":true,\"seal\":true,\"weight\":10000"));
      String point = "PreCommit1.before-work@" + SECTOR;
      node.kill();
      try (NodeProcess held = start(Map.of("selkie.test.prover-failpoints.0", point))) {
        calls().pledge(UUID.randomUUID()).join();
        await(held, () -> Files.exists(temp.resolve(point)));
        assertTrue(Files.exists(disk.resolve("unsealed").resolve(SECTOR)), "by weight and room");

        String refusal = post(409, "/storage/detach", "{\"path\":\"" + disk + "\"}");

        assertTrue(refusal.contains(SECTOR), refusal);
        assertEquals(List.of(), orphans());
        calls().send("DELETE", "/sectors/" + SECTOR, "").join();
        await(held, () -> !Files.exists(disk.resolve("unsealed").resolve(SECTOR)));
        post(200, "/storage/detach", "{\"path\":\"" + disk + "\"}");
      }
    }
  }

  private Path fetched(String attempt) throws IOException {
    Path directory = temp.resolve("state/fetched").resolve(attempt);
    Files.writeString(Files.createDirectories(directory).resolve("c1.json"), "{}");
    return directory;
  }

  @Test
  void orphansAreListedAndGoOnlyWhenTheyAreMeant() throws Exception {
    try (NodeProcess node = start(Map.of())) {
      seal(node);
      node.kill();
    }
    Files.createDirectories(repo.resolve("sealed/fetching"));
    Files.write(repo.resolve("sealed/fetching/s-t01000-3"), new byte[10]);
    Files.write(repo.resolve("unsealed/s-t01000-7"), new byte[0]);
    Files.write(repo.resolve("sealed/s-t01000-8"), new byte[100]);
    Files.write(repo.resolve("cache/" + SECTOR + "/sc-02-data-layer-1.dat"), new byte[2048]);
    Path upload = Files.write(repo.resolve("selkie/spool/" + UUID.randomUUID()), new byte[5]);
    Files.createDirectories(temp.resolve("state/jobs/s-t01000-9.g1.t1.AddPiece.a1"));
    Path stale = fetched("s-t01000-6.g1.t5.Commit2.a1");
    try (NodeProcess node = start(Map.of())) {
      assertFalse(Files.exists(stale), "fetched for a job that is not there");
      Path spare = fetched("s-t01000-9.g1.t5.Commit2.a1");
      List<JsonNode> orphans = orphans();
      assertEquals(
          Set.of(
              "scratch " + SECTOR,
              "sector s-t01000-7",
              "sector s-t01000-8",
              "upload ",
              "fetch ",
              "job s-t01000-9"),
          Set.copyOf(orphans.stream().map(StorageIT::name).toList()));
      List<String> ids = orphans.stream().map(one -> one.path("id").asText()).toList();

      String answer = post(200, "/storage/gc", collection(ids, List.of()));

      assertEquals(5, json(answer).path("deleted").size(), answer);
      assertEquals(1, json(answer).path("kept").size(), answer);
      assertFalse(Files.exists(spare));
      assertFalse(Files.exists(upload));
      assertFalse(Files.exists(repo.resolve("sealed/fetching/s-t01000-3")));
      assertFalse(Files.exists(repo.resolve("unsealed/s-t01000-7")));
      assertTrue(Files.exists(repo.resolve("sealed/s-t01000-8")));
      assertTrue(Files.exists(repo.resolve("sealed").resolve(SECTOR)));
      assertTrue(Files.exists(repo.resolve("cache").resolve(SECTOR)));
      assertTrue(audit().contains(upload.toString()));

      post(200, "/storage/gc", collection(ids, List.of("s-t01000-8")));
      assertFalse(Files.exists(repo.resolve("sealed/s-t01000-8")));
      assertEquals(List.of(), orphans());
      assertEquals("Proving", calls().driverStates().get(SECTOR));
    }
  }

  @Test
  void anUploadThatASectorNamesIsNoOrphan() throws Exception {
    killWhileItAddsAnUpload();
    try (NodeProcess node = start(Map.of())) {
      assertEquals(List.of(), orphans(), node.log());
      assertEquals(1, uploads());

      calls().send("DELETE", "/sectors/" + SECTOR, "").join();
      await(node, () -> uploads() == 0);
    }
  }

  @Test
  void anUploadThatASectorOfAnotherMinerNamesIsNoOrphan() throws Exception {
    String point = killWhileItAddsAnUpload();
    Map<String, String> other =
        Map.of("selkie.miner", "t02000", "selkie.test.prover-failpoints.0", point);
    Files.delete(temp.resolve(point));
    try (NodeProcess node = start(other)) {
      assertEquals(List.of(), orphans(), node.log());
      assertEquals(1, uploads());
    }
  }

  @Test
  void theSourceOfAFinishedCopyGoesByItself() throws Exception {
    Path store = storeWithACopy();
    try (NodeProcess node = start(Map.of("selkie.storage.look-every", "100 ms"))) {
      await(node, () -> !Files.exists(repo.resolve("sealed").resolve(SECTOR)));
      await(node, () -> !Files.exists(repo.resolve("cache").resolve(SECTOR)));
      assertTrue(Files.exists(store.resolve("sealed").resolve(SECTOR)));
      assertTrue(audit().contains(repo.resolve("sealed").resolve(SECTOR).toString()));
    }
  }

  @Test
  void aDamagedCopyIsNoReasonToDeleteTheSource() throws Exception {
    Path store = storeWithACopy();
    byte[] replica = Files.readAllBytes(store.resolve("sealed").resolve(SECTOR));
    replica[7] ^= 1;
    Files.write(store.resolve("sealed").resolve(SECTOR), replica);
    try (NodeProcess node = start(Map.of())) {
      List<JsonNode> copies = orphans();
      assertEquals(List.of("copy " + SECTOR), copies.stream().map(StorageIT::name).toList());

      String answer =
          post(
              200,
              "/storage/gc",
              collection(List.of(copies.get(0).path("id").asText()), List.of(SECTOR)));

      assertTrue(
          json(answer).at("/kept/0/reason").asText().contains("not intact"), answer + node.log());
      assertTrue(Files.exists(repo.resolve("sealed").resolve(SECTOR)));
    }
  }

  private NodeProcess start(Map<String, String> more) throws Exception {
    Map<String, String> settings = new TreeMap<>(more);
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", temp.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.sealing.chain-poll", "50 ms");
    return NodeProcess.start(temp, settings);
  }

  private NodeCalls calls() throws Exception {
    return NodeCalls.to(temp.resolve("state"));
  }

  private void seal(NodeProcess node) throws Exception {
    calls().pledge(UUID.randomUUID()).join();
    await(node, () -> "Proving".equals(calls().driverStates().get(SECTOR)));
  }

  /** A store beside the repo that has the sector too, as another program may have copied it. */
  private Path storeWithACopy() throws Exception {
    Path store = Files.createDirectory(temp.toRealPath().resolve("store"));
    try (NodeProcess node = start(Map.of())) {
      seal(node);
      // One that stores alone would get the sector without us.
      post(200, "/storage/attach", attachment(store, "\"init\":true,\"seal\":true,\"store\":true"));
    }
    for (String file :
        List.of("sealed/" + SECTOR, "cache/" + SECTOR, "selkie/" + SECTOR + ".json")) {
      copy(repo.resolve(file), store.resolve(file));
    }
    return store;
  }

  /** The fail point at which the prover was held. */
  private String killWhileItAddsAnUpload() throws Exception {
    String point = "AddPiece.before-work@" + SECTOR;
    try (NodeProcess node = start(Map.of("selkie.test.prover-failpoints.0", point))) {
      calls().upload("hello").join();
      await(node, () -> Files.exists(temp.resolve(point)));
      node.kill();
    }
    return point;
  }

  private int uploads() {
    return repo.resolve("selkie/spool").toFile().list().length;
  }

  private String post(int status, String path, String body) throws Exception {
    HttpResponse<String> answer = calls().send("POST", path, body).join();
    assertEquals(status, answer.statusCode(), answer.body());
    return answer.body();
  }

  private static String attachment(Path directory, String more) {
    return "{\"path\":\"" + directory + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  private static String collection(List<String> ids, List<String> sectors) throws Exception {
    return new ObjectMapper().writeValueAsString(Map.of("orphans", ids, "sectors", sectors));
  }

  private List<JsonNode> orphans() throws Exception {
    List<JsonNode> orphans = new ArrayList<>();
    calls().get("/storage/orphans").path("orphans").forEach(orphans::add);
    return orphans;
  }

  private static String name(JsonNode orphan) {
    return orphan.path("kind").asText() + " " + orphan.path("sector").asText("");
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  private String audit() throws Exception {
    return Files.readString(temp.resolve("state/audit.log"));
  }

  private static void copy(Path from, Path to) throws Exception {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
