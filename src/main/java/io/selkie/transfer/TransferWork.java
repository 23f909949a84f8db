package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One try at a task of a sector. Each may be made again after a crash at any place. Blocks. */
final class TransferWork {
  private final Path repo;
  private final Function<SectorCopy, Optional<Destination>> byCopy;
  private final List<Destination> destinations;
  private final FileDigest digest;
  private final int chunk;

  /**
   * Work on the sectors of a repo.
   *
   * @param destinations in the operator's order
   * @param byCopy the destination that has a copy; it may not be in the settings any more
   * @param chunk bytes of a chunk
   */
  TransferWork(
      Path repo,
      List<Destination> destinations,
      Function<SectorCopy, Optional<Destination>> byCopy,
      FileDigest digest,
      int chunk) {
    this.repo = repo;
    this.destinations = List.copyOf(destinations);
    this.byCopy = byCopy;
    this.digest = digest;
    this.chunk = chunk;
  }

  /** Does what is asked. */
  TaskResult perform(TaskRequest request, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorFiles files = new SectorFiles(repo, control.sector());
    return request instanceof TaskRequest.Release release
        ? release(files, release.copy(), control)
        : new TaskResult.Transferred(transfer(files, control));
  }

  private SectorCopy transfer(SectorFiles files, Control control)
      throws IOException, TransferTrouble, Control.Held {
    TransferPlan plan = plan(files, control);
    Destination destination = destination(plan.place());
    control.to(plan.place());
    FailPoints.hit("Transfer.before-offer", files.sector());
    return destination.bring(plan.offer(), files, () -> plan.commit().write(files), control);
  }

  private Destination destination(String place) throws TransferTrouble {
    return destinations.stream()
        .filter(destination -> destination.place().equals(place))
        .findFirst()
        .orElseThrow(
            () ->
                TransferTrouble.passing(
                    "unreachable",
                    "the sector is half way to "
                        + place
                        + ", which selkie.transfer.targets does not name any more: name it again"));
  }

  /** What was decided before counts as long as the files are the same, and it can be had. */
  private TransferPlan plan(SectorFiles files, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Optional<TransferPlan> before = TransferPlan.read(files);
    if (before.isPresent() && before.get().committed()) {
      return before.get();
    }
    Offer offer = new Offer(files.sector(), chunk, SourceFiles.of(files, digest, control));
    Optional<TransferPlan> same = before.filter(plan -> plan.offer().equals(offer));
    List<TargetChoice.Candidate> candidates = look(control);
    TargetChoice.Candidate chosen =
        TargetChoice.choose(candidates, offer.size(), same.map(TransferPlan::place))
            .orElseThrow(
                () ->
                    TransferTrouble.passing(
                        "no_destination", TargetChoice.reason(candidates, offer.size())));
    TransferPlan plan = TransferPlan.of(offer, chosen.place());
    if (!same.equals(Optional.of(plan))) {
      if (before.isPresent()) {
        giveUp(before.get(), control);
      }
      plan.write(files);
    }
    return plan;
  }

  /** What a place that is not gone to has of the sector is in the way there, and no more. */
  private void giveUp(TransferPlan plan, Control control) throws Control.Held {
    try {
      destination(plan.place()).abandon(plan.offer(), control);
    } catch (IOException | TransferTrouble e) {
      control.to(plan.place() + " (left: " + e.getMessage() + ")");
    }
  }

  private List<TargetChoice.Candidate> look(Control control) throws Control.Held {
    List<TargetChoice.Candidate> candidates = new ArrayList<>();
    for (Destination destination : destinations) {
      control.check();
      int index = candidates.size();
      try {
        candidates.add(
            new TargetChoice.Candidate(
                index,
                destination.place(),
                Optional.of(destination.look(control)),
                Optional.empty()));
      } catch (IOException | TransferTrouble e) {
        candidates.add(
            new TargetChoice.Candidate(
                index,
                destination.place(),
                Optional.empty(),
                Optional.of(String.valueOf(e.getMessage()))));
      }
    }
    return candidates;
  }

  /** Deletes here what is surely elsewhere: the destination is asked once more. */
  private TaskResult release(SectorFiles files, SectorCopy copy, Control control)
      throws IOException, TransferTrouble, Control.Held {
    control.to(copy.place());
    control.begin("release", copy.size());
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
    Offer offer = new Offer(files.sector(), chunk, copy.files());
    SectorCopy found =
        destination
            .find(offer, control)
            .orElseThrow(
                () ->
                    TransferTrouble.lasting(
                        "no_copy",
                        copy.place() + " does not have the copy any more: the source stays"));
    if (!found.files().equals(copy.files())) {
      throw TransferTrouble.lasting("no_copy", copy.place() + " has another copy");
    }
    long freed = 0;
    FailPoints.hit("Release.before-delete", files.sector());
    for (SectorCopy.File file : copy.files()) {
      control.check();
      Path source = FileNames.resolve(files.root(), files.sector(), file.name());
      if (Durably.exists(source)) {
        requireOther(source, Path.of(found.path()).resolve(file.name()));
        Files.delete(source);
        freed += file.bytes();
        FailPoints.hit("Release.amid-delete", files.sector());
      }
    }
    try {
      Files.deleteIfExists(files.cache());
    } catch (DirectoryNotEmptyException e) {
      throw TransferTrouble.lasting(
          "unknown_file", files.cache() + " holds files that are not in the copy: look at them");
    }
    for (Path directory : List.of(files.sealed(), files.cache(), files.manifest())) {
      Path parent = directory.getParent();
      if (parent != null) {
        Durably.sync(parent);
      }
    }
    FailPoints.hit("Release.after-delete", files.sector());
    TransferPlan.delete(files);
    return new TaskResult.Released(copy, freed);
  }

  /** A link or a second mount may make one file of the two. */
  private static void requireOther(Path source, Path copy) throws IOException, TransferTrouble {
    if (Durably.exists(copy) && Files.isSameFile(source, copy)) {
      throw TransferTrouble.lasting("same_place", source + " and its copy are one file");
    }
  }
}
