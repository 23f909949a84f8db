package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One try at a task of a sector. Each may be made again after a crash at any place. Blocks. */
final class TransferWork {
  private final SectorPlaces places;
  private final TransferPlan.Directory plans;
  private final Supplier<List<Destination>> destinations;
  private final SourceRelease release;
  private final FileDigest digest;
  private final int chunk;

  /**
   * Work on the sectors of a host.
   *
   * @param destinations in the operator's order, asked for each sector
   * @param chunk bytes of a chunk
   */
  TransferWork(
      SectorPlaces places,
      TransferPlan.Directory plans,
      Supplier<List<Destination>> destinations,
      SourceRelease release,
      FileDigest digest,
      int chunk) {
    this.places = places;
    this.plans = plans;
    this.destinations = destinations;
    this.release = release;
    this.digest = digest;
    this.chunk = chunk;
  }

  /** Does what is asked. */
  TaskResult perform(TaskRequest request, Control control)
      throws IOException, TransferTrouble, Control.Held {
    return request instanceof TaskRequest.Release wanted
        ? release.perform(wanted.copy(), control)
        : new TaskResult.Transferred(transfer(control));
  }

  private SectorCopy transfer(Control control) throws IOException, TransferTrouble, Control.Held {
    TransferPlan plan = plan(control);
    Destination destination = destination(plan.place());
    control.to(plan.place());
    FailPoints.hit("Transfer.before-offer", control.sector());
    return destination.bring(plan.offer(), plan.paths(), () -> plans.write(plan.commit()), control);
  }

  private Destination destination(String place) throws TransferTrouble {
    return destinations.get().stream()
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
  private TransferPlan plan(Control control) throws IOException, TransferTrouble, Control.Held {
    SectorId sector = control.sector();
    Optional<TransferPlan> before = plans.read(sector);
    if (before.isPresent() && before.get().committed()) {
      return before.get();
    }
    SourceFiles.Found found = SourceFiles.of(places.of(sector), digest, control);
    Offer offer = new Offer(sector, chunk, found.files());
    Optional<TransferPlan> same = before.filter(plan -> plan.offer().equals(offer));
    List<TargetChoice.Candidate> candidates = look(found.paths(), control);
    TargetChoice.Candidate chosen =
        TargetChoice.choose(candidates, offer.size(), same.map(TransferPlan::place))
            .orElseThrow(
                () ->
                    TransferTrouble.passing(
                        "no_destination", TargetChoice.reason(candidates, offer.size())));
    TransferPlan plan = TransferPlan.of(offer, chosen.place(), found.paths());
    if (!before.equals(Optional.of(plan))) {
      if (before.isPresent()) {
        giveUp(before.get(), control);
      }
      plans.write(plan);
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

  private List<TargetChoice.Candidate> look(List<Path> sources, Control control)
      throws Control.Held {
    List<TargetChoice.Candidate> candidates = new ArrayList<>();
    for (Destination destination : destinations.get()) {
      control.check();
      Optional<Destination.Space> space = Optional.empty();
      Optional<String> trouble = Optional.empty();
      try {
        space = Optional.of(destination.look(sources, control));
      } catch (IOException | TransferTrouble e) {
        trouble = Optional.of(String.valueOf(e.getMessage()));
      }
      candidates.add(
          new TargetChoice.Candidate(candidates.size(), destination.place(), space, trouble));
    }
    return candidates;
  }
}
