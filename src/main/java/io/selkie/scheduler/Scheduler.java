package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which host runs which task: one actor for the farm. It keeps nothing on disk; when it starts
 * anew, sectors and workers tell it again what it has to know.
 */
public final class Scheduler extends AbstractBehavior<SchedulerCommand> {
  private final SchedulerState<ActorRef<SchedulerCommand.Assigned>, ActorRef<WorkerCommand>> state =
      new SchedulerState<>();
  private final Clock clock;
  private boolean deciding;

  /** Comes after all that is in the mailbox: one decision for a burst of messages. */
  private enum Decide implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    DECIDE
  }

  private Scheduler(ActorContext<SchedulerCommand> context, Clock clock) {
    super(context);
    this.clock = clock;
  }

  /** A scheduler that knows of nobody yet. */
  public static Behavior<SchedulerCommand> create(Clock clock) {
    return Behaviors.setup(context -> new Scheduler(context, clock));
  }

  @Override
  public Receive<SchedulerCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(SchedulerCommand.Submit.class, this::onSubmit)
        .onMessage(SchedulerCommand.Withdraw.class, this::onWithdraw)
        .onMessage(SchedulerCommand.Resume.class, this::onResume)
        .onMessage(SchedulerCommand.HostReport.class, this::onHostReport)
        .onMessage(SchedulerCommand.Explain.class, this::onExplain)
        .onMessage(Decide.class, this::onDecide)
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
                new Placement.Urgency(submit.deadline(), submit.deals())),
            submit.replyTo()));
  }

  private Behavior<SchedulerCommand> onWithdraw(SchedulerCommand.Withdraw withdraw) {
    state.withdraw(withdraw.task());
    return answer(List.of());
  }

  private Behavior<SchedulerCommand> onResume(SchedulerCommand.Resume resume) {
    return answer(state.resume(resume.task(), resume.proofType(), resume.host(), resume.replyTo()));
  }

  private Behavior<SchedulerCommand> onHostReport(SchedulerCommand.HostReport report) {
    return answer(
        state.report(
            report.host(),
            report.worker(),
            new SchedulerState.HostState(
                report.limits(), report.present(), report.sectors(), report.unfit())));
  }

  private Behavior<SchedulerCommand> onExplain(SchedulerCommand.Explain explain) {
    answer(state.decide(clock.instant()));
    Map<String, String> reasons = new TreeMap<>();
    state.reasons().forEach((task, reason) -> reasons.put(task.toString(), reason));
    explain.replyTo().tell(new SchedulerCommand.Explanation(reasons));
    return this;
  }

  private Behavior<SchedulerCommand> onDecide(Decide decide) {
    deciding = false;
    return answer(state.decide(clock.instant()));
  }

  private Behavior<SchedulerCommand> answer(
      List<SchedulerState.Answer<ActorRef<SchedulerCommand.Assigned>, ActorRef<WorkerCommand>>>
          answers) {
    for (var answer : answers) {
      getContext().getLog().debug("{} has a place on host {}", answer.task(), answer.host());
      answer
          .to()
          .tell(new SchedulerCommand.Assigned(answer.task(), answer.host(), answer.worker()));
    }
    if (state.needsDecision(clock.instant()) && !deciding) {
      deciding = true;
      getContext().getSelf().tell(Decide.DECIDE);
    }
    return this;
  }
}
