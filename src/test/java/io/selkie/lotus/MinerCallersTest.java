package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import io.selkie.rpc.RpcException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class MinerCallersTest {
  private static final Set<Permission> ADMIN = Set.of(Permission.ADMIN);

  private final List<String> asked = new ArrayList<>();
  private Optional<Exception> trouble = Optional.empty();
  private Instant now = Instant.EPOCH;

  private final MinerCallers callers = new MinerCallers(this::verify, () -> now);

  private CompletionStage<List<Permission>> verify(String token) {
    asked.add(token);
    return trouble.isPresent()
        ? CompletableFuture.failedStage(trouble.get())
        : CompletableFuture.completedStage(List.of(Permission.ADMIN));
  }

  @Test
  void theMinerIsAskedOnceAMinute() {
    assertEquals(Optional.of(ADMIN), allowed("a"));
    assertEquals(Optional.of(ADMIN), allowed("a"));
    now = now.plus(Duration.ofSeconds(61));
    assertEquals(Optional.of(ADMIN), allowed("a"));

    assertEquals(List.of("a", "a"), asked);
  }

  @Test
  void aTokenThatTheMinerDidNotMakeIsNoGood() {
    trouble = Optional.of(new RpcException("JWT Verification failed"));

    assertEquals(Optional.empty(), allowed("a"));
  }

  @Test
  void aTokenThatTheMinerTakesBackIsForgotten() {
    assertEquals(Optional.of(ADMIN), allowed("a"));
    now = now.plus(Duration.ofSeconds(61));
    trouble = Optional.of(new RpcException("JWT Verification failed"));
    assertEquals(Optional.empty(), allowed("a"));
    trouble = Optional.of(new IOException("away"));

    assertTrue(failed(callers.remembered().allowed("a")));
  }

  @Test
  void whileTheMinerIsAwayItsWordOfTheLastTenMinutesHolds() {
    assertEquals(Optional.of(ADMIN), allowed("a"));
    trouble = Optional.of(new IOException("away"));
    now = now.plus(Duration.ofMinutes(9));
    assertEquals(Optional.of(ADMIN), allowed("a"));
    now = now.plus(Duration.ofMinutes(2));

    assertTrue(failed(callers.remembered().allowed("a")));
    assertTrue(failed(callers.remembered().allowed("b")));
  }

  @Test
  void nothingIsDeletedByAnOldWord() {
    assertEquals(Optional.of(ADMIN), allowed("a"));
    trouble = Optional.of(new IOException("away"));
    now = now.plus(Duration.ofSeconds(61));

    assertTrue(failed(callers.fresh().allowed("a")));
  }

  @Test
  void whatIsNoTokenIsNotAskedAbout() {
    assertEquals(Optional.empty(), allowed(""));
    assertEquals(Optional.empty(), allowed("x".repeat(5000)));
    assertEquals(List.of(), asked);
  }

  @Test
  void strangersDoNotFillTheMemory() {
    for (int i = 0; i < 1000; i++) {
      assertEquals(Optional.of(ADMIN), allowed("t" + i));
    }
    asked.clear();

    assertEquals(Optional.of(ADMIN), allowed("t999"));
    assertEquals(Optional.of(ADMIN), allowed("t0"));
    assertEquals(List.of("t0"), asked);
  }

  private Optional<Set<Permission>> allowed(String token) {
    return callers.remembered().allowed(token).toCompletableFuture().join();
  }

  private static boolean failed(CompletionStage<?> stage) {
    return stage.toCompletableFuture().isCompletedExceptionally();
  }
}
