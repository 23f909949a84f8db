package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which host runs which task: one actor for the farm. It keeps nothing on disk but the operator's
 * orders; when it starts anew, sectors and workers tell it again what it has to know.
 */
public final class Scheduler extends AbstractBehavior<SchedulerCommand> {
  /** Far above the tick, so that it is no matter of load. */
  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  private static final Duration TICK = Duration.ofSeconds(1);

  private final SchedulerState<ActorRef<SchedulerCommand.Answer>, ActorRef<WorkerCommand>> state;
  private final Clock clock;
  private Instant looked;
  private final ActorRef<HostRegister.Command> register;
  private final Set<HostId> joined = new HashSet<>();
  private final Map<HostId, Optional<String>> versions = new HashMap<>();
  private boolean ready;
  private boolean deciding;

  /** Comes after all that is in the mailbox: one decision for a burst of messages. */
  private enum Decide implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    DECIDE
  }

  /** Time goes by: hosts may have fallen silent. */
  private enum Tick implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    TICK
  }

  private Scheduler(
      ActorContext<SchedulerCommand> context,
      Clock clock,
      HostPatience patience,
      ActorRef<MemberWatch.Command> members,
      Function<ActorRef<SchedulerCommand>, Behavior<HostRegister.Command>> register) {
    super(context);
    this.clock = clock;
    this.looked = clock.instant();
    this.state = new SchedulerState<>(patience);
    this.register = context.spawn(register.apply(context.getSelf()), "hosts");
    members.tell(new MemberWatch.Follow(context.getSelf()));
    context.getLog().info("the scheduler of the farm runs here");
  }

  /**
   * A scheduler that knows of nobody yet but what the journal and the cluster say of hosts.
   *
   * @param members of this node
   */
  public static Behavior<SchedulerCommand> create(
      Clock clock, HostPatience patience, ActorRef<MemberWatch.Command> members) {
    return create(clock, patience, members, scheduler -> HostRegister.create(scheduler, clock));
  }

  /** The same with another register of hosts. */
  static Behavior<SchedulerCommand> create(
      Clock clock,
      HostPatience patience,
      ActorRef<MemberWatch.Command> members,
      Function<ActorRef<SchedulerCommand>, Behavior<HostRegister.Command>> register) {
    return Behaviors.withTimers(
        timers -> {
          timers.startTimerWithFixedDelay(Tick.TICK, TICK);
          return Behaviors.setup(
              context -> new Scheduler(context, clock, patience, members, register));
        });
  }

  @Override
  public Receive<SchedulerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(SchedulerCommand.Submit.class, this::onSubmit)
        .onMessage(SchedulerCommand.Withdraw.class, this::onWithdraw)
        .onMessage(SchedulerCommand.Resume.class, this::onResume)
        .onMessage(SchedulerCommand.HostReport.class, this::onHostReport)
        .onMessage(SchedulerCommand.Explain.class, this::onExplain)
        .onMessage(SchedulerCommand.HostStops.class, this::onHostStops)
        .onMessage(SchedulerCommand.ListHosts.class, this::onListHosts)
        .onMessage(SchedulerCommand.WhereToBegin.class, this::onWhereToBegin)
        .onMessage(SchedulerCommand.OrderHost.class, this::onOrderHost)
        .onMessage(SchedulerCommand.ForgetHost.class, this::onForgetHost)
        .onMessage(HostRegister.Orders.class, this::onOrders)
        .onMessage(FarmMembers.Seen.class, this::onSeen)
        .onMessage(Decide.class, this::onDecide)
        .onMessage(Tick.class, this::onTick)
        .build();
  }

  private Behavior<SchedulerCommand> onSubmit(SchedulerCommand.Submit submit) {
    return answer(
        state.submit(
            new Placement.Waiting(
                submit.task(),
                Optional.of(submit.proofType()),
                submit.since(),
                submit.filesOn(),
                submit.route(),
                new Placement.Urgency(submit.deadline(), submit.deals())),
            submit.replyTo()));
  }

  private Behavior<SchedulerCommand> onWithdraw(SchedulerCommand.Withdraw withdraw) {
    state.withdraw(withdraw.task());
    return answer(List.of());
  }

  private Behavior<SchedulerCommand> onResume(SchedulerCommand.Resume resume) {
    return answer(
        state.resume(
            resume.task(), resume.proofType(), resume.host(), resume.peer(), resume.replyTo()));
  }

  private Behavior<SchedulerCommand> onHostReport(SchedulerCommand.HostReport report) {
    if (joined.add(report.host())) {
      register.tell(new HostRegister.Join(report.host()));
    }
    versions.put(report.host(), report.version());
    return answer(
        state.report(
            report.host(),
            report.worker(),
            new HostState(
                report.limits(),
                report.present(),
                report.sectors(),
                report.unfit(),
                report.files()),
            now()));
  }

  private Behavior<SchedulerCommand> onHostStops(SchedulerCommand.HostStops stops) {
    getContext().getLog().info("host {} is being stopped: its tasks wait for it", stops.host());
    register.tell(new HostRegister.Stop(stops.host(), stops.replyTo()));
    return this;
  }

  private Behavior<SchedulerCommand> onExplain(SchedulerCommand.Explain explain) {
    decide();
    Map<String, String> reasons = new TreeMap<>();
    state.reasons().forEach((task, reason) -> reasons.put(task.toString(), reason));
    explain.replyTo().tell(new SchedulerCommand.Explanation(reasons));
    return this;
  }

  private Behavior<SchedulerCommand> onListHosts(SchedulerCommand.ListHosts list) {
    list.replyTo()
        .tell(
            new SchedulerCommand.Hosts(
                state.hosts(now()).stream()
                    .map(host -> host.running(versions.getOrDefault(host.host(), Optional.empty())))
                    .toList()));
    return this;
  }

  private Behavior<SchedulerCommand> onWhereToBegin(SchedulerCommand.WhereToBegin asked) {
    asked
        .replyTo()
        .tell(
            new SchedulerCommand.Beginning(
                ready ? state.begins(asked.sector(), asked.proofType(), now()) : Optional.empty()));
    return this;
  }

  private Behavior<SchedulerCommand> onOrderHost(SchedulerCommand.OrderHost order) {
    Optional<String> refusal = state.refusal(order.host(), order.mode(), now());
    if (refusal.isPresent()) {
      order.replyTo().tell(new SchedulerCommand.Ordered(refusal));
    } else {
      getContext().getLog().info("host {}: {} by {}", order.host(), order.mode(), order.by());
      register.tell(
          new HostRegister.Order(order.host(), order.mode(), order.by(), order.replyTo()));
    }
    return this;
  }

  private Behavior<SchedulerCommand> onForgetHost(SchedulerCommand.ForgetHost forget) {
    Optional<String> refusal = state.forgettingRefusal(forget.host(), now());
    if (refusal.isPresent()) {
      forget.replyTo().tell(new SchedulerCommand.Ordered(refusal));
    } else {
      state.forget(forget.host());
      joined.remove(forget.host());
      versions.remove(forget.host());
      register.tell(new HostRegister.Forget(forget.host(), forget.by(), forget.replyTo()));
    }
    return this;
  }

  /** Until they are known nothing is placed: a cordoned host would take work. */
  private Behavior<SchedulerCommand> onOrders(HostRegister.Orders orders) {
    ready = true;
    state.order(orders.modes());
    state.stopped(orders.stopped());
    return answer(List.of());
  }

  private Behavior<SchedulerCommand> onSeen(FarmMembers.Seen seen) {
    now(); // the standstill, if there was one, was before
    state.members(seen);
    return answer(List.of());
  }

  /** The time. Whoever stood still meanwhile cannot say how long others were silent. */
  private Instant now() {
    Instant now = clock.instant();
    Duration since = Duration.between(looked, now);
    if (since.isNegative() || since.compareTo(STANDSTILL) > 0) {
      getContext()
          .getLog()
          .warn("the clock went on by {} at once: hosts are given time to speak again", since);
      state.stoodStill(now);
    }
    looked = now;
    return now;
  }

  private Behavior<SchedulerCommand> onDecide(Decide decide) {
    deciding = false;
    decide();
    return this;
  }

  private void decide() {
    if (ready) {
      tell(state.decide(now()));
    }
  }

  private Behavior<SchedulerCommand> onTick(Tick tick) {
    // Before the orders are known a host that said it would be back looks as if it were gone.
    List<SchedulerState.Notice<ActorRef<SchedulerCommand.Answer>>> notices =
        ready ? state.notices(now()) : List.of();
    notices.forEach(
        notice -> {
          getContext()
              .getLog()
              .info(
                  "host {} is {} since {}: {} is told",
                  notice.host(),
                  notice.loss(),
                  notice.since(),
                  notice.task());
          notice
              .to()
              .tell(
                  new SchedulerCommand.HostAway(
                      notice.task(), notice.host(), notice.loss(), notice.since()));
        });
    return answer(List.of());
  }

  private Behavior<SchedulerCommand> answer(
      List<SchedulerState.Answer<ActorRef<SchedulerCommand.Answer>, ActorRef<WorkerCommand>>>
          answers) {
    tell(answers);
    if (ready && state.needsDecision(now()) && !deciding) {
      deciding = true;
      getContext().getSelf().tell(Decide.DECIDE);
    }
    return this;
  }

  private void tell(
      List<SchedulerState.Answer<ActorRef<SchedulerCommand.Answer>, ActorRef<WorkerCommand>>>
          answers) {
    for (var answer : answers) {
      getContext().getLog().debug("{} has a place on host {}", answer.task(), answer.host());
      answer
          .to()
          .tell(
              new SchedulerCommand.Assigned(
                  answer.task(), answer.host(), answer.worker(), answer.inputs()));
    }
    for (var wish : state.wishes()) {
      Placement.Move move = wish.move();
      getContext()
          .getLog()
          .debug("{} waits for a move from {} to {}", move.task(), move.from(), move.to());
      wish.to()
          .tell(
              new SchedulerCommand.MoveWanted(
                  move.task(), move.from(), move.to(), move.leavesForLack()));
    }
  }
}
