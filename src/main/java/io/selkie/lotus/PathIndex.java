package io.selkie.lotus;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.HealthReport;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.rpc.RpcException;
import io.selkie.stages.Stages;
import io.selkie.storage.FileType;
import io.selkie.storage.PathSettings;
import io.selkie.storage.PathSpace;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the paths of this host in the index of the miner, which holds it in memory: all is said
 * again when the miner began anew. One round at a time, whoever asks for it.
 */
final class PathIndex {
  private final MinerAccess miner;
  private final StoragePaths paths;
  private final String url;
  private final Executor blocking;
  private final Set<String> attached = new HashSet<>();

  /** What was declared, of paths where files are worked on: those hold few, and these may leave. */
  private final Set<Declared> declared = new HashSet<>();

  private Optional<UUID> minerSession = Optional.empty();
  private CompletionStage<Round> last =
      CompletableFuture.completedStage(new Round(new UUID(0, 0), List.of()));

  /**
   * What a round has seen to.
   *
   * @param minerSession the miner's process whose index it was
   * @param paths what a worker tells of its paths
   */
  record Round(UUID minerSession, List<StoragePathInfo> paths) {
    /** The list is copied. */
    Round {
      paths = List.copyOf(paths);
    }
  }

  /**
   * Of this host.
   *
   * @param url at which its files are served, such as {@code http://10.0.0.2:3456/remote}
   */
  PathIndex(MinerAccess miner, StoragePaths paths, String url, Executor blocking) {
    this.miner = miner;
    this.paths = paths;
    this.url = url;
    this.blocking = blocking;
  }

  /** One round; ends when the index is as the disks are. */
  synchronized CompletionStage<Round> round() {
    CompletionStage<Round> next =
        last.handle((before, trouble) -> before)
            .thenCompose(before -> miner.api())
            .thenCompose(api -> api.session().thenCompose(session -> round(api, session)));
    last = next;
    return next;
  }

  /**
   * Ends when the miner that runs now knows the paths: what is declared of others is lost on it.
   *
   * @return the round that this took; empty: it knew them
   */
  CompletionStage<Optional<Round>> isKnown() {
    return miner
        .api()
        .thenCompose(MinerApi::session)
        .thenCompose(
            session ->
                knows(session)
                    ? CompletableFuture.completedStage(Optional.empty())
                    : round().thenApply(Optional::of));
  }

  private boolean knows(UUID session) {
    synchronized (attached) {
      return minerSession.equals(Optional.of(session))
          && paths.all().stream().map(StoragePath::id).allMatch(attached::contains);
    }
  }

  private CompletionStage<Round> round(MinerApi api, UUID session) {
    synchronized (attached) {
      if (!minerSession.equals(Optional.of(session))) {
        minerSession = Optional.of(session);
        attached.clear();
        declared.clear();
      }
    }
    return inTurn(paths.all(), path -> isAttached(path) ? report(api, path) : attach(api, path))
        .thenApply(
            nothing -> new Round(session, paths.all().stream().map(PathIndex::shown).toList()));
  }

  /** Has the next round declare again what this path holds. */
  void forget(String id) {
    synchronized (attached) {
      attached.remove(id);
    }
  }

  private record Declared(String path, SectorId sector, FileType type) {}

  /** Whether the miner that runs now was told that a path holds a file. */
  boolean isDeclared(StoragePath path, SectorId sector, FileType type) {
    return isDeclared(path.id(), sector, type);
  }

  boolean isDeclared(String path, SectorId sector, FileType type) {
    synchronized (attached) {
      return declared.contains(new Declared(path, sector, type));
    }
  }

  /** Tells a miner that a path holds a file. */
  CompletionStage<@Nullable Void> declare(
      MinerApi api, StoragePath path, SectorId sector, FileType type) {
    return api.storageDeclareSector(
            path.id(), sector, SectorFileTypes.of(type), path.settings().canStore())
        .thenApply(
            done -> {
              if (path.settings().canSeal()) {
                synchronized (attached) {
                  declared.add(new Declared(path.id(), sector, type));
                }
              }
              return null;
            });
  }

  /** Tells it that the path does not. */
  CompletionStage<@Nullable Void> drop(
      MinerApi api, StoragePath path, SectorId sector, FileType type) {
    return api.storageDropSector(path.id(), sector, SectorFileTypes.of(type))
        .thenApply(
            done -> {
              isDropped(path.id(), sector, type);
              return null;
            });
  }

  /** It was told so. */
  void isDropped(String path, SectorId sector, FileType type) {
    synchronized (attached) {
      declared.remove(new Declared(path, sector, type));
    }
  }

  /** The files of a sector are on another host: those that left are in the index no more. */
  CompletionStage<@Nullable Void> left(SectorId sector) {
    return onEach(
        (api, path) ->
            inTurn(List.of(FileType.values()), type -> dropIfGone(api, path, sector, type)));
  }

  /** What was declared is in the index no more if the path does not hold it. */
  CompletionStage<@Nullable Void> dropIfGone(
      MinerApi api, StoragePath path, SectorId sector, FileType type) {
    return isDeclared(path, sector, type)
        ? Stages.blocking(blocking, () -> path.holds(sector, type))
            .thenCompose(
                holds ->
                    holds ? CompletableFuture.completedStage(null) : drop(api, path, sector, type))
        : CompletableFuture.completedStage(null);
  }

  /** Takes all paths out of the index. */
  CompletionStage<@Nullable Void> leave() {
    return onEach(
        (api, path) -> {
          forget(path.id());
          return api.storageDetach(path.id(), url).exceptionallyCompose(PathIndex::unlessRefused);
        });
  }

  private CompletionStage<@Nullable Void> onEach(
      BiFunction<MinerApi, StoragePath, CompletionStage<@Nullable Void>> each) {
    return miner.api().thenCompose(api -> inTurn(paths.all(), path -> each.apply(api, path)));
  }

  private boolean isAttached(StoragePath path) {
    synchronized (attached) {
      return attached.contains(path.id());
    }
  }

  /** A path that the index does not know any more is attached in the next round. */
  private CompletionStage<@Nullable Void> report(MinerApi api, StoragePath path) {
    return Stages.blocking(blocking, () -> health(path))
        .thenCompose(health -> api.storageReportHealth(path.id(), health))
        .exceptionallyCompose(
            trouble -> {
              if (Stages.cause(trouble) instanceof RpcException) {
                forget(path.id());
              }
              return unlessRefused(trouble);
            });
  }

  private static CompletionStage<@Nullable Void> unlessRefused(Throwable trouble) {
    return Stages.cause(trouble) instanceof RpcException
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(trouble);
  }

  private static HealthReport health(StoragePath path) {
    try {
      path.checkIsThere();
      return new HealthReport(stat(path), "");
    } catch (IOException e) {
      return new HealthReport(new FsStat(0, 0, 0, 0, 0, 0), String.valueOf(e.getMessage()));
    }
  }

  /** A disk that is away is not attached: what it holds could not be declared. */
  private CompletionStage<@Nullable Void> attach(MinerApi api, StoragePath path) {
    return Stages.blocking(blocking, () -> new Content(stat(path), held(path)))
        .thenCompose(
            content ->
                api.storageAttach(info(path), content.stat())
                    .thenCompose(
                        done ->
                            inTurn(
                                content.held(),
                                one -> declare(api, path, one.sector(), one.type()))))
        .thenApply(
            done -> {
              synchronized (attached) {
                attached.add(path.id());
              }
              return null;
            });
  }

  private record Content(FsStat stat, List<Held> held) {}

  private record Held(SectorId sector, FileType type) {}

  private static List<Held> held(StoragePath path) throws IOException {
    path.checkIsThere();
    List<Held> held = new ArrayList<>();
    for (SectorId sector : path.sectors()) {
      for (FileType type : FileType.values()) {
        if (type != FileType.PIECE && path.holds(sector, type)) {
          held.add(new Held(sector, type));
        }
      }
    }
    return held;
  }

  static FsStat stat(StoragePath path) throws IOException {
    PathSpace space = path.space();
    long most = path.settings().maxStorage();
    long used = most == 0 ? 0 : Math.max(0, most - space.available());
    return new FsStat(space.capacity(), space.available(), space.available(), 0, most, used);
  }

  private StorageInfo info(StoragePath path) {
    PathSettings settings = path.settings();
    return new StorageInfo(
        settings.id(),
        List.of(url),
        settings.weight(),
        settings.maxStorage(),
        settings.canSeal(),
        settings.canStore(),
        settings.groups(),
        settings.allowTo(),
        texts(settings.allowTypes()),
        texts(settings.denyTypes()),
        texts(settings.allowMiners()),
        texts(settings.denyMiners()));
  }

  private static List<String> texts(Set<?> values) {
    return values.stream().map(Object::toString).sorted().toList();
  }

  private static StoragePathInfo shown(StoragePath path) {
    return new StoragePathInfo(
        path.id(),
        path.settings().weight(),
        path.root().toString(),
        path.settings().canSeal(),
        path.settings().canStore());
  }

  private static <T> CompletionStage<@Nullable Void> inTurn(
      List<T> all, Function<T, CompletionStage<@Nullable Void>> each) {
    CompletionStage<@Nullable Void> done = CompletableFuture.completedStage(null);
    for (T one : all) {
      done = done.thenCompose(before -> each.apply(one));
    }
    return done;
  }
}
