package io.selkie.node;

import io.selkie.api.OperationException;
import io.selkie.api.StorageOperations;
import io.selkie.filecoin.SectorId;
import io.selkie.stages.Stages;
import io.selkie.storage.Orphan;
import io.selkie.storage.OrphanFinder;
import io.selkie.storage.PathSettings;
import io.selkie.storage.PathSpace;
import io.selkie.storage.SectorStanding;
import io.selkie.storage.ServedPaths;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storage paths of this node, and what lies on them that nothing needs. */
final class NodeStorage implements StorageOperations {
  private static final Logger LOG = LoggerFactory.getLogger(NodeStorage.class);

  private final Parts parts;

  /**
   * What it works with.
   *
   * @param attached called when there is a path more
   * @param served those that peers may send sectors into
   */
  record Parts(
      StoragePaths paths,
      OrphanFinder.Journal journal,
      OrphanCollector orphans,
      Runnable attached,
      ServedPaths served,
      Receiving receiving,
      Executor blocking) {}

  /** Has the node receive sectors, if it does not yet. */
  @FunctionalInterface
  interface Receiving {
    /**
     * Returns when it does.
     *
     * @throws IOException if it cannot; one line
     */
    void start() throws IOException;
  }

  NodeStorage(Parts parts) {
    this.parts = parts;
  }

  @Override
  public CompletionStage<List<PathReport>> paths() {
    return blocking(
        () -> {
          List<PathReport> reports = new ArrayList<>();
          for (StoragePath path : parts.paths().all()) {
            reports.add(report(path));
          }
          return reports;
        });
  }

  /** One disk that does not answer keeps none of the others from it. */
  private PathReport report(StoragePath path) {
    boolean served = parts.served().has(path.id());
    try {
      PathSpace space = path.space();
      path.checkIsThere();
      return new PathReport(
          path, Optional.of(space), path.sectors().size(), served, Optional.empty());
    } catch (IOException e) {
      return new PathReport(
          path, Optional.empty(), 0, served, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public CompletionStage<PathReport> attach(
      Path directory, Optional<PathSettings> fresh, boolean serve) {
    return refusable(
        () -> {
          Optional<StoragePath> known = parts.paths().withRoot(directory);
          boolean again = serve && fresh.isEmpty() && known.isPresent();
          StoragePath path = again ? known.get() : parts.paths().attach(directory, fresh);
          if (!again) {
            LOG.info("{} is attached as a storage path, with ID {}", path.root(), path.id());
            parts.attached().run();
          }
          if (serve) {
            serve(path);
          }
          return report(path);
        });
  }

  /** It is written down last: a node that cannot listen must not fail to start for it. */
  private void serve(StoragePath path) throws IOException {
    if (!path.settings().canStore()) {
      throw new IOException(
          path.root() + " does not store sealed sectors (CanStore): it cannot be served");
    }
    StoragePath.requireOneFileSystem(path.root());
    parts.receiving().start();
    parts.served().add(path.id());
    LOG.info("peers may send sectors into {}", path.root());
  }

  @Override
  public CompletionStage<PathReport> detach(String which, boolean force) {
    return refusable(
        () -> {
          StoragePath path = parts.paths().find(which);
          if (!force) {
            requireQuiet(path);
          }
          PathReport last = report(path);
          parts.served().remove(path.id());
          parts.paths().detach(path);
          LOG.info("{} is no storage path of this host any more", path.root());
          return last;
        });
  }

  private void requireQuiet(StoragePath path) throws IOException {
    List<SectorId> busy = new ArrayList<>();
    for (SectorId sector : path.sectors()) {
      if (parts.journal().standing(sector) == SectorStanding.BUSY) {
        busy.add(sector);
      }
    }
    if (!busy.isEmpty()) {
      throw new IOException(
          path.root()
              + " has "
              + busy.size()
              + " sectors that are not done, such as "
              + busy.get(0)
              + ": wait for them, or use --force, after which they fail");
    }
  }

  @Override
  public CompletionStage<List<Orphan>> orphans() {
    return refusable(parts.orphans()::find);
  }

  @Override
  public CompletionStage<Collected> collect(Set<String> ids, Set<SectorId> sectors, String by) {
    return refusable(
        () -> {
          List<Orphan> deleted = new ArrayList<>();
          List<Kept> kept = new ArrayList<>();
          List<String> unknown = new ArrayList<>(ids);
          for (Orphan orphan : parts.orphans().find()) {
            if (unknown.remove(orphan.id())) {
              Optional<String> reason = parts.orphans().delete(orphan, sectors, by);
              if (reason.isPresent()) {
                kept.add(new Kept(orphan.id(), reason.get()));
              } else {
                deleted.add(orphan);
              }
            }
          }
          unknown.forEach(id -> kept.add(new Kept(id, "there is no such orphan any more")));
          return new Collected(deleted, kept);
        });
  }

  /** What the disk refuses, the caller has to hear in its words. */
  private <T> CompletionStage<T> refusable(Callable<T> work) {
    return blocking(
        () -> {
          try {
            return work.call();
          } catch (IOException e) {
            throw new OperationException(
                OperationException.Kind.CONFLICT, String.valueOf(e.getMessage()));
          }
        });
  }

  private <T> CompletionStage<T> blocking(Callable<T> work) {
    return Stages.blocking(parts.blocking(), work);
  }
}
