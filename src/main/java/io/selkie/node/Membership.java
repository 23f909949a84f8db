package io.selkie.node;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.TlsIdentity;
import io.selkie.journal.Database;
import io.selkie.journal.FarmLease;
import io.selkie.scheduler.HostId;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node comes into its cluster, and that a shared database has one only: what begins a cluster
 * needs the {@link FarmLease} first, else it waits until it reaches those who have it.
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final String NEW_CLUSTER = "akka.management.cluster.bootstrap.new-cluster-enabled";

  private final ActorContext<Command> context;
  private final ClusterSettings settings;
  private final FarmLease lease;
  private final Executor blocking;
  private final Cluster cluster;
  private final FarmClaim claim;

  /** Whether a cluster may be begun, for what finds its hosts by discovery. */
  private final boolean discovers;

  private boolean begun;
  private boolean waits;
  private boolean inTrouble;

  private Membership(
      ActorContext<Command> context,
      ClusterSettings settings,
      HostId host,
      FarmLease lease,
      Executor blocking) {
    this.context = context;
    this.settings = settings;
    this.lease = lease;
    this.blocking = blocking;
    this.cluster = Cluster.get(context.getSystem());
    this.claim = new FarmClaim(host.value(), name(cluster.selfMember().uniqueAddress()));
    this.discovers =
        settings.discovery().isPresent()
            && context.getSystem().settings().config().getBoolean(NEW_CLUSTER);
  }

  /** What it tells itself. */
  sealed interface Command {}

  private record Look() implements Command {}

  private record Looked(Optional<FarmLease.Standing> standing) implements Command {}

  private record Taken(boolean taken) implements Command {}

  private record Failed(Throwable why) implements Command {}

  /**
   * Begins to join. Where the database is shared, an actor goes on with it.
   *
   * @param identity of this host where it speaks TLS to the others; empty: in the clear
   * @param blocking where the database is waited for
   */
  static void join(
      ActorContext<?> context,
      ClusterSettings settings,
      HostId host,
      Database database,
      Optional<TlsIdentity> identity,
      Executor blocking) {
    ActorSystem<?> system = context.getSystem();
    Optional<FarmLease> lease = database.farmLease();
    if (lease.isPresent()) {
      context.spawn(create(settings, host, lease.get(), blocking), "membership");
    }
    if (settings.discovery().isPresent()) {
      Bootstrap.start(system, identity);
    } else if (lease.isEmpty() || !begins(system, settings)) {
      join(system, settings);
    }
  }

  /** Joins by seeds; a host that is named nowhere forms its cluster by itself. */
  private static void join(ActorSystem<?> system, ClusterSettings settings) {
    Cluster cluster = Cluster.get(system);
    if (settings.seeds().isEmpty()) {
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    } else {
      cluster.manager().tell(new JoinSeedNodes(seeds(system, settings)));
    }
  }

  /** Whether the node would form a cluster when it meets nobody; Akka has the first seed do it. */
  private static boolean begins(ActorSystem<?> system, ClusterSettings settings) {
    return settings.discovery().isEmpty()
        && (settings.seeds().isEmpty()
            || seeds(system, settings).get(0).equals(Cluster.get(system).selfMember().address()));
  }

  private static List<Address> seeds(ActorSystem<?> system, ClusterSettings settings) {
    return settings.seeds().stream()
        .map(
            seed ->
                AddressFromURIString.parse(
                    "akka://" + system.name() + "@" + seed.host() + ":" + seed.port()))
        .toList();
  }

  /**
   * What bootstrap by discovery has to know before the actors are made: it may not begin a cluster
   * while the database has one.
   */
  static Config ofDiscovery(ClusterSettings settings, Database database) {
    Optional<FarmLease> lease = database.farmLease();
    if (settings.discovery().isEmpty() || lease.isEmpty()) {
      return ConfigFactory.empty();
    }
    try {
      boolean taken = lease.get().look().filter(standing -> !standing.isOver()).isPresent();
      return ConfigFactory.parseMap(Map.of(NEW_CLUSTER, !taken), "the lease of the farm");
    } catch (SQLException e) {
      throw new IllegalStateException("the database does not answer: " + e.getMessage(), e);
    }
  }

  private static Behavior<Command> create(
      ClusterSettings settings, HostId host, FarmLease lease, Executor blocking) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new Membership(context, settings, host, lease, blocking).looking(timers)));
  }

  private Behavior<Command> looking(TimerScheduler<Command> timers) {
    context.getSelf().tell(new Look());
    return Behaviors.receive(Command.class)
        .onMessage(
            Look.class,
            look -> {
              ask(() -> new Looked(lease.look()));
              return Behaviors.same();
            })
        .onMessage(
            Looked.class,
            looked -> {
              follow(claim.advise(looked.standing(), standpoint(), System.nanoTime()), timers);
              return Behaviors.same();
            })
        .onMessage(
            Taken.class,
            taken -> {
              if (taken.taken()) {
                hold();
              }
              again(timers);
              return Behaviors.same();
            })
        .onMessage(
            Failed.class,
            failed -> {
              fail(failed.why());
              again(timers);
              return Behaviors.same();
            })
        .build();
  }

  private static void again(TimerScheduler<Command> timers) {
    timers.startSingleTimer(new Look(), FarmLease.LOOK);
  }

  private void ask(Callable<Command> work) {
    context.pipeToSelf(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return work.call();
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            },
            blocking),
        (done, trouble) -> trouble == null ? done : new Failed(trouble));
  }

  private FarmClaim.Standpoint standpoint() {
    Set<String> members = new HashSet<>();
    for (Member member : cluster.state().getMembers()) {
      members.add(name(member.uniqueAddress()));
    }
    MemberStatus own = cluster.selfMember().status();
    boolean up =
        own.equals(MemberStatus.up())
            || own.equals(MemberStatus.leaving())
            || own.equals(MemberStatus.exiting());
    return new FarmClaim.Standpoint(members, up, begins(context.getSystem(), settings));
  }

  private static String name(UniqueAddress node) {
    return node.address().hostPort() + "#" + node.longUid();
  }

  private void follow(FarmClaim.Advice advice, TimerScheduler<Command> timers) {
    inTrouble = false;
    if (advice instanceof FarmClaim.Take take) {
      ask(() -> new Taken(lease.take(take.from(), take.over(), take.to())));
      return;
    }
    if (advice instanceof FarmClaim.End end) {
      LOG.error(
          "another farm runs on this database ({} renews its lease), and this host is not of it:"
              + " it ends; started again, it joins that one",
          end.holder().node());
      context.getSystem().terminate();
      return;
    }
    if (advice instanceof FarmClaim.Keep) {
      hold();
    } else if (advice instanceof FarmClaim.Wait wait && !isMember()) {
      await(wait.holder());
    } else if (advice instanceof FarmClaim.Leave
        && settings.discovery().isPresent()
        && !discovers
        && !isMember()) {
      LOG.error(
          "the farm that was there has ended: this host ends; started again, it may begin it");
      context.getSystem().terminate();
      return;
    }
    again(timers);
  }

  private boolean isMember() {
    return cluster.state().getMembers().iterator().hasNext();
  }

  /** The lease is ours. */
  private void hold() {
    if (!begun && !isMember() && begins(context.getSystem(), settings)) {
      join(context.getSystem(), settings);
    }
    begun = true;
  }

  /** Joins those who have it; a seed that is not the first of a list begins nothing. */
  private void await(FarmLease.Holder holder) {
    if (waits || !begins(context.getSystem(), settings)) {
      return;
    }
    waits = true;
    Address self = cluster.selfMember().address();
    List<Address> seeds = seeds(context.getSystem(), settings);
    List<Address> others = seeds.stream().filter(seed -> !seed.equals(self)).toList();
    LOG.warn(
        "a farm runs on this database, or did {} s ago ({} has its lease): this host {}",
        FarmLease.LASTS.toSeconds(),
        holder.node(),
        others.isEmpty()
            ? "waits for its end: to join it, name the hosts of the farm in selkie.cluster.seeds"
            : "begins none of its own, and joins when it reaches one of the other seeds");
    if (!others.isEmpty()) {
      List<Address> turned = Stream.concat(others.stream(), Stream.of(self)).toList();
      cluster.manager().tell(new JoinSeedNodes(turned));
    }
  }

  private void fail(Throwable why) {
    if (!inTrouble) {
      LOG.warn("the lease of the farm cannot be looked at: {}", why.toString());
    }
    inTrouble = true;
  }
}
