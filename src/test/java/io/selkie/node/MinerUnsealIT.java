package io.selkie.node;

import static io.selkie.storage.FileType.SEALED;
import static io.selkie.storage.FileType.UNSEALED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInCalls;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.selftest.NodeProcess;
import io.selkie.storage.FileType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A node that takes data out of replicas for a miner, wherever they are. */
class MinerUnsealIT extends MinerTrial {
  private static final UnpaddedSize HALF = new UnpaddedSize(1016);

  private static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random().nextBytes(data);
    return data;
  }

  /** Two zero bits behind each 254. */
  private static byte[] padded(byte[] data) {
    byte[] padded = new byte[data.length / 127 * 128];
    int at = 0;
    for (int bit = 0; bit < data.length * 8; bit++) {
      padded[at / 8] |= (byte) ((data[bit / 8] >> (bit % 8) & 1) << (at % 8));
      at += bit % 254 == 253 ? 3 : 1;
    }
    return padded;
  }

  private CompletableFuture<StandInCalls.Result> unseal(SealedSector sealed, long offset)
      throws Exception {
    return miner.call(
        miner.awaitWorkers(1, REGISTERED).get(0),
        "unsealPiece",
        sealed.sector().id(),
        api ->
            api.unsealPiece(
                sealed.sector(), offset, HALF, sealed.ticket(), sealed.cids().unsealed()));
  }

  private static void requireDone(CompletableFuture<StandInCalls.Result> call) throws Exception {
    assertEquals(Optional.empty(), call.get(SEALED_SECONDS, TimeUnit.SECONDS).error());
  }

  private SealedSector sealed(byte[] data) throws Exception {
    SealedSector sealed = miner.seal(1, TYPE, data).get(SEALED_SECONDS, TimeUnit.SECONDS);
    miner.files().put(sealed);
    return sealed;
  }

  private static Path file(Path repo, FileType type, SectorId sector) {
    return repo.resolve(type.toString()).resolve(sector.toString());
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    String base = "http://" + settings.get("selkie.lotus.address") + "/remote/";
    String token = miner.apiInfo().substring(0, miner.apiInfo().indexOf(':'));
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(base + path))
                .header("Authorization", "Bearer " + token)
                .build(),
            BodyHandlers.ofByteArray());
  }

  private long unsealings(Path state) throws Exception {
    String log = Files.readString(state.resolve("provers.log"));
    return Pattern.compile("\\.Unseal\\.a\\d+ completed").matcher(log).results().count();
  }

  @Test
  void theDataOfAReplicaThatTheMinerHasIsInTheUnsealedFile() throws Exception {
    byte[] data = random(1016);
    Path repo = temp.resolve("node/repo");
    try (NodeProcess node = start()) {
      assertTrue(miner.awaitWorkers(1, REGISTERED).get(0).firstTasks().contains(LotusTask.UNSEAL));
      SealedSector sealed = sealed(data);
      SectorId id = sealed.sector().id();
      assertFalse(Files.exists(file(repo, SEALED, id)));

      requireDone(unseal(sealed, 0));

      assertEquals(1, miner.index().where(id, UNSEALED).size());
      assertEquals(1, miner.index().where(id, SEALED).size(), "the copy is still declared");
      assertFalse(Files.exists(file(repo, SEALED, id)), "the copy is still there");
      assertTrue(miner.files().has(id, SEALED));
      byte[] file = Files.readAllBytes(file(repo, UNSEALED, id));
      assertArrayEquals(padded(data), Arrays.copyOf(file, 1024));
      String allocated = "unsealed/" + id + "/" + TYPE.id() + "/allocated/";
      assertEquals(200, get(allocated + "0/1016").statusCode());
      assertEquals(416, get(allocated + "1016/1016").statusCode());

      requireDone(unseal(sealed, 1016));

      assertEquals(200, get(allocated + "0/2032").statusCode());
      assertEquals(2048 + 7, get("unsealed/" + id).body().length);
      assertEquals(2, unsealings(temp.resolve("node/state")));
      requireDone(unseal(sealed, 0));
      requireDone(unseal(sealed, 1016));
      assertEquals(2, unsealings(temp.resolve("node/state")), node.log());
    }
    assertMinerIsContent();
  }

  @Test
  void theReplicaMayBeOneThatTheFarmNeverSaw() throws Exception {
    byte[] data = random(1016);
    SealedSector sealed;
    try (NodeProcess node = start()) {
      sealed = sealed(data);
      node.kill();
    }
    try (NodeProcess node = NodeProcess.start(temp.resolve("other"), settings)) {
      requireDone(unseal(sealed, 0));

      SectorId id = sealed.sector().id();
      byte[] file = Files.readAllBytes(file(temp.resolve("other/repo"), UNSEALED, id));
      assertArrayEquals(padded(data), Arrays.copyOf(file, 1024), node.log());
      assertFalse(Files.exists(file(temp.resolve("other/repo"), SEALED, id)));
    }
    assertEquals(List.of(), miner.violations());
  }

  @Test
  void aReplicaThatNobodyHasFailsTheCall() throws Exception {
    SealedSector sealed;
    try (NodeProcess node = start()) {
      sealed = miner.seal(1, TYPE).get(SEALED_SECONDS, TimeUnit.SECONDS);
      SectorId id = sealed.sector().id();
      miner
          .index()
          .drop(
              miner.index().where(id, SEALED).iterator().next(),
              id,
              io.selkie.lotus.wire.SectorFileTypes.of(SEALED));

      StandInCalls.Result result = unseal(sealed, 0).get(SEALED_SECONDS, TimeUnit.SECONDS);

      assertTrue(
          result.error().orElseThrow().message().contains("nobody is known to have the replica"),
          result + node.log());
    }
    assertEquals(List.of(), miner.violations());
  }

  @Test
  void anUpdatedSectorIsRefused() throws Exception {
    try (NodeProcess node = start()) {
      SealedSector sealed = sealed(random(1016));
      miner.files().put(sealed.sector().id(), FileType.UPDATE, new byte[2048]);

      StandInCalls.Result result = unseal(sealed, 0).get(SEALED_SECONDS, TimeUnit.SECONDS);

      assertTrue(result.error().orElseThrow().message().contains("in its update"), node.log());
    }
    assertEquals(List.of(), miner.violations());
  }

  /** In the midst of a prover's work, and where the result was not kept yet. */
  @Test
  void aKillLosesNothing() throws Exception {
    byte[] data = random(1016);
    Path marks = Files.createDirectories(temp.resolve("marks"));
    SectorId id = new SectorId(this.id, 1);
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.test.phase-times.0", "Unseal=4000");
    settings.put("selkie.test.failpoints.0", "Unseal.CallEnded.before-persist@" + id);
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = start()) {
      SealedSector sealed = sealed(data);
      call = unseal(sealed, 0);
      Path log = temp.resolve("node/state/provers.log");
      TrialNode.await(
          node, "a prover at work", () -> Files.readString(log).contains(".Unseal.a1 started"));
      node.kill();
      assertEquals(0, unsealings(temp.resolve("node/state")), "too late a kill");
    }
    try (NodeProcess node = start()) {
      Path ended = marks.resolve("Unseal.CallEnded.before-persist@" + id);
      TrialNode.await(node, "a result that is held", () -> Files.exists(ended));
      node.kill();
    }
    settings.remove("selkie.test.failpoints.0");
    try (NodeProcess node = start()) {
      requireDone(call);

      byte[] file = Files.readAllBytes(file(temp.resolve("node/repo"), UNSEALED, id));
      assertArrayEquals(padded(data), Arrays.copyOf(file, 1024), node.log());
      assertEquals(1, unsealings(temp.resolve("node/state")));
      assertFalse(Files.exists(file(temp.resolve("node/repo"), SEALED, id)));
    }
    assertMinerIsContent();
  }
}
