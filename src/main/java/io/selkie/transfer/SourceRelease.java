package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Deletes a sector's files here, since the journal names a verified copy elsewhere. The destination
 * is asked once more whether it has it; what is not in the copy is not touched.
 */
final class SourceRelease {
  private final TransferPlan.Directory plans;
  private final Leftovers leftovers;
  private final Function<SectorCopy, Optional<Destination>> byCopy;

  /**
   * Releases.
   *
   * @param byCopy the destination that has a copy; it may not be in the settings any more
   */
  SourceRelease(
      TransferPlan.Directory plans,
      Leftovers leftovers,
      Function<SectorCopy, Optional<Destination>> byCopy) {
    this.plans = plans;
    this.leftovers = leftovers;
    this.byCopy = byCopy;
  }

  TaskResult perform(SectorCopy copy, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorId sector = control.sector();
    control.to(copy.place());
    control.begin("release", copy.size());
    SectorCopy found = find(sector, copy, control);
    Optional<TransferPlan> plan = plan(sector, copy);
    List<Path> sources = plan.map(TransferPlan::paths).orElse(List.of());
    long freed = 0;
    FailPoints.hit("Release.before-delete", sector);
    for (int file = 0; file < sources.size(); file++) {
      control.check();
      Path source = sources.get(file);
      if (Durably.exists(source)) {
        if (isLocal(found)) {
          requireOther(source, Path.of(found.path()).resolve(copy.files().get(file).name()));
        }
        requireSame(plan.orElseThrow());
        Files.delete(source);
        freed += copy.files().get(file).bytes();
        FailPoints.hit("Release.amid-delete", sector);
      }
    }
    removeCaches(sources, sector);
    removeClaim(sources, sector);
    FailPoints.hit("Release.after-delete", sector);
    // What the journal names is no leftover, whatever was tried before it.
    leftovers.keep(new Offer(sector, Offer.CHUNK, copy.files()), copy.place());
    plans.delete(sector);
    leftovers.clear(sector);
    return new TaskResult.Released(copy, freed);
  }

  private SectorCopy find(SectorId sector, SectorCopy copy, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Destination destination =
        byCopy
            .apply(copy)
            .orElseThrow(
                () ->
                    TransferTrouble.passing(
                        "unreachable",
                        "nobody can ask "
                            + copy.place()
                            + " for the copy: name it in selkie.transfer.targets again"));
    SectorCopy found =
        destination
            .find(new Offer(sector, Offer.CHUNK, copy.files()), control)
            .orElseThrow(
                () ->
                    TransferTrouble.lasting(
                        "no_copy",
                        copy.place() + " does not have the copy any more: the source stays"));
    if (!found.files().equals(copy.files())) {
      throw TransferTrouble.lasting("no_copy", copy.place() + " has another copy");
    }
    return found;
  }

  /** Where the plan says; without one, all was done before. */
  private Optional<TransferPlan> plan(SectorId sector, SectorCopy copy)
      throws IOException, TransferTrouble {
    Optional<TransferPlan> plan = plans.read(sector);
    if (plan.isPresent() && !plan.get().offer().files().equals(copy.files())) {
      throw TransferTrouble.lasting("no_copy", "the copy is not of the files that are here");
    }
    return plan;
  }

  /** A plan may be of a sector that was removed, and its number given again since. */
  private static void requireSame(TransferPlan plan) throws IOException, TransferTrouble {
    Optional<String> foreign = plan.foreign();
    if (foreign.isPresent()) {
      throw TransferTrouble.lasting("no_copy", foreign.get() + ": the source stays");
    }
  }

  /** The path of a peer's copy is on the peer's disks, whatever ours has under that name. */
  private static boolean isLocal(SectorCopy copy) {
    return copy.place().startsWith("/");
  }

  /** Nothing is written here any more. Where hosts share claims, nothing is transferred. */
  static void removeClaim(List<Path> sources, SectorId sector) throws IOException {
    for (Path source : sources) {
      if (source.endsWith(FileNames.manifest(sector))) {
        Files.deleteIfExists(source.resolveSibling(sector + ".claim"));
      }
    }
  }

  /** A link or a second mount may make one file of the two. */
  private static void requireOther(Path source, Path copy) throws IOException, TransferTrouble {
    if (Durably.exists(copy) && Files.isSameFile(source, copy)) {
      throw TransferTrouble.lasting("same_place", source + " and its copy are one file");
    }
  }

  /** Removes the directories that held the sector's cache files; all is durable after this. */
  static void removeCaches(List<Path> sources, SectorId sector)
      throws IOException, TransferTrouble {
    Set<Path> caches = new LinkedHashSet<>();
    Set<Path> parents = new LinkedHashSet<>();
    for (Path source : sources) {
      Path parent = source.getParent();
      if (parent != null && sector.toString().equals(String.valueOf(parent.getFileName()))) {
        caches.add(parent);
        parent = parent.getParent();
      }
      if (parent != null) {
        parents.add(parent);
      }
    }
    for (Path cache : caches) {
      try {
        Files.deleteIfExists(cache);
      } catch (DirectoryNotEmptyException e) {
        throw TransferTrouble.lasting(
            "unknown_file", cache + " holds files that are not in the copy: look at them");
      }
    }
    for (Path source : sources) {
      if (source.endsWith(sector + ".json")) {
        // Its manifest had it; the claim stays, since the number is the sector's as before.
        Files.deleteIfExists(source.resolveSibling(sector + ".lock"));
      }
    }
    for (Path parent : parents) {
      Durably.sync(parent);
    }
  }
}
