package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which host runs which task: one actor for the farm. It keeps nothing on disk; when it starts
 * anew, sectors and workers tell it again what it has to know.
 */
public final class Scheduler extends AbstractBehavior<SchedulerCommand> {
  private final SchedulerState<ActorRef<SchedulerCommand.Assigned>, ActorRef<WorkerCommand>> state =
      new SchedulerState<>();
  private boolean deciding;

  /** Comes after all that is in the mailbox: one decision for a burst of messages. */
  private enum Decide implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    DECIDE
  }

  private Scheduler(ActorContext<SchedulerCommand> context) {
    super(context);
  }

  /** A scheduler that knows of nobody yet. */
  public static Behavior<SchedulerCommand> create() {
    return Behaviors.setup(Scheduler::new);
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
            new Placement.Waiting(submit.task(), submit.since(), submit.filesOn()),
            submit.replyTo()));
  }

  private Behavior<SchedulerCommand> onWithdraw(SchedulerCommand.Withdraw withdraw) {
    state.withdraw(withdraw.task());
    return answer(List.of());
  }

  private Behavior<SchedulerCommand> onResume(SchedulerCommand.Resume resume) {
    return answer(state.resume(resume.task(), resume.host(), resume.replyTo()));
  }

  private Behavior<SchedulerCommand> onHostReport(SchedulerCommand.HostReport report) {
    return answer(state.report(report.host(), report.worker(), report.slots(), report.present()));
  }

  private Behavior<SchedulerCommand> onExplain(SchedulerCommand.Explain explain) {
    answer(state.decide());
    Map<String, String> reasons = new TreeMap<>();
    state.reasons().forEach((task, reason) -> reasons.put(task.toString(), reason));
    explain.replyTo().tell(new SchedulerCommand.Explanation(reasons));
    return this;
  }

  private Behavior<SchedulerCommand> onDecide(Decide decide) {
    deciding = false;
    return answer(state.decide());
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
    if (state.needsDecision() && !deciding) {
      deciding = true;
      getContext().getSelf().tell(Decide.DECIDE);
    }
    return this;
  }
}
