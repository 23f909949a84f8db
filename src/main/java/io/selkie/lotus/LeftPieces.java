package io.selkie.lotus;

import io.selkie.lotus.calls.CallState;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes of pieces that lie on this host since it was last alive. Those of a call that is over were
 * of use nowhere: this host was away when they were to be cleared away.
 */
final class LeftPieces {
  private static final Logger LOG = LoggerFactory.getLogger(LeftPieces.class);
  private static final String SUFFIX = ".piece";

  private final Map<UUID, Path> files;

  private LeftPieces(Map<UUID, Path> files) {
    this.files = new TreeMap<>(files);
  }

  /** To be called before any bytes come. */
  static LeftPieces in(Path spool) throws IOException {
    Map<UUID, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(spool)) {
      for (Path file : all.toList()) {
        call(String.valueOf(file.getFileName())).ifPresent(call -> files.put(call, file));
      }
    }
    return new LeftPieces(files);
  }

  private static Optional<UUID> call(String name) {
    if (!name.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String text = name.substring(0, name.length() - SUFFIX.length());
    try {
      // Short forms of a UUID are read, too, and are not what we write.
      return Optional.of(UUID.fromString(text)).filter(call -> call.toString().equals(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Deletes those that nobody needs. What is not known to be over stays until the next start.
   *
   * @param state of a call
   */
  CompletionStage<@Nullable Void> clear(
      Function<UUID, CompletionStage<CallState>> state, Executor blocking) {
    List<CompletableFuture<?>> all =
        files.entrySet().stream()
            .<CompletableFuture<?>>map(
                file ->
                    state
                        .apply(file.getKey())
                        .thenCompose(
                            now -> Stages.blocking(blocking, () -> clear(now, file.getValue())))
                        .exceptionally(
                            trouble -> {
                              LOG.debug("the piece {} stays", file.getValue(), trouble);
                              return false;
                            })
                        .toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  /** A call that is not known was never durable: the miner has heard that it failed. */
  private static boolean clear(CallState now, Path file) throws IOException {
    boolean isOver = now instanceof CallState.Unknown || now instanceof CallState.Reported;
    if (isOver && Files.deleteIfExists(file)) {
      LOG.info("deleted {}: the miner's call that brought it is over", file);
      return true;
    }
    return false;
  }
}
