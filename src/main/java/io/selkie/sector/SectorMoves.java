package io.selkie.sector;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SectorRoute;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a sector knows of its moves between hosts before it is sealed.
 *
 * @param aside the task that the sector moves for; it is taken up again after the move
 * @param heading the host that a move goes to, from its beginning until its end: no other has a
 *     part of the files
 * @param forLack whether the host that is left does not offer the task
 * @param left hosts that were left for that, in this generation
 */
public record SectorMoves(
    Optional<SectorState.Task> aside, Optional<HostId> heading, boolean forLack, Set<HostId> left) {
  /** Of a sector that never moved. */
  public static final SectorMoves NONE =
      new SectorMoves(Optional.empty(), Optional.empty(), false, Set.of());

  /** The set is copied. */
  public SectorMoves {
    left = Set.copyOf(left);
  }

  SectorMoves begun(SectorState.Task task, HostId to, boolean lack) {
    return new SectorMoves(Optional.of(task), Optional.of(to), lack, left);
  }

  /** The files are there. */
  SectorMoves arrived(HostId from) {
    Set<HostId> more = new LinkedHashSet<>(left);
    if (forLack) {
      more.add(from);
    }
    return new SectorMoves(aside, Optional.empty(), false, more);
  }

  /** The task is taken up again, or given up. */
  SectorMoves without() {
    return new SectorMoves(Optional.empty(), heading, forLack, left);
  }

  SectorRoute route() {
    return new SectorRoute(left, heading);
  }
}
