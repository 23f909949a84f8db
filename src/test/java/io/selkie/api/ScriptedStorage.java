package io.selkie.api;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.Orphan;
import io.selkie.storage.PathSettings;
import io.selkie.storage.PathSpace;
import io.selkie.storage.StoragePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Storage of a node whose answers a test writes. */
final class ScriptedStorage implements StorageOperations {
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** What comes instead of every answer. */
  volatile Optional<OperationException> refusal = Optional.empty();

  volatile Orphan orphan =
      new Orphan(
          Orphan.Kind.SECTOR,
          Optional.of(SectorId.parse("s-t01000-9")),
          List.of(Path.of("/data/sealed/s-t01000-9")),
          2048,
          "no journal here knows it",
          true);

  private <T> CompletionStage<T> answer(String call, T value) {
    calls.add(call);
    return refusal
        .<CompletionStage<T>>map(CompletableFuture::failedStage)
        .orElseGet(() -> CompletableFuture.completedStage(value));
  }

  private static PathReport report(Path root) {
    PathSettings settings = PathSettings.fresh(10, true, false, 0, List.of("cold"));
    return new PathReport(
        new StoragePath(root, settings),
        Optional.of(new PathSpace(1000, 500)),
        3,
        false,
        Optional.empty());
  }

  @Override
  public CompletionStage<List<PathReport>> paths() {
    return answer("paths", List.of(report(Path.of("/data"))));
  }

  @Override
  public CompletionStage<PathReport> attach(
      Path directory, Optional<PathSettings> fresh, boolean serve) {
    String as =
        fresh
            .map(
                made ->
                    " weight %d seal %s store %s max %d groups %s"
                        .formatted(
                            made.weight(),
                            made.canSeal(),
                            made.canStore(),
                            made.maxStorage(),
                            made.groups()))
            .orElse("");
    return answer("attach " + directory + as + (serve ? " served" : ""), report(directory));
  }

  @Override
  public CompletionStage<PathReport> detach(String path, boolean force) {
    return answer("detach " + path + (force ? " by force" : ""), report(Path.of("/data")));
  }

  @Override
  public CompletionStage<List<Orphan>> orphans() {
    return answer("orphans", List.of(orphan));
  }

  @Override
  public CompletionStage<Collected> collect(Set<String> ids, Set<SectorId> sectors, String by) {
    return answer(
        "collect " + ids + " " + sectors + " by " + by,
        new Collected(List.of(orphan), List.of(new Kept("0", "it is in use"))));
  }
}
