package io.selkie.node;

import io.selkie.auth.AuditEntry;
import io.selkie.auth.AuditLog;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileTree;
import io.selkie.proofs.ProofsException;
import io.selkie.scheduler.TaskId;
import io.selkie.storage.CopyCheck;
import io.selkie.storage.Deletion;
import io.selkie.storage.Orphan;
import io.selkie.storage.OrphanFinder;
import io.selkie.storage.PathSpace;
import io.selkie.storage.SectorStanding;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.storage.Trash;
import io.selkie.view.ViewException;
import io.selkie.worker.FetchedInputs;
import io.selkie.worker.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what lies on this host and nothing needs, and deletes it: what somebody names, and by
 * itself what is spare for certain. Calls block.
 */
final class OrphanCollector {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanCollector.class);
  private static final String NODE = "node";
  private static final String IN_USE = "its sector is in use now, or its path is not attached";

  private final Parts parts;

  /**
   * What could not be deleted by itself once: to compare whole replicas again would tell nothing.
   */
  private final Set<String> doubtful = ConcurrentHashMap.newKeySet();

  /** What lies in the trash and is not ours, and was named. */
  private final Set<Path> strangers = ConcurrentHashMap.newKeySet();

  /**
   * What it works with.
   *
   * @param jobs of this host, whose directories lie in {@code jobDirectory}
   * @param fetched what was brought here for jobs
   * @param stores directories of this host that hold sealed sectors and may be no storage paths
   */
  record Parts(
      StoragePaths paths,
      OrphanFinder finder,
      OrphanFinder.Journal journal,
      SpareUploads uploads,
      Jobs jobs,
      Path jobDirectory,
      FetchedInputs fetched,
      Supplier<List<Path>> stores,
      CopyCheck copies,
      AuditLog audit) {}

  OrphanCollector(Parts parts) {
    this.parts = parts;
  }

  /**
   * All there are now.
   *
   * @throws IOException if a disk or the database cannot be read; one line
   */
  List<Orphan> find() throws IOException {
    List<Orphan> all = new ArrayList<>(parts.finder().find());
    try {
      all.addAll(parts.uploads().find());
    } catch (ViewException e) {
      throw new IOException("the database cannot be read: " + e.getMessage(), e);
    }
    all.addAll(jobs());
    for (Path store : parts.stores().get()) {
      if (parts.paths().withRoot(store).isEmpty()) {
        all.addAll(parts.finder().arrivals(store));
      }
    }
    return all;
  }

  /** The worker clears the jobs of sectors that it hears of; nobody speaks for these. */
  private List<Orphan> jobs() throws IOException {
    List<Orphan> stale = new ArrayList<>();
    Set<String> names = new TreeSet<>(parts.jobs().present());
    names.addAll(parts.fetched().present());
    for (String name : names) {
      Optional<SectorId> sector = sector(name);
      if (sector.isPresent()) {
        SectorStanding standing = parts.journal().standing(sector.get());
        if (standing == SectorStanding.UNKNOWN || standing == SectorStanding.REMOVED) {
          List<Path> there =
              Stream.of(parts.jobDirectory().resolve(name), parts.fetched().of(name))
                  .filter(Files::isDirectory)
                  .toList();
          long bytes = 0;
          for (Path directory : there) {
            bytes += PathSpace.size(directory);
          }
          stale.add(
              new Orphan(
                  Orphan.Kind.JOB,
                  sector,
                  there,
                  bytes,
                  "its sector is not known, or was removed",
                  false));
        }
      }
    }
    return stale;
  }

  private static Optional<SectorId> sector(String job) {
    try {
      return Optional.of(TaskId.Attempt.parse(job).sector());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a job of something else, which clears it itself
    }
  }

  /**
   * Deletes one, if it still is one.
   *
   * @param named sectors whose files may go though they may be of worth
   * @param by whom, for the audit log
   * @return why it was not deleted; empty if it was
   */
  Optional<String> delete(Orphan orphan, Set<SectorId> named, String by) {
    try {
      if (orphan.onlyByName() && orphan.sector().filter(named::contains).isEmpty()) {
        return Optional.of(
            orphan.sector().isPresent()
                ? "it may be of worth: name its sector"
                : "it is not ours: look at it and delete it by hand");
      }
      if (!parts.finder().isStill(orphan)) {
        return Optional.of(IN_USE);
      }
      Optional<String> objection = objection(orphan);
      if (objection.isPresent()) {
        return objection;
      }
      // That may have taken hours.
      if (orphan.kind() == Orphan.Kind.COPY && !parts.finder().isStill(orphan)) {
        return Optional.of(IN_USE);
      }
      Deletion before = writeDown(by);
      for (Path file : orphan.files()) {
        before.of(file, orphan.sector());
        if (orphan.kind() == Orphan.Kind.JOB) {
          parts.jobs().remove(String.valueOf(file.getFileName()));
        }
        if (orphan.kind() != Orphan.Kind.JOB || file.startsWith(parts.fetched().directory())) {
          FileTree.delete(file);
        }
      }
      LOG.info("{} {} deleted: {}", orphan.kind(), orphan.files(), orphan.reason());
      return Optional.empty();
    } catch (IOException | ViewException | ProofsException e) {
      LOG.warn("{} {} cannot be deleted: {}", orphan.kind(), orphan.files(), e.getMessage());
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Reads a copy's other files, which takes long. */
  private Optional<String> objection(Orphan orphan) throws IOException {
    if (orphan.kind() == Orphan.Kind.UPLOAD) {
      for (Path file : orphan.files()) {
        if (!parts.uploads().isSpare(file)) {
          return Optional.of("a sector names it now");
        }
      }
    }
    if (orphan.kind() != Orphan.Kind.COPY || orphan.sector().isEmpty()) {
      return Optional.empty();
    }
    return parts.copies().objection(orphan, parts.journal().commR(orphan.sector().get()));
  }

  private Deletion writeDown(String by) {
    return (file, sector) ->
        parts
            .audit()
            .append(AuditEntry.deletion(by, file.toString(), sector.map(SectorId::toString)));
  }

  /** Clears fetches that nobody goes on with. Another program may be fetching right now. */
  void clearFetches() {
    clear(parts.finder()::oldFetches);
  }

  /** Deletes what the journal and a verified copy elsewhere show to be spare. */
  void clearCopies() {
    clear(
        () ->
            parts.finder().copies().stream()
                .filter(copy -> !doubtful.contains(copy.id()))
                .toList());
  }

  private void clear(Callable<List<Orphan>> spare) {
    try {
      for (Orphan orphan : spare.call()) {
        // To delete those before it may have taken long.
        if (orphan.kind() == Orphan.Kind.FETCH && !parts.finder().isOld(orphan)) {
          continue;
        }
        Optional<String> reason = delete(orphan, Set.of(), NODE);
        if (reason.isPresent()) {
          LOG.warn("{} is kept: {}", orphan.files(), reason.get());
          doubtful.add(orphan.id());
        }
      }
    } catch (Exception e) {
      // It is tried again; a disk that is away has its own words.
      LOG.warn("orphans cannot be looked for: {}", e.getMessage());
    }
  }

  /**
   * Empties the trash of all paths.
   *
   * @param age how long things stay; where a path is full, they do not
   */
  void emptyTrash(Duration age, int fullAt) {
    for (StoragePath path : parts.paths().all()) {
      try {
        empty(path.root(), path.space().isFuller(fullAt) ? Duration.ZERO : age);
      } catch (IOException e) {
        LOG.warn("the trash of {} cannot be emptied: {}", path.root(), e.getMessage());
      }
    }
    for (Path store : parts.stores().get()) {
      try {
        empty(store, age);
      } catch (IOException e) {
        LOG.warn("the trash of {} cannot be emptied: {}", store, e.getMessage());
      }
    }
  }

  private void empty(Path root, Duration age) throws IOException {
    Trash trash = new Trash(root);
    for (Trash.Item item : trash.empty(age, Instant.now(), writeDown(NODE))) {
      LOG.info("{} left the trash of {}", item.name(), root);
    }
    for (Path stranger : trash.strangers()) {
      if (strangers.add(stranger)) {
        LOG.warn("{} was put into the trash by hand: it stays until you delete it", stranger);
      }
    }
  }
}
