package io.selkie.node;

import io.selkie.journal.FarmLease;
import io.selkie.journal.FarmLease.Holder;
import io.selkie.journal.FarmLease.Standing;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a node makes of the lease of its farm. The lease is its cluster's if a node has it that it
 * has seen there. One that has run out is another's still for as long as leases last: the others
 * may just have got their database back, and they come first.
 */
final class FarmClaim {
  private static final long LASTS = FarmLease.LASTS.toNanos();

  private final String host;
  private final String node;
  private final Set<String> seen = new HashSet<>();
  private Optional<Holder> lapsed = Optional.empty();
  private long lapsedSince;
  private OptionalLong othersSince = OptionalLong.empty();

  /**
   * The claim of a node.
   *
   * @param host its identity, which only one process has at a time
   * @param node its address, and the number of its present life
   */
  FarmClaim(String host, String node) {
    this.host = host;
    this.node = node;
    seen.add(node);
  }

  /**
   * Where the node stands.
   *
   * @param members of its cluster, however they are, itself included; empty: it has joined none
   * @param isUp whether the cluster counts it as its own, so that every member knows it
   * @param mayBegin whether it is one that begins a cluster by itself
   */
  record Standpoint(Set<String> members, boolean isUp, boolean mayBegin) {
    /** The set is copied. */
    Standpoint {
      members = Set.copyOf(members);
    }
  }

  /** What there is to be done. */
  sealed interface Advice {}

  /** Nothing: it is ours, and was renewed just now. */
  record Keep() implements Advice {}

  /**
   * Write our name.
   *
   * @param from in the place of whom
   * @param over if it has run out
   */
  record Take(Optional<Holder> from, boolean over, Holder to) implements Advice {}

  /** It is free, and not for us to take. */
  record Leave() implements Advice {}

  /** Another farm has it. */
  record Wait(Holder holder) implements Advice {}

  /** Another farm has it, and ours has not come back to it: two must not go on. */
  record End(Holder holder) implements Advice {}

  /**
   * Says what to do.
   *
   * @param standing of the lease
   * @param now by {@link System#nanoTime}
   */
  Advice advise(Optional<Standing> standing, Standpoint here, long now) {
    seen.addAll(here.members());
    Holder ours = new Holder(host, node, here.members().size() <= 1);
    boolean takes = here.isUp() || (here.mayBegin() && here.members().isEmpty());
    if (standing.isEmpty()) {
      return free(new Take(Optional.empty(), false, ours), takes);
    }
    Holder holder = standing.get().holder();
    if (seen.contains(holder.node())) {
      lapsed = Optional.empty();
      othersSince = OptionalLong.empty();
      boolean young =
          standing.get().left().compareTo(FarmLease.LASTS.minus(FarmLease.LOOK)) > 0
              && holder.alone() == ours.alone();
      return young || !takes ? new Keep() : new Take(standing.map(Standing::holder), false, ours);
    }
    if (holder.alone() && holder.host().equals(host)) {
      return free(new Take(Optional.of(holder), false, ours), takes); // our former life, alone
    }
    return ofOthers(
        standing.get(), here, free(new Take(Optional.of(holder), true, ours), takes), now);
  }

  private static Advice free(Take take, boolean takes) {
    return takes ? take : new Leave();
  }

  private Advice ofOthers(Standing standing, Standpoint here, Advice whenFree, long now) {
    Holder holder = standing.holder();
    if (!standing.isOver()) {
      lapsed = Optional.empty();
      if (othersSince.isEmpty()) {
        othersSince = OptionalLong.of(now);
      }
      // A member that joined a moment ago may have renewed it: we hear of it within seconds.
      boolean certain = now - othersSince.getAsLong() >= LASTS;
      return here.isUp() && certain ? new End(holder) : new Wait(holder);
    }
    othersSince = OptionalLong.empty();
    if (!lapsed.equals(Optional.of(holder))) {
      lapsed = Optional.of(holder);
      lapsedSince = now;
    }
    return now - lapsedSince >= LASTS ? whenFree : new Wait(holder);
  }
}
