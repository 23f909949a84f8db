package io.selkie.lotus;

import io.selkie.auth.Permission;
import io.selkie.rpc.RpcCallers;
import io.selkie.rpc.RpcException;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What tokens allow, by the miner's word: a worker has no secret of its own. What the miner said is
 * remembered for a minute, and for ten while it cannot be reached.
 */
final class MinerCallers {
  private static final Duration FRESH = Duration.ofSeconds(60);
  private static final Duration STALE = Duration.ofMinutes(10);

  /** A miner makes a token each time it takes a worker: those of the last are enough. */
  private static final int MOST = 64;

  private static final int LONGEST = 4096;

  /** A third of the connections to the miner, which results and the rest need as well. */
  private static final int MOST_ASKED = 32;

  private final Map<String, CompletionStage<List<Permission>>> asking = new HashMap<>();
  private final Verifier miner;
  private final InstantSource clock;

  private final Map<String, Word> words =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Word> eldest) {
          return size() > MOST;
        }
      };

  private record Word(Set<Permission> permissions, Instant at) {
    boolean isWithin(Duration age, Instant now) {
      return at.plus(age).isAfter(now);
    }
  }

  /** The miner's word on a token; a refusal is an {@link RpcException}. */
  @FunctionalInterface
  interface Verifier {
    CompletionStage<List<Permission>> verify(String token);
  }

  MinerCallers(Verifier miner, InstantSource clock) {
    this.miner = miner;
    this.clock = clock;
  }

  /** Who calls, while the miner is away by what it said in the last ten minutes. */
  RpcCallers remembered() {
    return token -> allowed(token, STALE);
  }

  /** Who calls, by a word of the miner that is no older than a minute. */
  RpcCallers fresh() {
    return token -> allowed(token, FRESH);
  }

  private CompletionStage<Optional<Set<Permission>>> allowed(String token, Duration whileAway) {
    if (token.isEmpty() || token.length() > LONGEST) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    Optional<Word> known = known(token);
    if (known.filter(word -> word.isWithin(FRESH, clock.instant())).isPresent()) {
      return CompletableFuture.completedStage(known.map(Word::permissions));
    }
    return ask(token)
        .thenApply(permissions -> Optional.of(remember(token, Set.copyOf(permissions))))
        .exceptionallyCompose(
            trouble -> {
              if (Stages.cause(trouble) instanceof RpcException) {
                forget(token);
                return CompletableFuture.completedStage(Optional.empty());
              }
              Optional<Word> old = known.filter(word -> word.isWithin(whileAway, clock.instant()));
              return old.isPresent()
                  ? CompletableFuture.completedStage(old.map(Word::permissions))
                  : CompletableFuture.failedStage(trouble);
            });
  }

  /** Asks once for all who wait for the same, and not for whatever anybody makes up at once. */
  private CompletionStage<List<Permission>> ask(String token) {
    CompletableFuture<List<Permission>> mine = new CompletableFuture<>();
    synchronized (this) {
      Optional<CompletionStage<List<Permission>>> running = Optional.ofNullable(asking.get(token));
      if (running.isPresent()) {
        return running.get();
      }
      if (asking.size() >= MOST_ASKED) {
        return CompletableFuture.failedStage(
            new IOException("too many tokens that are not known come at once"));
      }
      asking.put(token, mine);
    }
    miner
        .verify(token)
        .whenComplete(
            (permissions, trouble) -> {
              synchronized (this) {
                asking.remove(token);
              }
              if (trouble == null) {
                mine.complete(permissions);
              } else {
                mine.completeExceptionally(trouble);
              }
            });
    return mine;
  }

  private synchronized Optional<Word> known(String token) {
    return Optional.ofNullable(words.get(token));
  }

  private synchronized Set<Permission> remember(String token, Set<Permission> permissions) {
    words.remove(token); // so that it is the youngest
    words.put(token, new Word(permissions, clock.instant()));
    return permissions;
  }

  private synchronized void forget(String token) {
    words.remove(token);
  }
}
