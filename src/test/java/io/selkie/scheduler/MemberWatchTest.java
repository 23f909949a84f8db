package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a real cluster, each of whose members is an actor system of this process. */
class MemberWatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");

  private final List<ActorTestKit> kits = new ArrayList<>();
  private final Cluster first = Cluster.get(member(Optional.of(A)).system());
  private final ActorRef<MemberWatch.Command> watch =
      kits.get(0).spawn(MemberWatch.create(Clock.systemUTC()));
  private final TestProbe<FarmMembers.Seen> scheduler = kits.get(0).createTestProbe();

  private ActorTestKit member(Optional<HostId> host) {
    Config config =
        ConfigFactory.parseString(
            """
            akka {
              actor.provider = cluster
              remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              cluster {
                jmx.multi-mbeans-in-same-jvm = on
                gossip-interval = 100 ms
                leader-actions-interval = 100 ms
                periodic-tasks-initial-delay = 100 ms
                log-info = off
              }
            }
            """);
    Config roles =
        ConfigFactory.parseMap(
            Map.of(
                "akka.cluster.roles", host.map(MemberWatch::role).map(List::of).orElse(List.of())));
    ActorTestKit kit =
        ActorTestKit.create(
            "selkie", roles.withFallback(config).withFallback(ConfigFactory.load()));
    kits.add(kit);
    return kit;
  }

  private Cluster joined(Optional<HostId> host) {
    Cluster cluster = Cluster.get(member(host).system());
    cluster.manager().tell(Join.create(first.selfMember().address()));
    return cluster;
  }

  @AfterEach
  void stop() {
    kits.forEach(ActorTestKit::shutdownTestKit);
  }

  private FarmMembers.Seen await(Predicate<FarmMembers.Seen> condition) {
    List<FarmMembers.Seen> seen =
        scheduler.fishForMessage(
            PATIENCE,
            next ->
                condition.test(next)
                    ? FishingOutcomes.complete()
                    : FishingOutcomes.continueAndIgnore());
    return seen.get(seen.size() - 1);
  }

  private void follow() {
    watch.tell(new MemberWatch.Follow(scheduler.getRef()));
  }

  @Test
  void tellsWhichHostsWereGivenUpAndWhichAreBack() {
    first.manager().tell(Join.create(first.selfMember().address()));
    follow();
    await(seen -> seen.joined().containsKey(A));

    Cluster former = joined(Optional.of(B));
    FarmMembers.Seen there = await(seen -> seen.joined().containsKey(B));
    assertEquals(Map.of(), there.gone());

    first.manager().tell(new Down(former.selfMember().address()));
    FarmMembers.Seen gone = await(seen -> !seen.gone().isEmpty());
    assertEquals(Set.of(B), gone.gone().keySet());

    // A scheduler that begins later hears the same.
    TestProbe<FarmMembers.Seen> next = kits.get(0).createTestProbe();
    watch.tell(new MemberWatch.Follow(next.getRef()));
    assertEquals(gone.gone(), next.receiveMessage().gone());

    joined(Optional.of(B));
    FarmMembers.Seen back = await(seen -> seen.gone().isEmpty());
    Instant since = gone.gone().get(B);
    assertTrue(back.joined().get(B).isAfter(since), back + " after " + gone);
  }

  @Test
  void whoLeavesInOrderIsNotGivenUp() {
    first.manager().tell(Join.create(first.selfMember().address()));
    follow();
    Cluster leaving = joined(Optional.of(B));
    await(seen -> seen.joined().containsKey(B));
    await(leaving, 2); // it knows that it is a member
    leaving.manager().tell(Leave.create(leaving.selfMember().address()));
    Cluster later = joined(Optional.of(new HostId("c")));
    await(seen -> seen.joined().containsKey(new HostId("c")));
    await(first, 2);

    first.manager().tell(new Down(later.selfMember().address()));
    FarmMembers.Seen seen = await(now -> !now.gone().isEmpty());
    assertEquals(Set.of(new HostId("c")), seen.gone().keySet());
  }

  /** A host of an older version could be any that is missed. */
  @Test
  void nobodyIsGivenUpBesideAMemberThatDoesNotTellItsHost() {
    first.manager().tell(Join.create(first.selfMember().address()));
    Cluster older = joined(Optional.empty());
    await(first, 2);
    Cluster lost = joined(Optional.of(B));
    follow();
    await(seen -> seen.joined().containsKey(B));

    first.manager().tell(new Down(lost.selfMember().address()));
    await(first, 2);
    first.manager().tell(new Down(older.selfMember().address()));

    FarmMembers.Seen seen = await(now -> !now.gone().isEmpty());
    assertEquals(Set.of(B), seen.gone().keySet());
  }

  private void await(Cluster cluster, int members) {
    scheduler.awaitAssert(
        PATIENCE,
        () -> {
          assertEquals(
              members,
              StreamSupport.stream(cluster.state().getMembers().spliterator(), false).count());
          return null;
        });
  }
}
