package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorEvent;
import io.selkie.sector.SectorState;
import io.selkie.storage.SectorCopy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which hosts have files of which sector, and where sectors went. */
final class Moves {
  private final World world;
  private final Map<SectorId, Set<HostId>> files = new HashMap<>();

  /** Copies that are still being written, though their host said that they are there. */
  private final Map<SectorId, Set<HostId>> early = new HashMap<>();

  /** Phases for want of which a sector moved in its present generation. */
  private final Map<SectorId, Set<TaskKind>> lacking = new HashMap<>();

  Moves(World world) {
    this.world = world;
  }

  private static <T> Set<T> of(Map<SectorId, Set<T>> map, SectorId sector) {
    return map.computeIfAbsent(sector, key -> new HashSet<>());
  }

  void burned(HostId host) {
    files.values().forEach(hosts -> hosts.remove(host));
  }

  /** A task writes files where it runs. */
  void began(HostId host, TaskId.Attempt attempt) {
    if (attempt.task().kind().bringsFiles()) {
      of(files, attempt.sector()).add(host);
    }
  }

  /** What a move or a release did to the disks; others keep their answers. */
  Answer ended(
      HostId host, TaskRequest request, Answer answer, Function<SectorId, SectorState> journal) {
    if (!(answer instanceof Answer.Result result)) {
      return answer;
    }
    if (request instanceof TaskRequest.Move move
        && result.result() instanceof TaskResult.Moved moved) {
      return copied(host, move.to(), moved, journal);
    }
    if (request instanceof TaskRequest.Release release && release.from().isPresent()) {
      SectorId sector = sector(release.copy());
      if (!of(files, sector).contains(new HostId(release.copy().host()))) {
        return Answer.retry("unreachable");
      }
      deleted(sector, host, journal.apply(sector));
      return new Answer.Result(new TaskResult.Released(release.copy(), 1));
    }
    return answer;
  }

  private Answer copied(
      HostId from, HostId to, TaskResult.Moved moved, Function<SectorId, SectorState> journal) {
    SectorId sector = sector(moved.copy());
    if (world.gone(to)) {
      return Answer.retry("unreachable");
    }
    if (world.has(Defect.MOVE_ENDS_TOO_EARLY)) {
      of(early, sector).add(to);
    } else {
      of(files, sector).add(to);
    }
    if (world.has(Defect.MOVE_DELETES_ITS_SOURCE)) {
      deleted(sector, from, journal.apply(sector));
    }
    SectorCopy copy = moved.copy();
    return new Answer.Result(
        new TaskResult.Moved(new SectorCopy(to.value(), copy.place(), copy.path(), copy.files())));
  }

  private static SectorId sector(SectorCopy copy) {
    return SectorId.parse(copy.path());
  }

  private void deleted(SectorId sector, HostId host, SectorState journal) {
    Optional<HostId> now =
        journal instanceof SectorState.Known known ? known.facts().filesOn() : Optional.empty();
    if (now.isEmpty() || now.get().equals(host) || !of(files, sector).contains(now.get())) {
      throw new Violation(
          13,
          "files of "
              + sector
              + " are deleted on "
              + host
              + ", and its journal names no whole copy elsewhere: "
              + now);
    }
    of(files, sector).remove(host);
  }

  void journaled(SectorState before, SectorEvent event) {
    SectorId sector = before.sector();
    if (event instanceof SectorEvent.GenerationBegan) {
      of(lacking, sector).clear();
    }
    if (event instanceof SectorEvent.SectorMoved moved && before instanceof SectorState.Busy busy) {
      arrived(busy, moved);
    }
  }

  private void arrived(SectorState.Busy before, SectorEvent.SectorMoved moved) {
    SectorId sector = before.sector();
    if (of(early, sector).contains(moved.to())) {
      throw new Violation(
          13, "the journal names a copy of " + sector + " on " + moved.to() + " that is not whole");
    }
    TaskKind wanted = before.wanted().id().kind();
    if (before.facts().moves().forLack() && !of(lacking, sector).add(wanted)) {
      throw new Violation(
          14, sector + " moves to " + moved.to() + " for " + wanted + ", as it did before");
    }
  }
}
