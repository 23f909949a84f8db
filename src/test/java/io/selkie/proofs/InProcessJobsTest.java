package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InProcessJobsTest {
  private static final String NAME = "s-t01000-1.g1.t2.PreCommit1.a1";
  private static final String DONE = "{\"ok\":true,\"result\":{\"digest\":\"blake3:00\"}}";
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch atWork = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile String reply = DONE;
  private final InProcessJobs jobs =
      new InProcessJobs(
          new JsonProofs() {
            @Override
            byte[] exchange(byte[] request) {
              calls.incrementAndGet();
              atWork.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return reply.getBytes(StandardCharsets.UTF_8);
            }
          },
          () -> NOW);

  private String digest(String name, Runnable onBegun) throws ProofsException {
    return jobs.run(name, onBegun, progress -> {}).digest(Path.of("/file"));
  }

  private CompletableFuture<String> begin() {
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return digest(NAME, () -> {});
              } catch (ProofsException e) {
                return e.failure().kind().toString();
              }
            });
    try {
      assertTrue(atWork.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return answer;
  }

  @Test
  void anAnswerStaysUntilItIsRemoved() throws Exception {
    release.countDown();
    assertEquals("blake3:00", digest(NAME, () -> {}));
    assertEquals("blake3:00", digest(NAME, () -> {}));

    assertEquals(1, calls.get());
    assertEquals(Set.of(NAME), jobs.present());
    assertEquals(Optional.of(NOW), jobs.madeAt(NAME));
    assertEquals(Optional.of(NOW), jobs.answeredAt(NAME));
    jobs.remove(NAME);
    assertEquals(Set.of(), jobs.present());
    assertEquals(Optional.empty(), jobs.madeAt(NAME));
  }

  @Test
  void aJobThatRunsIsBusy() throws Exception {
    CompletableFuture<String> first = begin();

    ProofsException busy = assertThrows(ProofsException.class, () -> digest(NAME, () -> {}));
    assertEquals(ProofsFailure.Kind.BUSY, busy.failure().kind());
    assertThrows(ProofsException.class, () -> jobs.remove(NAME));
    assertEquals(Optional.empty(), jobs.answeredAt(NAME));

    release.countDown();
    assertEquals("blake3:00", first.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aNameStandsForOneRequest() throws Exception {
    release.countDown();
    digest(NAME, () -> {});

    ProofsException other =
        assertThrows(
            ProofsException.class,
            () -> jobs.run(NAME, () -> {}, progress -> {}).digest(Path.of("/other")));
    assertEquals(ProofsFailure.Kind.BAD_REQUEST, other.failure().kind());
  }

  @Test
  void callingAJobOffWaitsForTheEndOfItsPhase() throws Exception {
    CompletableFuture<String> first = begin();
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> {
              try {
                jobs.stop(NAME);
              } catch (ProofsException e) {
                throw new AssertionError(e);
              }
            });
    assertFalse(stopped.isDone());

    release.countDown();

    stopped.get(10, TimeUnit.SECONDS);
    assertTrue(first.isDone() || first.get(10, TimeUnit.SECONDS) != null);
    assertEquals(Set.of(), jobs.present());
    jobs.stop(NAME);
  }

  @Test
  void whatIsCalledOffRightBeforeItsPhaseLeavesNothing() {
    assertThrows(
        CancellationException.class,
        () ->
            digest(
                NAME,
                () -> {
                  throw new CancellationException("called off");
                }));

    assertEquals(0, calls.get());
    assertEquals(Set.of(), jobs.present());
  }

  @Test
  void afterAPanicTheHostIsUnfit() throws Exception {
    release.countDown();
    assertEquals(Optional.empty(), jobs.problem());
    reply =
        "{\"ok\":true,\"result\":{\"sectors\":[{\"ok\":false,\"kind\":\"panic\",\"message\":\"m\"}]}}";

    assertThrows(ProofsException.class, () -> digest(NAME, () -> {}));

    assertTrue(jobs.problem().orElse("").contains("start the node anew"));
  }
}
