package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which hosts the cluster of the farm has given up, as one of its nodes sees it. A node that is
 * merely out of reach is still a member; it is given up when the hosts that go on have decided so
 * (ADR 0007), or when its next life joins at the same address. No actor or clock.
 *
 * <p>Members are processes: a host that restarts is another member, perhaps before the cluster has
 * given up the one it was. A node that never saw a host be a member knows nothing of it.
 */
public final class FarmMembers {
  private final Map<String, HostId> members = new HashMap<>();
  private final Set<String> nameless = new HashSet<>();
  private final Map<HostId, Instant> joined = new HashMap<>();
  private final Map<HostId, Instant> gone = new HashMap<>();

  /**
   * What is seen of hosts, by the clock of the node that sees it.
   *
   * @param joined when the newest member of each was first seen; it has not spoken by that
   * @param gone hosts without a member, since their last one was given up; none that left in order
   */
  public record Seen(Map<HostId, Instant> joined, Map<HostId, Instant> gone)
      implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    /** Nothing is known of any host. */
    public static final Seen NOTHING = new Seen(Map.of(), Map.of());

    /** The maps are copied. */
    public Seen {
      joined = Map.copyOf(joined);
      gone = Map.copyOf(gone);
    }
  }

  /**
   * There is such a member.
   *
   * @param member its name, which no other life of the host has
   * @param host empty: a version that does not tell
   */
  public void isThere(String member, Optional<HostId> host, Instant now) {
    if (host.isEmpty()) {
      nameless.add(member);
    } else if (members.put(member, host.get()) == null) {
      joined.put(host.get(), now);
      gone.remove(host.get());
    }
  }

  /** The member was given up; nobody asked it. */
  public void givenUp(String member, Optional<HostId> host, Instant now) {
    left(member);
    host.filter(id -> !members.containsValue(id)).ifPresent(id -> gone.putIfAbsent(id, now));
  }

  /** The member left the cluster in order, or was given up before. */
  public void left(String member) {
    members.remove(member);
    nameless.remove(member);
  }

  /** What is known now. Who does not tell its host may be any that is missed. */
  public Seen seen() {
    return new Seen(joined, nameless.isEmpty() ? gone : Map.of());
  }
}
