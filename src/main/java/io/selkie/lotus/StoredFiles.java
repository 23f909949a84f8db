package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.scheduler.Failure;
import io.selkie.storage.Destinations;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.worker.MissingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that come to a path of this host which stores, as a miner wants it, and that are of no
 * sector which the farm seals: those are transferred.
 */
final class StoredFiles {
  private static final Logger LOG = LoggerFactory.getLogger(StoredFiles.class);

  /** As Lotus's workers: --parallel-fetch-limit. */
  private static final int MOST = 5;

  /** Why a host does not take them that others may take. */
  static final String NO_SPACE = "no_space";

  /** Lotus's words, for a worker that has no path for the files. */
  private static final String NO_PATH = "couldn't find a suitable path for a sector";

  private final StoragePaths paths;
  private final LotusFiles files;
  private final OpenWork work;

  StoredFiles(StoragePaths paths, LotusFiles files, Executor blocking) {
    this.paths = paths;
    this.files = files;
    this.work = new OpenWork(MOST, blocking);
  }

  /**
   * Brings them here. May be done again.
   *
   * @return failed with code {@code no_space} if no path of this host takes them; the stage fails
   *     if they cannot be had now
   */
  CompletionStage<CallOutcome> store(UUID call, SectorId sector, CallOrder.Fetch order) {
    return work.of(call, () -> store(sector, order));
  }

  private CallOutcome store(SectorId sector, CallOrder.Fetch order) throws IOException {
    if (order.types().contains(FileType.SEALED) && isSealedHere(sector)) {
      return failed(CallOrder.SEALED_HERE, "this farm sealed " + sector);
    }
    Set<FileType> missing = new TreeSet<>(order.types());
    missing.removeIf(
        type ->
            paths.all().stream()
                .anyMatch(path -> path.settings().canStore() && path.holds(sector, type)));
    if (missing.isEmpty()) {
      return new CallOutcome.Done();
    }
    Optional<StoragePath> to = place(sector, order.proofType(), missing);
    if (to.isEmpty()) {
      return failed(NO_SPACE, NO_PATH);
    }
    for (FileType type : missing) {
      boolean found;
      try {
        found = bring(sector, type, order, to.get());
      } catch (MissingFiles.NoRoom e) {
        return failed(NO_SPACE, String.valueOf(e.getMessage()));
      }
      if (!found) {
        return failed("no_files", "nobody is known to have " + type + " of " + sector);
      }
    }
    return new CallOutcome.Done();
  }

  private boolean isSealedHere(SectorId sector) {
    return paths.all().stream()
        .anyMatch(
            path ->
                path.settings().canSeal()
                    && path.holds(sector, FileType.SEALED)
                    && Files.exists(path.files(sector).manifest()));
  }

  private boolean bring(SectorId sector, FileType type, CallOrder.Fetch order, StoragePath to)
      throws IOException {
    return files.bring(sector, order.proofType(), type, to.root(), order.moved());
  }

  /** The one that has other files of the sector already, else by weight times room, as in Lotus. */
  private Optional<StoragePath> place(SectorId sector, SealProofType type, Set<FileType> missing)
      throws IOException {
    long bytes = missing.stream().mapToLong(file -> bytes(type, file)).sum();
    Destinations.Wish wish = new Destinations.Wish(sector.miner(), missing, bytes);
    Destinations destinations = Destinations.of(paths);
    Optional<StoragePath> best = Optional.empty();
    double most = -1;
    List<StoragePath> all =
        paths.all().stream()
            .filter(path -> path.settings().canStore())
            .sorted(Comparator.comparing(path -> !path.holdsAny(sector)))
            .toList();
    for (StoragePath path : all) {
      Optional<String> refusal = Destinations.refusalOfKind(path.settings(), wish);
      if (refusal.isEmpty()) {
        refusal = destinations.refusalOfRoom(path, wish, false, 0);
      }
      if (refusal.isPresent()) {
        LOG.info("{} does not take {} of {}: {}", path.root(), missing, sector, refusal.get());
      } else if (path.holdsAny(sector)) {
        return Optional.of(path);
      } else {
        double value = (double) path.space().available() * path.settings().weight();
        best = value > most ? Optional.of(path) : best;
        most = Math.max(most, value);
      }
    }
    return best;
  }

  /** By Lotus's factors for what is sealed. */
  private static long bytes(SealProofType type, FileType file) {
    long sector = type.sectorSize().bytes();
    return file == FileType.CACHE || file == FileType.UPDATE_CACHE ? sector / 10 : sector;
  }

  private static CallOutcome failed(String code, String message) {
    return new CallOutcome.Failed(new Failure(Failure.Action.RETRY, code, message));
  }
}
