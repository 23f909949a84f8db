package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.files.FileTree;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.remote.Fetch;
import io.selkie.lotus.remote.Fetched;
import io.selkie.lotus.remote.OfferedFile;
import io.selkie.lotus.remote.RemoteClient;
import io.selkie.lotus.remote.RemoteSource;
import io.selkie.lotus.remote.Sizes;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.storage.AllocatedRanges;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.worker.MissingFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files that the miner, or another of its workers, has: the miner's index says who. A miner
 * asks for this by {@code Fetch} before a task; the host that does the task is only known with the
 * task, so they come then.
 */
final class LotusFiles implements MissingFiles {
  private static final Logger LOG = LoggerFactory.getLogger(LotusFiles.class);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration STALL = Duration.ofMinutes(1);

  /**
   * Bytes of a cache per byte of its sector: 14.1 by Lotus's factors, all layers and trees
   * included. For small sectors what does not grow with them counts.
   */
  private static final long CACHE_FACTOR = 15;

  private static final long CACHE_REST = 1 << 20;

  private final MinerAccess miner;
  private final StoragePaths paths;
  private final RemoteClient client = new RemoteClient(RemoteClient.http(CONNECT), STALL);

  LotusFiles(MinerAccess miner, StoragePaths paths) {
    this.miner = miner;
    this.paths = paths;
  }

  @Override
  public boolean bring(
      SectorId sector, SealProofType proofType, FileType type, Path root, boolean moved)
      throws IOException {
    StoragePath path = path(root);
    Optional<Fetched> fetched = fetch(sector, proofType, type, path, moved);
    if (moved && fetched.isPresent()) {
      Files.deleteIfExists(path.files(sector).copied(type)); // of an earlier copy
      delete(fetched.get(), sector, type, path);
    }
    return fetched.isPresent();
  }

  /** It is here, and in the index: that it is elsewhere too harms nobody; Lotus only warns, too. */
  private void delete(Fetched fetched, SectorId sector, FileType type, StoragePath path)
      throws IOException {
    RemoteSource source =
        new RemoteSource(List.of(fetched.base()), answer(miner.address()).token());
    try {
      client.delete(source, sector, type, List.of(path.id()));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      LOG.warn("{} of {} stays where it was: {}", type, sector, e.getMessage());
    }
  }

  /** The note that it is a copy is there before the file, and goes after it. */
  @Override
  public boolean copy(SectorId sector, SealProofType proofType, FileType type, Path root)
      throws IOException {
    StoragePath path = path(root);
    boolean unused = Durable.create(path.files(sector).copied(type), new byte[0]);
    return fetch(sector, proofType, type, path, false).isPresent();
  }

  @Override
  public boolean has(SectorId sector, FileType type) throws IOException {
    return !found(answer(miner.api()), sector, SectorFileTypes.of(type)).isEmpty();
  }

  /**
   * Deletes what {@link #copy} brought, as long as somebody else has the file as his own. Blocks.
   * May be done again.
   *
   * @return whether there was anything
   */
  boolean dropCopies(SectorId sector, FileType type) throws IOException {
    boolean dropped = false;
    for (StoragePath path : paths.all()) {
      Path note = path.files(sector).copied(type);
      if (Files.exists(note)) {
        dropCopy(sector, type, path);
        Files.deleteIfExists(note);
        dropped = true;
      }
    }
    return dropped;
  }

  private void dropCopy(SectorId sector, FileType type, StoragePath path) throws IOException {
    MinerApi api = answer(miner.api());
    SectorFileTypes types = SectorFileTypes.of(type);
    boolean isElsewhere =
        found(api, sector, types).stream()
            .anyMatch(other -> other.primary() && !other.id().equals(path.id()));
    if (isElsewhere) {
      answer(api.storageDropSector(path.id(), sector, types));
      FileTree.delete(type.of(path.root(), sector));
      LOG.info("the copy of {} of {} is deleted: its task is done", type, sector);
    } else {
      LOG.warn("{} of {} came as a copy, and stays: nobody else has it now", type, sector);
    }
  }

  /**
   * Has a file of another path of this host on a path, and in the index; moved, it is nowhere else
   * on this host afterwards. Blocks. May be done again.
   */
  void bringOwn(SectorId sector, FileType type, StoragePath from, StoragePath to, boolean moved)
      throws IOException {
    Fetched fetched = room(() -> client.take(sector, type, from, to, moved));
    LOG.info("{} of {} came from {}: {} bytes", type, sector, from.root(), fetched.bytes());
    declare(sector, type, to);
    if (moved) {
      leave(sector, type, from);
    }
  }

  /** What another path has, and the index knows to be there, goes from this one. Blocks. */
  void leave(SectorId sector, FileType type, StoragePath path) throws IOException {
    answer(answer(miner.api()).storageDropSector(path.id(), sector, SectorFileTypes.of(type)));
    FileTree.delete(type.of(path.root(), sector));
    Durable.syncDirectory(type.directory(path.root()));
    Files.deleteIfExists(path.files(sector).copied(type));
    if (!path.holdsAny(sector)) {
      path.files(sector).deleteRecords(); // nobody here has to do with it any more
    }
  }

  /**
   * Has copies of a file deleted, wherever they are, since it was moved to where it is to stay: as
   * Lotus does with MoveStorage. What this host sealed is none. Blocks. May be done again.
   */
  void removeCopies(SectorId sector, FileType type) throws IOException {
    List<SectorStorageInfo> holders = found(answer(miner.api()), sector, SectorFileTypes.of(type));
    List<String> own =
        holders.stream().filter(SectorStorageInfo::primary).map(SectorStorageInfo::id).toList();
    for (SectorStorageInfo holder : own.isEmpty() ? List.<SectorStorageInfo>of() : holders) {
      Optional<StoragePath> here = paths.withId(holder.id());
      if (holder.primary()) {
        continue;
      }
      if (here.isEmpty()) {
        removeCopy(sector, type, holder, own);
      } else if (!isOriginal(here.get(), sector, type)) {
        leave(sector, type, here.get());
        LOG.info("the copy of {} of {} on {} is deleted", type, sector, here.get().root());
      }
    }
  }

  /**
   * Removes the record of an update from paths that have nothing of the sector any more, as where
   * the rest left by a transfer. Blocks. May be done again.
   */
  void forgetUpdate(SectorId sector) throws IOException {
    for (StoragePath path : paths.all()) {
      SectorFiles there = path.files(sector);
      if (Files.exists(there.updateManifest()) && !path.holdsAny(sector)) {
        there.deleteRecords();
      }
    }
  }

  /** Lotus only warns, too, if it stays. */
  private void removeCopy(
      SectorId sector, FileType type, SectorStorageInfo holder, List<String> keep)
      throws IOException {
    try {
      List<URI> bases = holder.baseUrls().stream().map(URI::create).toList();
      client.delete(new RemoteSource(bases, answer(miner.address()).token()), sector, type, keep);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("a copy of {} of {} stays: {}", type, sector, e.getMessage());
    }
  }

  /** Whether the record of the path speaks of this very replica: it leaves by a transfer alone. */
  static boolean isOriginal(StoragePath path, SectorId sector, FileType type) throws IOException {
    return (type == FileType.SEALED || type == FileType.CACHE)
        && path.settings().canSeal()
        && path.holds(sector, FileType.SEALED)
        && SectorManifest.read(path.files(sector).manifest())
            .flatMap(SectorManifest::replica)
            .isPresent();
  }

  private StoragePath path(Path root) throws IOException {
    return paths
        .withRoot(root)
        .orElseThrow(() -> new IOException(root + " is no storage path of this host"));
  }

  private static List<SectorStorageInfo> found(MinerApi api, SectorId sector, SectorFileTypes types)
      throws IOException {
    return answer(api.storageFindSector(sector, types, 0, false));
  }

  /** Fetches a file, if anybody has it, and declares it. */
  private Optional<Fetched> fetch(
      SectorId sector, SealProofType proofType, FileType type, StoragePath path, boolean primary)
      throws IOException {
    String token = answer(miner.address()).token();
    MinerApi api = answer(miner.api());
    SectorFileTypes types = SectorFileTypes.of(type);
    List<URI> bases =
        found(api, sector, types).stream()
            .filter(other -> !other.id().equals(path.id()))
            .sorted(Comparator.comparing(SectorStorageInfo::weight))
            .flatMap(other -> other.baseUrls().stream())
            .map(URI::create)
            .toList();
    if (bases.isEmpty()) {
      return Optional.empty();
    }
    Fetched fetched =
        fetch(
            new Fetch(
                sector,
                type,
                new RemoteSource(bases, token),
                path,
                sizes(proofType, type),
                progress -> {},
                () -> Thread.currentThread().isInterrupted()));
    LOG.info("{} of {} came from {}: {} bytes", type, sector, fetched.base(), fetched.bytes());
    answer(api.storageDeclareSector(path.id(), sector, types, primary));
    return Optional.of(fetched);
  }

  private static Sizes sizes(SealProofType proofType, FileType type) {
    long sector = proofType.sectorSize().bytes();
    return switch (type) {
      case SEALED, UPDATE -> Sizes.exactly(sector);
      case CACHE, UPDATE_CACHE -> new Sizes(0, CACHE_FACTOR * sector + CACHE_REST);
      case UNSEALED, PIECE -> Sizes.ANY;
    };
  }

  /**
   * Downloads a file, or directory, from an address of its own, which nobody knows of afterwards;
   * what was there is replaced by what is as it must be, and by nothing else. Blocks.
   *
   * @throws OfferedFile.Trouble if it is not to be had, or is not what it should be
   */
  void download(
      SectorId sector,
      SealProofType proofType,
      FileType type,
      StoragePath to,
      CallOrder.Download.Source from)
      throws IOException {
    long sectorBytes = proofType.sectorSize().bytes();
    boolean isData = type == FileType.UNSEALED;
    OfferedFile offered =
        new OfferedFile(
            sector,
            type,
            from.url(),
            headers(from),
            to,
            isData
                ? new Sizes(sectorBytes, AllocatedRanges.mostOfFile(sectorBytes))
                : sizes(proofType, type),
            came -> {
              if (isData) {
                requireUnsealed(came, sectorBytes);
              }
            },
            () -> Thread.currentThread().isInterrupted());
    Fetched fetched = room(() -> client.download(offered));
    LOG.info("{} of {} came from {}: {} bytes", type, sector, from, fetched.bytes());
  }

  static List<OfferedFile.Header> headers(CallOrder.Download.Source from) {
    return from.headers().stream()
        .map(header -> new OfferedFile.Header(header.name(), header.value()))
        .toList();
  }

  private static void requireUnsealed(Path file, long sectorBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      AllocatedRanges unused = AllocatedRanges.of(channel, sectorBytes);
    }
  }

  /** Tells the miner that a path has a file, as its own if it stores. Blocks. */
  void declare(SectorId sector, FileType type, StoragePath path) throws IOException {
    answer(
        answer(miner.api())
            .storageDeclareSector(
                path.id(), sector, SectorFileTypes.of(type), path.settings().canStore()));
  }

  private Fetched fetch(Fetch order) throws IOException {
    return room(() -> client.fetch(order));
  }

  @FunctionalInterface
  private interface Coming {
    Fetched come() throws IOException;
  }

  private static Fetched room(Coming coming) throws IOException {
    try {
      return coming.come();
    } catch (IOException e) {
      if (RemoteClient.isOfOwnDisk(e)) {
        throw new MissingFiles.NoRoom(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private static <T> T answer(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the miner was asked for files", e);
    } catch (TimeoutException e) {
      throw new IOException("the miner does not say where files are", e);
    } catch (ExecutionException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      throw new IOException(Greeting.line(cause), e);
    }
  }
}
