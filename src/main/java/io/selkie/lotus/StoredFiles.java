package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.remote.OfferedFile;
import io.selkie.lotus.remote.RemoteClient;
import io.selkie.scheduler.Failure;
import io.selkie.storage.Destinations;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.worker.MissingFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that come to a path of this host as a miner wants it, and that are of no sector which the
 * farm seals: to one that stores, from whoever has them, or from where they are offered.
 */
final class StoredFiles {
  private static final Logger LOG = LoggerFactory.getLogger(StoredFiles.class);

  /** As Lotus's workers: --parallel-fetch-limit. */
  private static final int MOST = 5;

  /** Why a host does not take them that others may take. */
  static final String NO_SPACE = "no_space";

  /** Lotus's words, for a worker that has no path for the files. */
  private static final String NO_PATH = "couldn't find a suitable path for a sector";

  private static final String DISK = "unix:dev";

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
  CompletionStage<CallOutcome> store(UUID call, SectorId sector, CallOrder order) {
    return work.of(
        call,
        () ->
            order instanceof CallOrder.Download download
                ? download(call, sector, download)
                : store(sector, (CallOrder.Fetch) order));
  }

  /**
   * A note beside each file says that this call has brought it: after a kill, or while the miner is
   * away, only the rest is downloaded.
   */
  private CallOutcome download(UUID call, SectorId sector, CallOrder.Download order)
      throws IOException {
    for (StoragePath path : paths.all()) {
      if (Files.exists(path.files(sector).manifest())) {
        return new CallOutcome.Failed(
            new Failure(
                Failure.Action.ABANDON,
                "exists",
                "this farm has worked on "
                    + sector
                    + " itself: remove it before it is downloaded"));
      }
    }
    Set<FileType> types = new TreeSet<>(order.from().keySet());
    Optional<StoragePath> to = begun(call, sector, types);
    to = to.isPresent() ? to : place(sector, order.proofType(), types, List.of(), order.stored());
    if (to.isEmpty()) {
      return failed(NO_SPACE, NO_PATH);
    }
    for (Map.Entry<FileType, CallOrder.Download.Source> from :
        new TreeMap<>(order.from()).entrySet()) {
      FileType type = from.getKey();
      if (!isDownloaded(call, sector, type, to.get())) {
        try {
          files.download(sector, order.proofType(), type, to.get(), from.getValue());
        } catch (MissingFiles.NoRoom e) {
          return failed(NO_SPACE, String.valueOf(e.getMessage()));
        } catch (OfferedFile.Trouble e) {
          return new CallOutcome.Failed(
              new Failure(Failure.Action.ABANDON, "download", String.valueOf(e.getMessage())));
        }
        Durable.replace(note(sector, type, to.get()), noted(call));
      }
    }
    for (FileType type : types) {
      files.declare(sector, type, to.get());
    }
    return new CallOutcome.Done();
  }

  /** The path to which an earlier try has brought something. */
  private Optional<StoragePath> begun(UUID call, SectorId sector, Set<FileType> types)
      throws IOException {
    for (StoragePath path : paths.all()) {
      for (FileType type : types) {
        if (isDownloaded(call, sector, type, path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isDownloaded(UUID call, SectorId sector, FileType type, StoragePath path)
      throws IOException {
    try {
      return Arrays.equals(noted(call), Files.readAllBytes(note(sector, type, path)))
          && path.holds(sector, type);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Path note(SectorId sector, FileType type, StoragePath path) {
    return path.files(sector).downloaded(type);
  }

  private static byte[] noted(UUID call) {
    return call.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Forgets what a call has brought: the miner knows of it, and nobody asks again. Blocks. */
  boolean forget(UUID call, SectorId sector, CallOrder.Download order) throws IOException {
    boolean forgot = false;
    for (StoragePath path : paths.all()) {
      for (FileType type : order.from().keySet()) {
        forgot |=
            isDownloaded(call, sector, type, path)
                && Files.deleteIfExists(note(sector, type, path));
      }
    }
    return forgot;
  }

  private CallOutcome store(SectorId sector, CallOrder.Fetch order) throws IOException {
    if (isSealedHere(sector, order.types())) {
      return failed(CallOrder.SEALED_HERE, "this farm sealed " + sector);
    }
    Set<FileType> missing = new TreeSet<>();
    for (FileType type : order.types()) {
      if (!isStored(sector, type, order.moved())) {
        missing.add(type);
      }
    }
    if (missing.isEmpty()) {
      return new CallOutcome.Done();
    }
    List<Path> own =
        missing.stream()
            .flatMap(type -> made(sector, type).stream().map(at -> type.of(at.root(), sector)))
            .toList();
    Optional<StoragePath> to = place(sector, order.proofType(), missing, own, true);
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

  /** The cache goes with its replica, and with the record of both. */
  private boolean isSealedHere(SectorId sector, Set<FileType> types) throws IOException {
    for (StoragePath path : paths.all()) {
      for (FileType type : types) {
        if (LotusFiles.isOriginal(path, sector, type)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether a path that stores has it. An update that is also where updates are made was made anew,
   * unless a kill left both: then the one that was to leave goes now.
   */
  private boolean isStored(SectorId sector, FileType type, boolean moved) throws IOException {
    Optional<StoragePath> there =
        paths.all().stream()
            .filter(path -> path.settings().canStore() && path.holds(sector, type))
            .findFirst();
    boolean isUpdate = type == FileType.UPDATE || type == FileType.UPDATE_CACHE;
    Optional<StoragePath> made = isUpdate ? made(sector, type) : Optional.empty();
    if (there.isEmpty() || made.isEmpty()) {
      return there.isPresent();
    }
    if (!RemoteClient.isSame(sector, type, made.get(), there.get())) {
      return false;
    }
    files.declare(sector, type, there.get());
    if (moved) {
      files.leave(sector, type, made.get());
    }
    return true;
  }

  /** The path of this host where it was made; a copy of what others have is nothing made here. */
  private Optional<StoragePath> made(SectorId sector, FileType type) {
    return paths.all().stream()
        .filter(path -> path.settings().canSeal() && !path.settings().canStore())
        .filter(path -> path.holds(sector, type))
        .filter(path -> !Files.exists(path.files(sector).copied(type)))
        .findFirst();
  }

  private boolean bring(SectorId sector, FileType type, CallOrder.Fetch order, StoragePath to)
      throws IOException {
    Optional<StoragePath> made = made(sector, type);
    if (made.isPresent()) {
      files.bringOwn(sector, type, made.get(), to, order.moved());
      return true;
    }
    return files.bring(sector, order.proofType(), type, to.root(), order.moved());
  }

  /**
   * The one that has other files of the sector already, else by weight times room, as in Lotus.
   *
   * @param own those that are on another path of this host
   */
  private Optional<StoragePath> place(
      SectorId sector, SealProofType type, Set<FileType> missing, List<Path> own, boolean stored)
      throws IOException {
    long bytes = missing.stream().mapToLong(file -> bytes(type, file, stored)).sum();
    Destinations.Wish wish = new Destinations.Wish(sector.miner(), missing, bytes);
    Destinations destinations = Destinations.of(paths);
    Optional<StoragePath> best = Optional.empty();
    double most = -1;
    List<StoragePath> all =
        paths.all().stream()
            .filter(path -> stored ? path.settings().canStore() : path.settings().canSeal())
            .sorted(Comparator.comparing(path -> !path.holdsAny(sector)))
            .toList();
    for (StoragePath path : all) {
      Optional<String> refusal = Destinations.refusalOfKind(path.settings(), wish);
      if (refusal.isEmpty()) {
        refusal = destinations.refusalToLeave(own, Optional.of(path.settings()));
      }
      if (refusal.isEmpty()) {
        boolean renamed = own.size() == missing.size() && areOnOneDisk(own, path);
        refusal = destinations.refusalOfRoom(path, wish, renamed, 0);
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

  /** Whether nothing has to be copied: then only {@code MaxStorage} bounds what comes. */
  private static boolean areOnOneDisk(List<Path> files, StoragePath path) throws IOException {
    for (Path file : files) {
      if (!Files.getAttribute(file, DISK).equals(Files.getAttribute(path.root(), DISK))) {
        return false;
      }
    }
    return true;
  }

  /** By Lotus's factors (LOTUS_WORKER_PROTOCOL.md 10.3), which are tenths of the sector's size. */
  private static long bytes(SealProofType type, FileType file, boolean stored) {
    int tenths =
        switch (file) {
          case CACHE -> stored ? 1 : 141;
          case UPDATE_CACHE -> stored ? 1 : 21;
          default -> 10;
        };
    return type.sectorSize().bytes() * tenths / 10;
  }

  private static CallOutcome failed(String code, String message) {
    return new CallOutcome.Failed(new Failure(Failure.Action.RETRY, code, message));
  }
}
