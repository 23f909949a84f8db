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
import java.time.Duration;
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
  private final Map<String, ActorRef<Worker.DeviceGranted>> posts = new HashMap<>();
  private final List<Device> devices;

  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** A word to the pool of the attempt's phase. */
  record ToPool(TaskId.Attempt attempt, PhasePool.Command command) implements Command {}

  /**
   * A proof of spacetime wants a device: next, whatever else waits.
   *
   * @param patience how long a busy one is waited for; then one is shared
   */
  record WantForPost(String holder, Duration patience, ActorRef<Worker.DeviceGranted> replyTo)
      implements Command {}

  /** The proof is made, or will never be. */
  record PostIsOver(String holder) implements Command {}

  private record PatienceIsOver(String holder) implements Command {}

  /** Nothing works on the attempt any more. */
  record Release(TaskId.Attempt attempt) implements Command {}

  private GpuActor(
      ActorContext<Command> context,
      List<Device> devices,
      LeaseFiles files,
      Map<TaskKind, ActorRef<PhasePool.Command>> pools) {
    super(context);
    this.leases = new Leases(devices);
    this.devices = List.copyOf(devices);
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
        .onMessage(WantForPost.class, this::onWantForPost)
        .onMessage(PatienceIsOver.class, this::onPatienceIsOver)
        .onMessage(PostIsOver.class, this::onPostIsOver)
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

  private Behavior<Command> onWantForPost(WantForPost want) {
    posts.put(want.holder(), want.replyTo());
    leases.want(want.holder(), Leases.Use.POST);
    grant();
    if (posts.containsKey(want.holder())) {
      getContext()
          .scheduleOnce(want.patience(), getContext().getSelf(), new PatienceIsOver(want.holder()));
    }
    return this;
  }

  /** On a GPU the proofs library has sealing give way to proofs of spacetime by itself. */
  private Behavior<Command> onPatienceIsOver(PatienceIsOver over) {
    @Nullable ActorRef<Worker.DeviceGranted> waits = posts.remove(over.holder());
    if (waits != null) {
      leases.giveUp(over.holder());
      Device shared = devices.get(Math.floorMod(over.holder().hashCode(), devices.size()));
      getContext().getLog().info("{} shares {}: all devices are busy", over.holder(), shared.id());
      waits.tell(new Worker.DeviceGranted(shared));
    }
    return this;
  }

  private Behavior<Command> onPostIsOver(PostIsOver over) {
    posts.remove(over.holder());
    leases.giveUp(over.holder());
    grant();
    return this;
  }

  private void grant() {
    for (Leases.Grant grant : leases.grants()) {
      @Nullable ActorRef<Worker.DeviceGranted> post = posts.remove(grant.holder());
      if (post != null) {
        post.tell(new Worker.DeviceGranted(grant.device()));
      }
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
