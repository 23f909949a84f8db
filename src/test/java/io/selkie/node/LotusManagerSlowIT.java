package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.lotus.peer.GoPeer;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.SealWork;
import io.selkie.rpc.RpcJson;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole node as the worker of Lotus's own manager, scheduler and storage index. */
@Timeout(900)
@ExtendWith(EndsProvers.class)
class LotusManagerSlowIT {
  private static final int LIVES = 5;
  private static final int RESTARTS = 5;
  private static final long SEALED_MINUTES = 6;

  /** Commit2 takes 90 CPU-seconds, and other tests run beside. */
  private static final Duration PROOF = Duration.ofMinutes(12);

  /**
   * An idle miner that came back gives what is in its queue to the first worker that has paths. It
   * does not look again by itself, so that this is about an answer at all, and not about how fast.
   */
  private static final Duration AT_ONCE = Duration.ofSeconds(50);

  @TempDir Path temp;
  private final Random random = new Random();

  private Map<String, String> realProofs() throws Exception {
    Map<String, String> settings = TrialNode.settings();
    settings.put("selkie.lotus.enabled", "on");
    settings.put("selkie.lotus.address", "127.0.0.1:" + MinerTrial.freePort());
    settings.put("selkie.storage-repo", temp + "/miner");
    settings.put("selkie.chain", "none");
    settings.put("selkie.max-tasks", "16");
    settings.put("SELKIE_LOG", "info");
    settings.put(
        "logback.configurationFile",
        Path.of("src/main/resources/logback.xml").toAbsolutePath().toString());
    settings.put("selkie.gpu.cpu-leases", "4");
    for (String kind : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + kind, "4");
    }
    return settings;
  }

  private Map<String, String> settings() throws Exception {
    Map<String, String> settings = realProofs();
    settings.put("selkie.test.stand-in-proofs", "on");
    return settings;
  }

  private Map<String, String> slowPhases() throws Exception {
    Map<String, String> settings = settings();
    settings.put("selkie.test.phase-times.0", "AddPiece=300");
    settings.put("selkie.test.phase-times.1", "PreCommit1=1500");
    settings.put("selkie.test.phase-times.2", "PreCommit2=800");
    settings.put("selkie.test.phase-times.3", "Commit2=1500");
    return settings;
  }

  private NodeProcess node(Map<String, String> settings) throws Exception {
    return NodeProcess.start(temp.resolve("node"), settings);
  }

  private Path data(int bytes) throws Exception {
    byte[] data = new byte[bytes];
    random.nextBytes(data);
    return Files.write(temp.resolve("data"), data);
  }

  private static List<Long> sectors(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static SectorId id(long sector) {
    return SectorId.parse("s-t01000-" + sector);
  }

  private void assertEachPhaseOnce(List<Long> sectors) throws Exception {
    MinerTrial.assertEachPhaseOnce(
        sectors.stream().map(LotusManagerSlowIT::id).toList(), temp.resolve("node/state"));
  }

  /** They are at the miner, whole, and nowhere else; its index says the same. */
  private void assertAtMiner(LotusManager miner, List<Long> sectors) throws Exception {
    for (long sector : sectors) {
      JsonNode index = miner.result("find sector=" + sector);
      assertEquals(List.of("cache", "sealed"), names(index), index::toString);
      for (String type : List.of("cache", "sealed")) {
        assertEquals(1, index.get(type).size(), index::toString);
        assertTrue(index.get(type).get(0).get("Primary").asBoolean(), index::toString);
        assertTrue(index.get(type).get(0).get("CanStore").asBoolean(), index::toString);
      }
      assertEquals(2048, Files.size(temp.resolve("miner/store/sealed/" + id(sector))));
      assertTrue(Files.exists(temp.resolve("miner/store/cache/" + id(sector) + "/p_aux")));
      for (String type : List.of("unsealed", "sealed", "cache")) {
        assertFalse(Files.exists(temp.resolve("node/repo/" + type + "/" + id(sector))), type);
      }
    }
  }

  private static List<String> names(JsonNode index) {
    return index.properties().stream().map(Map.Entry::getKey).sorted().toList();
  }

  @Test
  void sectorsAreSealedFromAddPieceToTheirMoveToTheMiner() throws Exception {
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(settings())) {
      miner.awaitWorker();
      Path data = data(2032);

      miner.seal(sectors(1, 4), "");
      miner.seal(sectors(5, 5), "pieces=1016,1016 data=" + data);
      miner.seal(sectors(6, 6), "pieces=508,508,1016 data=" + data + " chunked=1");
      miner.awaitSealed(sectors(1, 6), "");

      assertEquals(List.of(), miner.failures());
      assertAtMiner(miner, sectors(1, 6));
      // Two pieces, or three, are as many tasks.
      assertEachPhaseOnce(sectors(1, 4), 1);
      assertEquals(2L, MinerTrial.completed(state()).get(id(5) + " g1 AddPiece"));
      assertEquals(3L, MinerTrial.completed(state()).get(id(6) + " g1 AddPiece"));
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private Path state() {
    return temp.resolve("node/state");
  }

  /** Of these sectors alone. */
  private void assertEachPhaseOnce(List<Long> sectors, long times) throws Exception {
    Map<String, Long> completed = MinerTrial.completed(state());
    for (long sector : sectors) {
      for (String phase :
          List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize")) {
        assertEquals(times, completed.get(id(sector) + " g1 " + phase), completed::toString);
      }
    }
  }

  @Test
  void aNodeThatIsKilledAtAnyMomentLosesNoCallAndRepeatsNoPhase() throws Exception {
    Map<String, String> settings = slowPhases();
    try (LotusManager miner = LotusManager.start(temp)) {
      List<Long> sectors = sectors(1, 4);
      CompletableFuture<Void> sealed = new CompletableFuture<>();
      for (int life = 0; life < LIVES; life++) {
        try (NodeProcess node = node(settings)) {
          if (life == 0) {
            miner.awaitWorker();
            miner.seal(sectors, "");
            sealed = CompletableFuture.runAsync(() -> awaitSealed(miner, sectors));
          }
          TimeUnit.MILLISECONDS.sleep(random.nextInt(4000)); // the moment
          node.kill();
        }
      }
      try (NodeProcess node = node(settings)) {
        sealed.get(SEALED_MINUTES, TimeUnit.MINUTES);

        assertAtMiner(miner, sectors);
        assertEachPhaseOnce(sectors);
        assertFalse(node.log().contains("Exception"), node.log());
      }
    }
  }

  /** While the node is killed: what fails meanwhile is asked for again meanwhile. */
  private static void awaitSealed(LotusManager miner, List<Long> sectors) {
    try {
      miner.awaitSealed(sectors, "");
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void aMinerThatIsKilledAtAnyMomentGetsWhatRan() throws Exception {
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(slowPhases())) {
      miner.awaitWorker();
      List<Long> sectors = sectors(1, 4);
      miner.seal(sectors, "");
      for (int life = 0; life < LIVES; life++) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(4000)); // the moment
        miner.restart();
        miner.seal(sectors, "");
      }
      miner.awaitSealed(sectors, "");

      assertAtMiner(miner, sectors);
      assertEachPhaseOnce(sectors);
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void anIdleMinerThatComesBackWithAQueueIsWorkedForAtOnce() throws Exception {
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(settings())) {
      miner.awaitWorker();
      for (long sector = 1; sector <= RESTARTS; sector++) {
        miner.restart();
        miner.seal(List.of(sector), "until=SealPreCommit2");

        miner.awaitSealed(List.of(sector), "until=SealPreCommit2", AT_ONCE);
      }
      assertEquals(List.of(), miner.failures());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void anIdleNodeThatComesBackIsGivenWhatWaits() throws Exception {
    Map<String, String> settings = settings();
    try (LotusManager miner = LotusManager.start(temp)) {
      try (NodeProcess node = node(settings)) {
        miner.awaitWorker();
        node.kill();
      }
      miner.seal(sectors(1, 2), "until=SealPreCommit2");
      try (NodeProcess node = node(settings)) {
        miner.awaitSealed(sectors(1, 2), "until=SealPreCommit2");

        assertFalse(node.log().contains("Exception"), node.log());
      }
    }
  }

  /** The miner looks at what a worker takes when something happens, and by itself never. */
  @Test
  void aFullFarmTakesTheNextSectorWhenOneHasLeft() throws Exception {
    Map<String, String> settings = slowPhases();
    settings.put("selkie.max-tasks", "1");
    settings.put("selkie.transfer-buffer", "0");
    settings.put("selkie.test.phase-times.1", "PreCommit1=5000");
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(settings)) {
      miner.awaitWorker();
      miner.seal(sectors(1, 1), "");
      miner.awaitStep(1, "SealPreCommit1");

      miner.seal(sectors(2, 3), "");
      miner.awaitSealed(sectors(1, 3), "");

      assertEquals(List.of(), miner.failures());
      assertAtMiner(miner, sectors(1, 3));
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  /** Pieces come one after the other, and other sectors want to come in between. */
  @Test
  void sectorsThatFillTheFarmGetAllTheirPieces() throws Exception {
    Map<String, String> settings = settings();
    settings.put("selkie.max-tasks", "1");
    settings.put("selkie.transfer-buffer", "0");
    settings.put("selkie.test.phase-times.0", "AddPiece=3000");
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(settings)) {
      miner.awaitWorker();

      miner.seal(sectors(1, 3), "pieces=508,508,1016");
      miner.awaitSealed(sectors(1, 3), "pieces=508,508,1016");

      assertEquals(List.of(), miner.failures());
      assertAtMiner(miner, sectors(1, 3));
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void theClientOfAMinerCallsItOverAWebSocket() throws Exception {
    Map<String, String> settings = settings();
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(settings)) {
      miner.awaitWorker();
      String url = "ws://" + settings.get("selkie.lotus.address") + "/rpc/v0";
      try (GoPeer client =
          GoPeer.start(temp, "workerclient", "-url", url, "-token", miner.token())) {
        assertEquals(67328, answer(client, "Version").asInt());
        assertEquals(answer(client, "Session"), answer(client, "ProcessSession"));
        assertTrue(answer(client, "Info").get("IgnoreResources").asBoolean());
        assertTrue(answer(client, "TaskTypes").has("seal/v0/commit/2"));
        assertEquals(1, answer(client, "Paths").size());
        String piece = Base64.getEncoder().encodeToString(new byte[1016]);
        JsonNode call =
            answer(
                client,
                "AddPiece",
                "{\"ID\":{\"Miner\":1000,\"Number\":9},\"ProofType\":5}",
                "[]",
                "1016",
                "{\"Push\":\"" + piece + "\",\"Chunked\":true}");
        assertEquals(9, call.get("Sector").get("Number").asInt());
        TrialNode.await(
            node,
            "the piece",
            () -> MinerTrial.completed(state()).containsKey(id(9) + " g1 AddPiece"));
      }
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private static JsonNode answer(GoPeer client, String method, String... params) throws Exception {
    ObjectNode line = RpcJson.MAPPER.createObjectNode().put("method", method);
    var given = line.putArray("params");
    for (String param : params) {
      given.add(RpcJson.MAPPER.readTree(param));
    }
    client.send(line.toString());
    JsonNode answer = client.await("answer");
    assertFalse(answer.has("error"), answer::toString);
    return answer.get("result");
  }

  /** With data, which stays readable; the proof is looked at by the library that chains use. */
  @Test
  void aRealSectorIsSealedMovedProvenAndRead() throws Exception {
    Path data = data(2032);
    try (LotusManager miner = LotusManager.start(temp);
        NodeProcess node = node(realProofs())) {
      miner.awaitWorker();
      String words = "pieces=1016,1016 keep=1 data=" + data;

      miner.seal(sectors(7, 7), words);
      miner.awaitSealed(sectors(7, 7), words, PROOF);

      assertEquals(List.of(), miner.failures());
      JsonNode index = miner.result("find sector=7");
      assertEquals(List.of("cache", "sealed", "unsealed"), names(index), index::toString);
      assertTrue(isValid(miner.result("show sector=7")), node.log());
      assertArrayEquals(
          Arrays.copyOfRange(Files.readAllBytes(data), 127, 254),
          miner.result("read sector=7 offset=127 size=127").get("Data").binaryValue());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private static boolean isValid(JsonNode sector) throws Exception {
    JsonNode cids = sector.get("Cids");
    return NativeProofs.load(ProofsLibrary.find(ConfigFactory.load()))
        .verifySeal(
            new SealWork.VerifySeal(
                id(7),
                SealProofType.STACKED_DRG_2KIB_V1_1,
                RpcJson.MAPPER.treeToValue(cids.get("Sealed"), CommR.class),
                RpcJson.MAPPER.treeToValue(cids.get("Unsealed"), CommD.class),
                RpcJson.MAPPER.treeToValue(sector.get("Ticket"), Ticket.class),
                RpcJson.MAPPER.treeToValue(sector.get("Seed"), Seed.class),
                new SealProof(Bytes.of(sector.get("Proof").binaryValue()))));
  }
}
