package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One try at a task of a sector. Each may be made again after a crash at any place. Blocks. */
final class TransferWork {
  private final TransferPlan.Directory plans;
  private final TransferPlanner planner;
  private final Leftovers leftovers;
  private final SourceRelease release;

  /** Work on the sectors of a host. */
  TransferWork(
      TransferPlan.Directory plans,
      TransferPlanner planner,
      Leftovers leftovers,
      SourceRelease release) {
    this.plans = plans;
    this.planner = planner;
    this.leftovers = leftovers;
    this.release = release;
  }

  /** Does what is asked. */
  TaskResult perform(TaskRequest request, Control control)
      throws IOException, TransferTrouble, Control.Held {
    return request instanceof TaskRequest.Release wanted
        ? release.perform(wanted.copy(), control)
        : new TaskResult.Transferred(transfer(control));
  }

  /** What is full or refuses is left at once, if there is another place; each is tried once. */
  private SectorCopy transfer(Control control) throws IOException, TransferTrouble, Control.Held {
    TransferPlan plan = planner.plan(control);
    while (true) {
      TransferTrouble trouble;
      try {
        return bring(plan, control);
      } catch (TransferTrouble e) {
        trouble = e;
      } catch (IOException e) {
        trouble = TransferTrouble.of(e);
      }
      if (!planner.failed(plan, trouble.failure(), control)) {
        throw trouble;
      }
      TransferPlan next = planner.plan(control);
      if (next.place().equals(plan.place())) {
        throw trouble;
      }
      plan = next;
    }
  }

  private SectorCopy bring(TransferPlan plan, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Optional<Destination> destination = planner.destination(plan.place());
    if (destination.isEmpty()) {
      throw TransferTrouble.passing(
          "unreachable",
          "the sector is half way to "
              + plan.place()
              + ", which selkie.transfer.targets does not name any more: name it again");
    }
    control.to(plan.place());
    planner.watch(plan, control);
    FailPoints.hit("Transfer.before-offer", control.sector());
    return destination.get().bring(plan.offer(), plan.paths(), () -> planner.commit(plan), control);
  }

  /**
   * The sector is about to be removed: what any place has of it is left there no more, and the plan
   * is forgotten. Nothing of it may run.
   *
   * @param copy that the journal names
   */
  void forget(SectorId sector, Optional<SectorCopy> copy) throws IOException {
    Optional<TransferPlan> plan = plans.read(sector);
    leftovers.keepNothing(sector);
    if (plan.isPresent()) {
      bringBack(plan.get());
      leftovers.add(plan.get().offer(), plan.get().place());
    }
    if (copy.isPresent()) {
      leftovers.add(new Offer(sector, Offer.CHUNK, copy.get().files()), copy.get().place());
    }
    FailPoints.hit("Forget.before-plan", sector);
    plans.delete(sector);
    FailPoints.hit("Forget.before-discard", sector);
    leftovers.clear(sector);
  }

  /** Files that were renamed to a place which then did not say that all are there. */
  private static void bringBack(TransferPlan plan) throws IOException {
    Path place = Path.of(plan.place().startsWith("/") ? plan.place() : "/");
    if (!plan.committed()
        || !plan.place().startsWith("/")
        || !Files.isDirectory(place)
        || Landing.received(place, plan.offer().sector()).isPresent()
        || Landing.staged(place, plan.offer().sector()).isPresent()) {
      return;
    }
    List<Durably.Move> back = new ArrayList<>();
    for (int file = 0; file < plan.paths().size(); file++) {
      Path source = plan.paths().get(file);
      String name = plan.offer().files().get(file).name();
      Path there = FileNames.resolve(place, plan.offer().sector(), name);
      if (!Durably.exists(source) && Durably.exists(there)) {
        back.add(new Durably.Move(there, source));
      }
    }
    Durably.rename(back, () -> {});
  }

  /** Discards what places that were given up have; those that cannot be reached, another time. */
  void sweep() throws IOException {
    leftovers.clear();
  }
}
