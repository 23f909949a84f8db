package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.ProverSettings;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.TestTasks;
import io.selkie.storage.SectorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tasks of a sector by real provers, but for Commit2, which takes minutes. */
@Timeout(180)
class ProverTaskRunnerIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Ticket TICKET = new Ticket(Bytes32.ofHex("05".repeat(32)));
  private static final Seed SEED = new Seed(Bytes32.ofHex("06".repeat(32)));

  @TempDir Path temp;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ProofsLibrary library = ProofsLibrary.find(ConfigFactory.load());
  private int tasks;

  @AfterEach
  void stopThreads() {
    executor.shutdownNow();
  }

  /** Each call is another life of the node. */
  private ProverTaskRunner runner() {
    ProverSettings settings = new ProverSettings(library, temp.resolve("jobs"), 0, false, Map.of());
    return new ProverTaskRunner(
        sector -> new SectorFiles(temp.resolve("repo"), sector),
        Jobs.of(new NodeJobs(settings)),
        NativeProofs.load(library),
        new ProgressBoard(),
        ProverTaskRunnerTest.ledger(temp.resolve("repo")),
        executor,
        (from, sector, to) -> {},
        new FetchedInputs(temp.resolve("fetched")),
        MissingFiles.NONE);
  }

  private TaskId.Attempt next(TaskRequest request) {
    return TestTasks.task(1, ++tasks, request.kind()).attempt(1);
  }

  private Ended run(TaskRequest request) throws Exception {
    TaskId.Attempt attempt = next(request);
    Ended first = await(runner(), attempt, request);
    if (runner().present().contains(attempt)) {
      // The node dies before its sector knows: the next life gives the same answer.
      assertEquals(first, await(runner(), attempt, request));
      runner().remove(attempt);
    }
    return first;
  }

  private static Ended await(ProverTaskRunner runner, TaskId.Attempt attempt, TaskRequest request)
      throws Exception {
    return runner
        .run(attempt, request, Map.of(), () -> {})
        .toCompletableFuture()
        .get(120, TimeUnit.SECONDS);
  }

  private <R extends TaskResult> R result(Class<R> type, TaskRequest request) throws Exception {
    return type.cast(((Ended.Succeeded) run(request)).result());
  }

  @Test
  void aSectorGoesThroughItsTasks() throws Exception {
    SectorFiles files = new SectorFiles(temp.resolve("repo"), TestTasks.sector(1));
    byte[] data = new byte[2000];
    Arrays.fill(data, (byte) 'x');
    Path source = Files.write(temp.resolve("data"), data);
    PieceInfo piece =
        result(
                TaskResult.PieceAdded.class,
                new TaskRequest.AddPiece(
                    TYPE,
                    List.of(),
                    new PaddedSize(2048),
                    PieceSource.file(source, data.length),
                    Optional.of("data")))
            .piece();
    TaskResult.Labelled labels =
        result(TaskResult.Labelled.class, new TaskRequest.PreCommit1(TYPE, TICKET, List.of(piece)));
    TaskResult.Encoded replica =
        result(
            TaskResult.Encoded.class,
            new TaskRequest.PreCommit2(TYPE, TICKET, List.of(piece), labels.output()));
    TaskResult.VanillaProved vanilla =
        result(
            TaskResult.VanillaProved.class,
            new TaskRequest.Commit1(
                TYPE, TICKET, SEED, List.of(piece), replica.commR(), replica.commD()));
    assertEquals(files.commit1Output(), vanilla.output());

    assertTheOutputOfCommit1IsChecked(vanilla);

    TaskResult.Finalized finalized =
        result(TaskResult.Finalized.class, new TaskRequest.Finalize(TYPE, false));
    assertTrue(finalized.filesRemoved() > 2, finalized.toString());
    assertFalse(Files.exists(files.unsealed()));
    assertFalse(Files.exists(files.commit1Output()));

    Path output = temp.resolve("unsealed");
    result(
        TaskResult.Unsealed.class,
        new TaskRequest.Unseal(TYPE, TICKET, replica.commD(), 0, data.length, output));
    assertArrayEquals(data, Files.readAllBytes(output));

    result(TaskResult.FilesRemoved.class, new TaskRequest.Remove(TYPE));
    assertFalse(Files.exists(files.sealed()));
    assertFalse(Files.exists(files.cache()));
    assertNobodyBeganTwice();
  }

  private void assertTheOutputOfCommit1IsChecked(TaskResult.VanillaProved vanilla)
      throws Exception {
    Ended other = run(new TaskRequest.Commit2(TYPE, vanilla.output(), "blake3:" + "00".repeat(32)));

    assertEquals(Failure.Action.REDO, ((Ended.Failed) other).failure().action());
    assertEquals("damaged", ((Ended.Failed) other).failure().code());
  }

  private void assertNobodyBeganTwice() throws Exception {
    List<String> starts =
        Files.readAllLines(temp.resolve("provers.log")).stream()
            .filter(line -> line.endsWith(" started"))
            .map(line -> line.split(" ", -1)[2])
            .toList();
    assertEquals(Set.copyOf(starts).size(), starts.size(), starts.toString());
    assertEquals(6, starts.size(), starts.toString());
  }
}
