package io.selkie.lotus;

import io.selkie.rpc.RpcException;
import io.selkie.stages.Stages;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a miner's operator has done to the paths of this host; the next look at the miner's index
 * brings it there.
 */
record HostPathOrders(StoragePaths paths, CompletionStage<PathIndex> index, Executor blocking)
    implements LotusWorker.PathOrders {
  @Override
  public CompletionStage<@Nullable Void> attach(String directory) {
    return Stages.blocking(
        blocking,
        () -> {
          try {
            StoragePath unused = paths.attach(Path.of(directory), Optional.empty());
            return null;
          } catch (IOException | InvalidPathException e) {
            throw new RpcException(String.valueOf(e.getMessage()));
          }
        });
  }

  @Override
  public CompletionStage<@Nullable Void> leaveIndex() {
    return index.thenCompose(PathIndex::leave);
  }

  @Override
  public CompletionStage<@Nullable Void> declareAgain(Optional<String> id) {
    return index.thenApply(
        known -> {
          paths.all().stream()
              .map(StoragePath::id)
              .filter(each -> id.isEmpty() || id.get().equals(each))
              .forEach(known::forget);
          return null;
        });
  }
}
