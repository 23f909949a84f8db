package io.selkie.worker;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One proof at a time on each device. It stands between the worker and the pools of the phases that
 * prove on a device: what they are told goes through it in order, and a task comes to its pool with
 * its device. Each lease is written down before, so that a restarted node knows which device a
 * prover that went on works on. Writing blocks, so it has a thread of its own.
 */
final class GpuActor extends AbstractBehavior<GpuActor.Command> {
  private final Leases leases;
  private final LeaseFiles files;
  private final Map<TaskKind, ActorRef<PhasePool.Command>> pools;
  private final Map<String, PhasePool.Take> waiting = new HashMap<>();

  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** A word to the pool of the attempt's phase. */
  record ToPool(TaskId.Attempt attempt, PhasePool.Command command) implements Command {}

  /** Nothing works on the attempt any more. */
  record Release(TaskId.Attempt attempt) implements Command {}

  private GpuActor(
      ActorContext<Command> context,
      List<Device> devices,
      LeaseFiles files,
      Map<TaskKind, ActorRef<PhasePool.Command>> pools) {
    super(context);
    this.leases = new Leases(devices);
    this.files = files;
    this.pools = Map.copyOf(pools);
  }

  /**
   * The leases of a host; none is held but by those that are found.
   *
   * @param pools of the phases that need a device
   */
  static Behavior<Command> create(
      List<Device> devices, LeaseFiles files, Map<TaskKind, ActorRef<PhasePool.Command>> pools) {
    return Behaviors.setup(context -> new GpuActor(context, devices, files, pools));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ToPool.class, this::onToPool)
        .onMessage(Release.class, this::onRelease)
        .build();
  }

  private Behavior<Command> onToPool(ToPool word) {
    String holder = word.attempt().toString();
    if (word.command() instanceof PhasePool.Found) {
      leases.found(holder, files.read(holder));
    } else if (word.command() instanceof PhasePool.Take take) {
      if (take.present()) {
        // Its prover is at work, or was: it goes on where it is.
        takeUp(holder);
        tell(word.attempt(), take.on(leases.deviceOf(holder)));
      } else {
        waiting.put(holder, take);
        leases.want(holder, Leases.Use.SEALING);
        grant();
      }
      return this;
    } else if (word.command() instanceof PhasePool.End && waiting.remove(holder) != null) {
      leases.giveUp(holder);
    }
    tell(word.attempt(), word.command());
    return this;
  }

  private void takeUp(String holder) {
    if (!leases.held().containsKey(holder)) {
      leases.found(holder, files.read(holder));
    }
  }

  private Behavior<Command> onRelease(Release release) {
    String holder = release.attempt().toString();
    waiting.remove(holder);
    if (leases.held().containsKey(holder)) {
      files.remove(holder);
    }
    leases.giveUp(holder);
    grant();
    return this;
  }

  private void grant() {
    for (Leases.Grant grant : leases.grants()) {
      PhasePool.@Nullable Take take = waiting.remove(grant.holder());
      if (take != null) {
        files.write(grant.holder(), grant.device().id());
        getContext().getLog().debug("{} has {}", take.attempt(), grant.device().id());
        tell(take.attempt(), take.on(Optional.of(grant.device())));
      }
    }
  }

  private void tell(TaskId.Attempt attempt, PhasePool.Command command) {
    Optional.ofNullable(pools.get(attempt.task().kind().pool())).orElseThrow().tell(command);
  }
}
