package io.selkie.scheduler;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a host says of itself.
 *
 * @param present the attempts that it has a job of and knows no end of
 * @param sectors that have files there
 * @param unfit why it takes no work, if it does not
 * @param files where others fetch files that it has
 */
public record HostState(
    HostLimits limits,
    Set<TaskId.Attempt> present,
    List<HostSector> sectors,
    Optional<String> unfit,
    Optional<FileSource> files) {
  /** Set and list are copied. */
  public HostState {
    present = Set.copyOf(present);
    sectors = List.copyOf(sectors);
  }

  /** A host from which nobody fetches. */
  public HostState(
      HostLimits limits,
      Set<TaskId.Attempt> present,
      List<HostSector> sectors,
      Optional<String> unfit) {
    this(limits, present, sectors, unfit, Optional.empty());
  }

  /** The same with a sector that it has not spoken of yet, whose space it keeps. */
  HostState having(HostSector sector) {
    if (sectors.stream().anyMatch(here -> here.sector().equals(sector.sector()) && here.counts())) {
      return this;
    }
    List<HostSector> more = new ArrayList<>(sectors);
    more.removeIf(here -> here.sector().equals(sector.sector()));
    more.add(sector);
    return new HostState(
        limits.keeping(SectorSpace.peak(sector.proofType(), SectorSpace.Stage.SEALING)),
        present,
        more,
        unfit,
        files);
  }

  /**
   * The same without jobs of a task that is over. By number alone: a sector that is done with a
   * task may not know its kind any more.
   */
  HostState without(TaskId task) {
    return new HostState(
        limits,
        present.stream()
            .filter(attempt -> !isSame(attempt.task(), task))
            .collect(Collectors.toUnmodifiableSet()),
        sectors,
        unfit,
        files);
  }

  private static boolean isSame(TaskId one, TaskId other) {
    return one.sector().equals(other.sector())
        && !one.isNewerThan(other)
        && !other.isNewerThan(one);
  }

  /** Of a sector that it has. */
  Optional<SealProofType> proofType(SectorId sector) {
    return sectors.stream()
        .filter(here -> here.sector().equals(sector))
        .findFirst()
        .map(HostSector::proofType);
  }
}
