package io.selkie.scheduler;

import akka.actor.typed.ActorRef;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.serialization.NodeMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the scheduler is told. */
public sealed interface SchedulerCommand extends NodeMessage {
  /**
   * A sector wants a host for a task. Repeated until {@link Assigned} comes; the same task asked
   * for again gets the same host.
   *
   * @param since when the task was asked for
   * @param filesOn the host that has the sector's files, if any has
   * @param route what is known of the sector's moves between hosts
   * @param deadline after which the work is lost, if the sector knows of one
   * @param deals whether the sector has data of clients
   */
  record Submit(
      TaskId task,
      SealProofType proofType,
      Instant since,
      Optional<HostId> filesOn,
      SectorRoute route,
      Optional<Instant> deadline,
      boolean deals,
      ActorRef<Answer> replyTo)
      implements SchedulerCommand {}

  /**
   * A sector has no use for a host any more: its task ended, or was called off, and so was every
   * older one. Of the task only the number counts.
   */
  record Withdraw(TaskId task) implements SchedulerCommand {}

  /**
   * A sector that was given a host, before it or the scheduler restarted, takes up its task there
   * again. Answered by {@link Assigned} once that host has announced itself.
   *
   * @param proofType empty if the sector only wants to end it
   * @param peer the other host that the task needs: the one with the input of a Commit2, the one
   *     that a Move goes to or has gone to
   */
  record Resume(
      TaskId task,
      Optional<SealProofType> proofType,
      HostId host,
      Optional<HostId> peer,
      ActorRef<Answer> replyTo)
      implements SchedulerCommand {}

  /**
   * A host announces itself, now and whenever something changes.
   *
   * @param present the attempts that it has a job of and knows no end of: each holds a slot, a
   *     place, its memory and its device
   * @param sectors that have files there
   * @param unfit why the host takes no work, if it does not
   * @param files where other hosts fetch files that it has, if they can
   * @param version of the program that runs there; a host of the first version does not tell
   */
  record HostReport(
      HostId host,
      ActorRef<WorkerCommand> worker,
      HostLimits limits,
      Set<TaskId.Attempt> present,
      List<HostSector> sectors,
      Optional<String> unfit,
      Optional<FileSource> files,
      Optional<String> version)
      implements SchedulerCommand {
    /** Of a host that does not tell its version. */
    public HostReport(
        HostId host,
        ActorRef<WorkerCommand> worker,
        HostLimits limits,
        Set<TaskId.Attempt> present,
        List<HostSector> sectors,
        Optional<String> unfit,
        Optional<FileSource> files) {
      this(host, worker, limits, present, sectors, unfit, files, Optional.empty());
    }
  }

  /**
   * The node of a host is about to end in order, and its provers go on: it is to be waited for.
   * Answered when that is durable, so that a scheduler which is stopped as well knows it again.
   */
  record HostStops(HostId host, ActorRef<Ordered> replyTo) implements SchedulerCommand {}

  /** The hosts, and what they are at. */
  record ListHosts(ActorRef<Hosts> replyTo) implements SchedulerCommand {}

  /**
   * An operator's order for a host: answered when it is durable, or refused with one line.
   *
   * @param by who wants it
   */
  record OrderHost(HostId host, HostMode mode, String by, ActorRef<Ordered> replyTo)
      implements SchedulerCommand {}

  /** A host that is gone for good, with no sectors, is not to be listed any more. */
  record ForgetHost(HostId host, String by, ActorRef<Ordered> replyTo)
      implements SchedulerCommand {}

  /** The answer to {@link ListHosts}. */
  record Hosts(List<HostStatus> hosts) implements NodeMessage {
    /** The list is copied. */
    public Hosts {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * The answer to an order.
   *
   * @param refusal why it was not obeyed; empty: it is durable
   */
  record Ordered(Optional<String> refusal) implements NodeMessage {}

  /** Why tasks wait: the reason of each. */
  record Explain(ActorRef<Explanation> replyTo) implements SchedulerCommand {}

  /**
   * Where a sector would begin whose first piece is about to come: the bytes go there at once.
   * Asked again, the answer is the same as long as that host takes work.
   */
  record WhereToBegin(SectorId sector, SealProofType proofType, ActorRef<Beginning> replyTo)
      implements SchedulerCommand {}

  /**
   * The answer.
   *
   * @param host that keeps a place for it, for a while; empty: none has room
   */
  record Beginning(Optional<HostId> host) implements NodeMessage {}

  /** What the scheduler tells itself. */
  non-sealed interface Internal extends SchedulerCommand {}

  /** The answer to {@link Explain}, by the text of the task's id. */
  record Explanation(Map<String, String> reasons) implements NodeMessage {}

  /** What a sector is told. */
  sealed interface Answer extends NodeMessage {}

  /**
   * A host for a task: the slot is kept until {@link Withdraw}, which is also what a sector answers
   * that has no use for it. Told again when the worker of the host is another than before.
   *
   * @param inputs where the host fetches what is not there, if it does
   */
  record Assigned(
      TaskId task, HostId host, ActorRef<WorkerCommand> worker, Optional<FileSource> inputs)
      implements Answer {}

  /**
   * A host that the task has, or that has its files, is gone.
   *
   * @param since when it was last heard, by the scheduler's clock
   */
  record HostAway(TaskId task, HostId host, HostLoss loss, Instant since) implements Answer {}

  /**
   * The task cannot begin where the sector's files are: they are to move first. Told again until
   * the sector asks for a host for the move.
   *
   * @param from the host that has the files
   * @param to the one that goes on with the sector
   * @param leavesForLack whether that host does not offer the task, and not only is evacuated
   */
  record MoveWanted(TaskId task, HostId from, HostId to, boolean leavesForLack) implements Answer {}
}
