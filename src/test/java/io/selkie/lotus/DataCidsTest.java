package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.proofs.PieceSource;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskResult;
import io.selkie.worker.Jobs;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DataCidsTest {
  private static final UnpaddedSize SIZE = new UnpaddedSize(2032);
  private static final CallOrder.DataCid ORDER =
      new CallOrder.DataCid(SIZE, new HostId("h1"), false);
  private static final PieceInfo PIECE =
      new PieceInfo(new PaddedSize(2048), CommP.ofHex("07".repeat(32)));
  private static final CallOutcome GIVEN = new CallOutcome.Gave(new TaskResult.PieceAdded(PIECE));

  @TempDir Path temp;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final FakeJobs jobs = new FakeJobs();
  private final DataCids dataCids = new DataCids(jobs, threads);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** Provers that end when the test lets them. */
  private static final class FakeJobs implements Jobs {
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private final List<Object> sources = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<ProofsFailure.Kind> failures = new ArrayList<>();

    @Override
    public Proofs run(
        String name,
        Map<String, String> environment,
        Runnable onDurable,
        ProofsProgress.Listener listener) {
      return (Proofs)
          Proxy.newProxyInstance(
              FakeJobs.class.getClassLoader(),
              new Class<?>[] {Proofs.class},
              (proxy, method, arguments) -> compute(name, method.getName(), arguments[1]));
    }

    private Object compute(String name, String method, Object source) throws Exception {
      synchronized (this) {
        log.add(method + " " + name);
        sources.add(source);
      }
      begun.release();
      mayEnd.acquire();
      synchronized (this) {
        if (!failures.isEmpty()) {
          throw new ProofsException(ProofsFailure.of(failures.remove(0), "as the test wants"));
        }
      }
      return PIECE;
    }

    @Override
    public synchronized void stop(String name) {
      log.add("stop " + name);
    }

    @Override
    public void remove(String name) {
      throw new AssertionError("a job may still run when it is given up: " + name);
    }

    @Override
    public Set<String> present() {
      return Set.of();
    }

    @Override
    public Optional<Instant> madeAt(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> answeredAt(String name) {
      return Optional.empty();
    }

    @Override
    public String log(String name) {
      return "";
    }
  }

  private Path file(int bytes) throws Exception {
    return Files.write(temp.resolve("piece"), new byte[bytes]);
  }

  private static CallOutcome end(CompletionStage<CallOutcome> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void whoAsksAgainGetsTheSameJob() throws Exception {
    UUID call = UUID.randomUUID();
    CompletionStage<CallOutcome> first = dataCids.of(call, ORDER, Optional.of(file(1000)));
    jobs.begun.acquire();
    CompletionStage<CallOutcome> second = dataCids.of(call, ORDER, Optional.of(file(1000)));
    jobs.mayEnd.release();

    assertEquals(GIVEN, end(first));
    assertEquals(GIVEN, end(second));
    assertEquals(List.of("pieceCommitment datacid-" + call), jobs.log);
    assertEquals(List.of(PieceSource.file(temp.resolve("piece"), 1000)), jobs.sources);
  }

  @Test
  void noMoreThanAFewRunAtOnce() throws Exception {
    List<CompletableFuture<CallOutcome>> all = new ArrayList<>();
    for (int i = 0; i <= DataCids.MOST; i++) {
      all.add(dataCids.of(UUID.randomUUID(), ORDER, Optional.empty()).toCompletableFuture());
    }
    jobs.begun.acquire(DataCids.MOST);

    assertFalse(jobs.begun.tryAcquire(), "one more has begun");
    jobs.mayEnd.release();
    jobs.begun.acquire();
    jobs.mayEnd.release(DataCids.MOST);
    for (CompletableFuture<CallOutcome> one : all) {
      assertEquals(GIVEN, end(one));
    }
  }

  @Test
  void ofNoBytesThereAreZeros() throws Exception {
    jobs.mayEnd.release();

    assertEquals(GIVEN, end(dataCids.of(UUID.randomUUID(), ORDER, Optional.of(file(0)))));
    assertEquals(List.of(PieceSource.zeros()), jobs.sources);
  }

  @Test
  void aProverThatDiedIsStartedOnceMore() throws Exception {
    UUID call = UUID.randomUUID();
    jobs.failures.add(ProofsFailure.Kind.DIED);
    jobs.mayEnd.release(2);

    assertEquals(GIVEN, end(dataCids.of(call, ORDER, Optional.empty())));
    String job = "datacid-" + call;
    assertEquals(
        List.of("pieceCommitment " + job, "stop " + job, "pieceCommitment " + job), jobs.log);
  }

  @Test
  void whatFailsIsReported() throws Exception {
    jobs.failures.addAll(List.of(ProofsFailure.Kind.DIED, ProofsFailure.Kind.DIED));
    jobs.mayEnd.release(2);

    CallOutcome outcome = end(dataCids.of(UUID.randomUUID(), ORDER, Optional.empty()));

    assertEquals(
        "as the test wants",
        assertInstanceOf(CallOutcome.Failed.class, outcome).failure().message());
  }

  @Test
  void aProverThatSomebodyElseWaitsForIsAskedAgain() throws Exception {
    UUID call = UUID.randomUUID();
    jobs.failures.add(ProofsFailure.Kind.BUSY);
    jobs.mayEnd.release(2);

    CompletionStage<CallOutcome> first = dataCids.of(call, ORDER, Optional.empty());
    assertThrows(ExecutionException.class, () -> end(first));
    assertEquals(GIVEN, end(dataCids.of(call, ORDER, Optional.empty())));
  }

  @Test
  void bytesThatAreGoneFailSoThatTheMinerSendsThemAgain() throws Exception {
    CallOutcome outcome =
        end(dataCids.of(UUID.randomUUID(), ORDER, Optional.of(temp.resolve("nowhere"))));

    assertEquals(
        CallOrder.STREAM_LOST,
        assertInstanceOf(CallOutcome.Failed.class, outcome).failure().code());
  }
}
