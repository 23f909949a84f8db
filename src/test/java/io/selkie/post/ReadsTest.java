package io.selkie.post;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadsTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch stuck = new CountDownLatch(1);

  @AfterEach
  void end() {
    stuck.countDown();
    threads.shutdownNow();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static String failure(CompletableFuture<?> future) {
    Throwable cause = assertThrows(ExecutionException.class, () -> get(future)).getCause();
    assertTrue(cause instanceof IOException, String.valueOf(cause));
    return cause.getMessage();
  }

  /** Deaf to interrupts, as a thread that waits for a dead disk is. */
  private String hang() {
    boolean open = false;
    while (!open) {
      try {
        stuck.await();
        open = true;
      } catch (InterruptedException e) {
        // the disk does not care
      }
    }
    return "late";
  }

  @Test
  void givesWhatTheWorkGivesAndWhatItThrows() throws Exception {
    Reads reads = new Reads(4, threads);

    assertEquals("read", get(reads.read("a", LONG, () -> "read")));
    assertEquals(
        "no such file",
        failure(
            reads.read(
                "a",
                LONG,
                () -> {
                  throw new IOException("no such file");
                })));
  }

  @Test
  void onePlaceHasAQuarterOfWhatRunsAtOnce() throws Exception {
    Reads reads = new Reads(8, threads);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(
          reads.read(
              "a",
              LONG,
              () -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                TimeUnit.MILLISECONDS.sleep(1);
                return now.decrementAndGet();
              }));
    }
    for (CompletableFuture<Integer> one : all) {
      get(one);
    }

    assertTrue(most.get() <= 2, "at once: " + most);
  }

  @Test
  void aPlaceThatHangsIsGivenUpAndOthersAreReadMeanwhile() throws Exception {
    Reads reads = new Reads(8, threads);
    List<CompletableFuture<String>> hung = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hung.add(reads.read("dead", SHORT, this::hang));
    }

    // then the others do not wait
    for (int i = 0; i < 20; i++) {
      assertEquals("read", get(reads.read("alive", LONG, () -> "read")));
    }
    // and of those that hang only the first were waited for
    assertEquals("dead did not give it within 100 ms, and is read no more", failure(hung.get(0)));
    assertEquals("dead does not answer", failure(hung.get(19)));
    // and no thread more is lost on it
    assertEquals("dead does not answer", failure(reads.read("dead", LONG, this::hang)));

    // but when it comes back it is read again
    stuck.countDown();
    awaitBack(reads, "dead");
  }

  /** The threads that were lost in it come back a moment after they are let go. */
  private static void awaitBack(Reads reads, String place) throws Exception {
    boolean isBack = false;
    while (!isBack) {
      isBack = reads.read(place, LONG, () -> true).handle((fine, trouble) -> fine != null).get();
    }
  }

  @Test
  void aPlaceThatIsLateAgainAndAgainIsGivenUpThoughItsThreadsComeBack() throws Exception {
    Reads reads = new Reads(8, threads);
    List<CompletableFuture<Boolean>> slow = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      slow.add(reads.read("slow", SHORT, () -> stuck.await(1, TimeUnit.MINUTES)));
    }

    int lost = 0;
    for (CompletableFuture<Boolean> one : slow) {
      lost += failure(one).endsWith("does not answer") ? 1 : 0;
    }
    assertTrue(lost >= 16, "only so many were not waited for: " + lost);
    awaitBack(reads, "slow");
    assertEquals("read", get(reads.read("slow", LONG, () -> "read")));
  }
}
