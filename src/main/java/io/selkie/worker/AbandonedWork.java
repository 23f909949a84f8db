package io.selkie.worker;

import io.selkie.scheduler.TaskKind;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a task that was called off has on the disk and nobody takes up again. Only what the task
 * itself wrote goes: the input of a phase stays, so that the phase can be done again from its
 * beginning. Each may be done again, and be interrupted anywhere: the native side looks at every
 * file before it takes it for one of its own ({@code native/src/guard}), and the record of the
 * sector, which it alone writes, may speak of files that are gone.
 */
final class AbandonedWork {
  private AbandonedWork() {}

  /**
   * Removes it. Nothing may work on the sector meanwhile.
   *
   * @return bytes that were freed
   */
  static long discard(SectorFiles files, TaskKind kind) throws IOException {
    if (kind.isUpdate()) {
      return discardUpdate(files, kind);
    }
    Optional<SectorManifest> manifest = SectorManifest.read(files.manifest());
    // Each writes the record before anything else: without it the task had not begun to write.
    if (manifest.isEmpty()) {
      return 0;
    }
    boolean labelled = manifest.get().preCommit1().isPresent();
    Optional<SectorManifest.PreCommit2> encoded = manifest.get().preCommit2();
    return switch (kind) {
      case ADD_PIECE -> cutPieces(files, labelled || encoded.isPresent(), manifest.get());
      // With a replica on record it has not begun to write: that replica stays as it is.
      case PRE_COMMIT_1 ->
          labelled && encoded.isEmpty()
              ? removeWhere(files.cache(), AbandonedWork::isMadeBySealing) + remove(files.sealed())
              : 0;
      // The sealed file may be the last copy of the data. It is put right before it is encoded.
      case PRE_COMMIT_2 ->
          encoded.filter(replica -> replica.state().equals("encoding")).isPresent()
              ? removeWhere(files.cache(), AbandonedWork::isMadeByPreCommit2)
              : 0;
      case COMMIT_1 -> remove(files.commit1Output());
      default -> 0;
    };
  }

  /** An update is made beside the sealed sector, and from its beginning each time. */
  private static long discardUpdate(SectorFiles files, TaskKind kind) throws IOException {
    return switch (kind) {
      case REPLICA_UPDATE ->
          removeWhere(files.updateCache(), AbandonedWork::isMadeBySealing) + remove(files.update());
      case PROVE_REPLICA_UPDATE_1 -> remove(files.commit1Output());
      default -> 0;
    };
  }

  /** The pieces of an update have a record of their own. */
  private static long cutPieces(SectorFiles files, boolean ofUpdate, SectorManifest manifest)
      throws IOException {
    if (!ofUpdate) {
      return cutPieces(files, manifest);
    }
    Optional<SectorManifest> update = SectorManifest.read(files.updateManifest());
    return update.isPresent() ? cutPieces(files, update.get()) : 0;
  }

  /** Names as the native side has them ({@code guard/layers.rs}). */
  private static boolean isMadeBySealing(String name) {
    return name.startsWith("sc-02-data-") || isBesideReplica(name);
  }

  /** Names as the native side has them ({@code ops/pre_commit.rs}). */
  private static boolean isMadeByPreCommit2(String name) {
    return name.startsWith("sc-02-data-tree-c")
        || name.startsWith("sc-02-data-tree-r-last")
        || isBesideReplica(name);
  }

  private static boolean isBesideReplica(String name) {
    return name.startsWith("syn-porep-vanilla-proofs")
        || name.equals("p_aux")
        || name.equals("t_aux");
  }

  /** The pieces on record stay; of them there is nothing in the file of a sector without any. */
  private static long cutPieces(SectorFiles files, SectorManifest manifest) throws IOException {
    Path unsealed = files.unsealed();
    long whole = manifest.pieces().stream().mapToLong(piece -> piece.size().bytes()).sum();
    if (!Files.isRegularFile(unsealed, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    if (whole == 0) {
      return remove(unsealed);
    }
    long more = Files.size(unsealed) - whole;
    if (more <= 0) {
      return 0;
    }
    try (FileChannel file = FileChannel.open(unsealed, StandardOpenOption.WRITE)) {
      file.truncate(whole);
    }
    return more;
  }

  private static long removeWhere(Path directory, Predicate<String> doomed) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    long bytes = 0;
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            directory, entry -> doomed.test(String.valueOf(entry.getFileName())))) {
      for (Path entry : entries) {
        bytes += remove(entry);
      }
    }
    return bytes;
  }

  private static long remove(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    long bytes = Files.size(file);
    Files.delete(file);
    return bytes;
  }
}
