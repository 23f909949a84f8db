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
  void thoseWhoComeTogetherAskOnce() {
    CompletableFuture<List<Permission>> word = new CompletableFuture<>();
    List<String> asked = new ArrayList<>();
    MinerCallers slow =
        new MinerCallers(
            token -> {
              asked.add(token);
              return word;
            },
            () -> now);

    CompletionStage<Optional<Set<Permission>>> first = slow.remembered().allowed("a");
    CompletionStage<Optional<Set<Permission>>> second = slow.fresh().allowed("a");
    word.complete(List.of(Permission.ADMIN));

    assertEquals(Optional.of(ADMIN), first.toCompletableFuture().join());
    assertEquals(Optional.of(ADMIN), second.toCompletableFuture().join());
    assertEquals(List.of("a"), asked);
  }

  @Test
  void aFloodOfTokensThatSomebodyMadeUpReachesTheMinerInPart() {
    CompletableFuture<List<Permission>> word = new CompletableFuture<>();
    List<String> asked = new ArrayList<>();
    MinerCallers slow =
        new MinerCallers(
            token -> {
              asked.add(token);
              return token.equals("known")
                  ? CompletableFuture.completedStage(List.of(Permission.ADMIN))
                  : word;
            },
            () -> now);
    slow.remembered().allowed("known");
    for (int i = 0; i < 1000; i++) {
      slow.remembered().allowed("t" + i);
    }
    now = now.plus(Duration.ofMinutes(2));

    assertEquals(1 + 32, asked.size());
    assertTrue(failed(slow.remembered().allowed("t999")));
    assertEquals(
        Optional.of(ADMIN),
        slow.remembered().allowed("known").toCompletableFuture().join(),
        "as if the miner were away");
    word.completeExceptionally(new RpcException("JWT Verification failed"));
    assertEquals(Optional.of(ADMIN), slow.fresh().allowed("known").toCompletableFuture().join());
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
