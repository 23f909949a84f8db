package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the {@link FarmMembers} of a node, from its start on: a scheduler that begins there later
 * is told what went before. Each node names its host by one of its roles.
 */
public final class MemberWatch extends AbstractBehavior<MemberWatch.Command> {
  private static final String ROLE = "host-";

  private final Clock clock;
  private final UniqueAddress self;
  private final FarmMembers members = new FarmMembers();
  private final Set<ActorRef<? super FarmMembers.Seen>> followers = new HashSet<>();
  private boolean expelled;

  /** What it is told; all of it stays in the process. */
  public sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Tell me what is known, now and whenever it changes. */
  public record Follow(ActorRef<? super FarmMembers.Seen> follower) implements Command {}

  private record Unfollow(ActorRef<? super FarmMembers.Seen> follower) implements Command {}

  private record Changed(ClusterEvent.MemberEvent event) implements Command {}

  private MemberWatch(ActorContext<Command> context, Clock clock) {
    super(context);
    this.clock = clock;
    Cluster cluster = Cluster.get(context.getSystem());
    this.self = cluster.selfMember().uniqueAddress();
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.MemberEvent.class, Changed::new),
                ClusterEvent.MemberEvent.class));
  }

  /** The watch of a node. */
  public static Behavior<Command> create(Clock clock) {
    return Behaviors.setup(context -> new MemberWatch(context, clock));
  }

  /** The role by which members of a host are known. */
  public static String role(HostId host) {
    return ROLE + host;
  }

  private static Optional<HostId> host(Member member) {
    return member.getRoles().stream()
        .filter(role -> role.startsWith(ROLE))
        .map(role -> new HostId(role.substring(ROLE.length())))
        .findFirst();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Changed.class, this::onChanged)
        .onMessage(Follow.class, this::onFollow)
        .onMessage(Unfollow.class, this::onUnfollow)
        .build();
  }

  private Behavior<Command> onChanged(Changed changed) {
    FarmMembers.Seen before = seen();
    Member member = changed.event().member();
    String name = member.uniqueAddress().toString();
    if (changed.event() instanceof ClusterEvent.MemberDowned) {
      // Who was given up itself cannot tell what became of others: it is about to end.
      expelled |= member.uniqueAddress().equals(self);
      members.givenUp(name, host(member), clock.instant());
    } else if (changed.event() instanceof ClusterEvent.MemberRemoved removed) {
      if (removed.previousStatus().equals(MemberStatus.exiting())) {
        members.left(name);
      } else {
        members.givenUp(name, host(member), clock.instant());
      }
    } else {
      members.isThere(name, host(member), clock.instant());
    }
    FarmMembers.Seen after = seen();
    if (!after.equals(before)) {
      getContext().getLog().debug("{}: {}", member, after);
      followers.forEach(follower -> follower.tell(after));
    }
    return this;
  }

  private FarmMembers.Seen seen() {
    return expelled ? FarmMembers.Seen.NOTHING : members.seen();
  }

  private Behavior<Command> onFollow(Follow follow) {
    if (followers.add(follow.follower())) {
      getContext().watchWith(follow.follower(), new Unfollow(follow.follower()));
    }
    follow.follower().tell(seen());
    return this;
  }

  private Behavior<Command> onUnfollow(Unfollow unfollow) {
    followers.remove(unfollow.follower());
    return this;
  }
}
