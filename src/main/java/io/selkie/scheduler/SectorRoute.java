package io.selkie.scheduler;

import java.util.Optional;
import java.util.Set;

/**
 * What a sector knows of its moves between hosts.
 *
 * @param left hosts that it left since they do not offer a phase: it goes back only where nobody
 *     else can go on
 * @param peer the other host of a move: where the files go to, or a part of them is already; for
 *     the release after it, where the copy is
 * @param pin the one host that may take the task unless files or jobs of the sector are elsewhere,
 *     since its driver asked that host
 */
public record SectorRoute(Set<HostId> left, Optional<HostId> peer, Optional<HostId> pin) {
  /** Of a sector that has not moved. */
  public static final SectorRoute NONE = new SectorRoute(Set.of(), Optional.empty());

  /** The set is copied. */
  public SectorRoute {
    left = Set.copyOf(left);
  }

  /** Of one whose task any host may take. */
  public SectorRoute(Set<HostId> left, Optional<HostId> peer) {
    this(left, peer, Optional.empty());
  }

  /** The same for a task that was asked of one host. */
  public SectorRoute pinnedTo(Optional<HostId> host) {
    return new SectorRoute(left, peer, host);
  }
}
