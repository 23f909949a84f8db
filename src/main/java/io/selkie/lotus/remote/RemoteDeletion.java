package io.selkie.lotus.remote;

import static java.util.stream.Collectors.partitioningBy;

import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.files.FileLook;
import io.selkie.storage.Deletion;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.storage.Trash;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of sectors, as a miner or another worker asks for it. The index forgets a file
 * first; a kill in between leaves one that is declared anew when the node starts. The file itself
 * goes into the trash of its path, in case this was a mistake.
 */
final class RemoteDeletion {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteDeletion.class);

  private final StoragePaths paths;
  private final RemoteIndex index;
  private final Deletion before;
  private final Clock clock;
  private final Executor blocking;

  /**
   * Deletions.
   *
   * @param before hears of each file
   */
  RemoteDeletion(
      StoragePaths paths, RemoteIndex index, Deletion before, Clock clock, Executor blocking) {
    this.paths = paths;
    this.index = index;
    this.before = before;
    this.clock = clock;
    this.blocking = blocking;
  }

  /**
   * Deletes the file, or directory, on all paths of this host.
   *
   * @param keep ids of paths whose file stays
   * @return whether there was anything of this name, be it in the index alone, or on a path whose
   *     file stays; fails if something could not be deleted
   */
  CompletionStage<Boolean> delete(SectorId sector, FileType type, Set<String> keep) {
    Map<Boolean, List<StoragePath>> those =
        paths.all().stream().collect(partitioningBy(path -> keep.contains(path.id())));
    CompletionStage<Boolean> found =
        CompletableFuture.supplyAsync(
            () -> isOnAny(those.getOrDefault(true, List.of()), sector, type), blocking);
    for (StoragePath path : those.getOrDefault(false, List.of())) {
      found =
          found.thenCompose(
              earlier ->
                  index
                      .dropped(path.id(), sector, type)
                      .thenApplyAsync(
                          known -> putAway(path, sector, type) || known || earlier, blocking)
                      .thenCompose(
                          any -> index.isGone(path.id(), sector, type).thenApply(nothing -> any)));
    }
    return found;
  }

  private static boolean isOnAny(List<StoragePath> kept, SectorId sector, FileType type) {
    return kept.stream().anyMatch(path -> path.holds(sector, type));
  }

  /** Nothing is taken from where a link instead of a type's directory leads. */
  private static boolean isThere(StoragePath path, SectorId sector, FileType type)
      throws IOException {
    return FileLook.at(type.directory(path.root()))
            .filter(BasicFileAttributes::isDirectory)
            .isPresent()
        && FileLook.exists(type.of(path.root(), sector));
  }

  private boolean putAway(StoragePath path, SectorId sector, FileType type) {
    Path file = type.of(path.root(), sector);
    try {
      if (!isThere(path, sector, type)) {
        return false;
      }
      path.checkIsThere();
      before.of(file, Optional.of(sector));
      boolean there = new Trash(path).put(file, clock.instant());
      Durable.syncDirectory(type.directory(path.root()));
      if (!path.holdsAny(sector)) {
        path.files(sector).deleteRecords(); // nobody here has to do with it any more
      }
      LOG.info("{} goes to the trash: a miner or another worker has it deleted", file);
      return there;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }
}
