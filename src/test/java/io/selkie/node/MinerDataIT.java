package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInCalls;
import io.selkie.lotus.StandInWorker;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that computes commitments of data without a sector for a miner. */
class MinerDataIT extends MinerTrial {
  private static final UnpaddedSize HALF = new UnpaddedSize(1016);
  private static final SectorId NONE = new SectorId(new MinerId(0), 0);

  private static StandInCalls.Result end(CompletableFuture<StandInCalls.Result> call)
      throws Exception {
    return call.get(SEALED_SECONDS, TimeUnit.SECONDS);
  }

  private static PieceInfo piece(StandInCalls.Result result) {
    return (PieceInfo)
        result.value().orElseThrow(() -> new AssertionError(result.error().toString()));
  }

  private static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random().nextBytes(data);
    return data;
  }

  private static long count(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void theCommitmentOfDataIsThatOfItsPiece() throws Exception {
    byte[] data = random(700);
    byte[] padded = Arrays.copyOf(data, 1016);
    try (NodeProcess node = start()) {
      StandInWorker worker = miner.awaitWorkers(1, REGISTERED).get(0);
      assertTrue(worker.firstTasks().contains(LotusTask.DATA_CID));

      PieceInfo short1 = piece(end(miner.dataCid(worker, HALF, data)));
      PieceInfo whole = piece(end(miner.dataCid(worker, HALF, padded)));
      PieceInfo more = piece(end(miner.dataCid(worker, HALF, Arrays.copyOf(padded, 5000))));
      PieceInfo zeros =
          piece(
              end(
                  miner.call(
                      worker, "dataCid", NONE, api -> api.dataCid(HALF, ReaderStream.zeros(9)))));
      SealedSector sealed = miner.seal(1, TYPE, padded).get(SEALED_SECONDS, TimeUnit.SECONDS);

      assertEquals(new PaddedSize(1024), short1.size());
      assertEquals(sealed.pieces().get(0), short1);
      assertEquals(short1, whole);
      assertEquals(short1, more);
      assertEquals(sealed.pieces().get(1).size(), zeros.size());
      assertEquals(sealed.pieces().get(1), zeros);
      TrialNode.await(node, "an empty spool", () -> count(spool()) == 0);
      TrialNode.await(node, "no jobs", () -> jobs() == 0);
    }
    assertMinerIsContent();
  }

  /** Its bytes are there: they are not asked for again. */
  @Test
  void aKillBeforeTheCommitmentIsComputedLosesNothing() throws Exception {
    Path marks = Files.createDirectories(temp.resolve("marks"));
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.test.failpoints.0", "DataCid.PieceStored.after-persist@" + NONE);
    byte[] data = random(1016);
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = start()) {
      call = miner.dataCid(miner.awaitWorkers(1, REGISTERED).get(0), HALF, data);
      TrialNode.await(node, "a call that is held", () -> count(marks) == 1);
      node.kill();
    }
    settings.remove("selkie.test.failpoints.0");
    try (NodeProcess node = start()) {
      PieceInfo piece = piece(end(call));

      StandInWorker worker = miner.awaitWorkers(1, REGISTERED).get(0);
      assertEquals(piece(end(miner.dataCid(worker, HALF, data))), piece);
      TrialNode.await(node, "an empty spool", () -> count(spool()) == 0);
      TrialNode.await(node, "no jobs", () -> jobs() == 0);
    }
    assertMinerIsContent();
  }

  @Test
  void bytesThatAKillCutOffFailTheCall() throws Exception {
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = start()) {
      StandInWorker worker = miner.awaitWorkers(1, REGISTERED).get(0);
      ReaderStream nobodyPushes = ReaderStream.push(UUID.randomUUID());
      call = miner.call(worker, "dataCid", NONE, api -> api.dataCid(HALF, nobodyPushes));
      node.kill();
    }
    try (NodeProcess node = start()) {
      CallError error = end(call).error().orElseThrow();

      assertEquals(CallError.WORKER_RESTARTED, error.code(), node.log());
    }
    assertEquals(List.of(), miner.violations());
  }

  private Path spool() {
    return temp.resolve("node/repo/selkie/pieces");
  }

  private long jobs() throws Exception {
    try (Stream<Path> jobs = Files.list(temp.resolve("node/state/jobs"))) {
      return jobs.filter(job -> job.getFileName().toString().startsWith("datacid")).count();
    }
  }
}
