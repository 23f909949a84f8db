package io.selkie.sector;

import io.selkie.filecoin.SealProofType;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.SectorFacts.Answered;
import java.time.Instant;
import java.util.Optional;

/** What a sector does to the world after its events are persisted. Each may be done again. */
sealed interface SectorEffect {
  /** Whether it lets somebody forget what the persisted events now know. */
  default boolean isAcknowledgement() {
    return false;
  }

  /** Ask the scheduler for a host. */
  record Submit(SectorState.Waiting state) implements SectorEffect {}

  /** Come back to the task at that time. */
  record WakeAt(Instant at) implements SectorEffect {}

  /**
   * Tell the worker of a host.
   *
   * @param inputsOn the host that has the input of a task which runs anywhere, or the one that a
   *     move goes to, if there is one
   */
  record Tell(TaskId task, HostId host, WorkerCommand command, Optional<HostId> inputsOn)
      implements SectorEffect {
    /** A word about a task that needs nothing from elsewhere. */
    Tell(TaskId task, HostId host, WorkerCommand command) {
      this(task, host, command, Optional.empty());
    }

    /** Whether the host may have to fetch something first. */
    boolean needsInputs() {
      return command instanceof WorkerCommand.Start
          && inputsOn.filter(on -> !on.equals(host)).isPresent();
    }

    /**
     * Whether the host cannot do without being told where the other one is: an input that it has
     * fetched stays, while a move speaks to the other host to its end.
     *
     * @param atWork whether it has spoken of the job
     */
    boolean waitsForInputs(boolean atWork) {
      return needsInputs() && (!atWork || task.kind().isMove());
    }

    /** The same for a host that needs the other one. */
    WorkerCommand fetchingFrom(FileSource source) {
      return command instanceof WorkerCommand.Start start
          ? new WorkerCommand.Start(start.attempt(), start.request().with(source))
          : command;
    }

    @Override
    public boolean isAcknowledgement() {
      return command instanceof WorkerCommand.Acknowledge;
    }

    /** Of the sector, if the command says it. */
    Optional<SealProofType> proofType() {
      return command instanceof WorkerCommand.Start start
          ? Optional.of(start.request().proofType())
          : Optional.empty();
    }
  }

  /** Give back the task's slot. */
  record Withdraw(TaskId task) implements SectorEffect {}

  /** Answer whoever asked for the task last. */
  record AnswerTask(Sector.Answer answer) implements SectorEffect {
    @Override
    public boolean isAcknowledgement() {
      return true;
    }
  }

  /** Answer whoever asked for the task to be ended. */
  record AnswerAbort(Sector.Answer answer) implements SectorEffect {
    @Override
    public boolean isAcknowledgement() {
      return true;
    }
  }

  /** Answer the command at hand. */
  record Reply(Sector.Answer answer) implements SectorEffect {
    @Override
    public boolean isAcknowledgement() {
      return true;
    }
  }

  /** Look whether the files behind a kept answer are still what they were. */
  record CheckFiles(Answered answered) implements SectorEffect {}
}
