package io.selkie.lotus.calls;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.sector.SectorTasks;
import io.selkie.serialization.NodeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call of a miner that is answered later. It is durable before the miner hears its id, is done by
 * its sector, and its result is kept until the miner has taken it; a crash of any side in between
 * costs time and nothing else. Every step may be done again.
 */
public final class LotusCall extends EventSourcedBehavior<LotusCall.Command, CallEvent, CallState> {
  /** How sharding knows calls; the entity id is the text of the call's UUID. */
  public static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "LotusCall");

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

  private final UUID call;
  private final Surroundings surroundings;
  private final CallWork work;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private @Nullable ActorRef<Taken> caller;
  private String said = "";

  private LotusCall(
      UUID call,
      Surroundings surroundings,
      ActorRef<ClusterSharding.ShardCommand> shard,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(
        PersistenceId.of(KEY.name(), call.toString()),
        SupervisorStrategy.restartWithBackoff(FIRST_BACKOFF, LONGEST_BACKOFF, 0.2));
    this.call = call;
    this.surroundings = surroundings;
    this.work = new CallWork(call, surroundings.tasks(), surroundings.effects());
    this.context = context;
    this.timers = timers;
    this.shard = shard;
  }

  /**
   * What calls work with.
   *
   * @param wake has sharding start a call, if it does not run
   * @param repeat how long it takes until something that could not be done is tried again: Lotus's
   *     workers report every 5 s
   */
  public record Surroundings(
      SectorTasks tasks,
      CallEffects effects,
      Consumer<UUID> wake,
      Duration repeat,
      InstantSource clock) {}

  /** The behavior of one call. */
  public static Behavior<Command> create(
      UUID call, Surroundings surroundings, ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new LotusCall(call, surroundings, shard, context, timers)));
  }

  /** What a call is told. */
  public interface Command extends NodeMessage {}

  /** Be made. Answered when it is durable; said again it is the same call. */
  public record Take(SectorId sector, CallOrder order, ActorRef<Taken> replyTo)
      implements Command {}

  /** The bytes of its piece are on disk. */
  public record PieceIsStored(Path file) implements Command {}

  /** The bytes of its piece did not come whole. */
  public record PieceIsLost(String why) implements Command {}

  /** Tell how far it is. */
  public record Get(ActorRef<CallState> replyTo) implements Command {}

  /** Be there: what is to be done, a call does by itself. */
  public record Wake() implements Command {}

  /** Leave memory: the answer of the shard to a wish to passivate. */
  public record Leave() implements Command {}

  private interface Internal extends Command, NoSerializationVerificationNeeded {}

  /** The step of the state that was persisted as number {@code version} ended. */
  private record StepEnded(long version, CallWork.Step step) implements Internal {}

  private record Again(long version) implements Internal {}

  private record Idle() implements Internal {}

  /** It is durable. */
  public record Taken() implements NodeMessage {}

  @Override
  public CallState emptyState() {
    return new CallState.Unknown();
  }

  @Override
  public EventHandler<CallState, CallEvent> eventHandler() {
    return CallState::next;
  }

  @Override
  public CommandHandler<Command, CallEvent, CallState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Take.class, this::onTake)
        .onCommand(PieceIsStored.class, this::onPiece)
        .onCommand(PieceIsLost.class, this::onPieceLost)
        .onCommand(Get.class, this::onGet)
        .onCommand(StepEnded.class, this::onStepEnded)
        .onCommand(Again.class, this::onAgain)
        .onCommand(Wake.class, wake -> Effect().none())
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Leave.class, this::onLeave)
        .build();
  }

  @Override
  public SignalHandler<CallState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::recovered)
        .build();
  }

  private void recovered(CallState state) {
    caller = null; // after a persist that failed: it was not taken
    if (!(state instanceof CallState.Unknown)) {
      work.inherit();
    }
    run(state);
  }

  private Effect<CallEvent, CallState> onTake(CallState state, Take take) {
    if (!(state instanceof CallState.Unknown)) {
      return Effect().none().thenRun(() -> take.replyTo().tell(new Taken()));
    }
    caller = take.replyTo();
    return persist(state, new CallEvent.CallTaken(now(), take.sector(), take.order()));
  }

  private Effect<CallEvent, CallState> onPiece(CallState state, PieceIsStored stored) {
    return state instanceof CallState.Open open && open.piece().isEmpty()
        ? persist(state, new CallEvent.PieceStored(now(), stored.file()))
        : Effect().none();
  }

  private Effect<CallEvent, CallState> onPieceLost(CallState state, PieceIsLost lost) {
    return state instanceof CallState.Open open && open.piece().isEmpty()
        ? persist(state, new CallEvent.CallEnded(now(), CallWork.lost(lost.why())))
        : Effect().none();
  }

  private Effect<CallEvent, CallState> onGet(CallState state, Get get) {
    return Effect().none().thenRun(() -> get.replyTo().tell(state));
  }

  private Effect<CallEvent, CallState> onStepEnded(CallState state, StepEnded ended) {
    if (ended.version() != lastSequenceNumber(context)) {
      return Effect().none(); // of a state that is over
    }
    if (ended.step() instanceof CallWork.NotYet notYet) {
      if (!notYet.why().isEmpty() && !notYet.why().equals(said)) {
        context.getLog().info("call {} of the miner: {}", call, notYet.why());
      }
      said = notYet.why();
      timers.startSingleTimer(new Again(ended.version()), surroundings.repeat());
      return Effect().none();
    }
    if (ended.step() instanceof CallWork.Outcome outcome) {
      return persist(state, new CallEvent.CallEnded(now(), outcome.outcome()));
    }
    return persist(state, new CallEvent.CallReported(now()));
  }

  private Effect<CallEvent, CallState> onAgain(CallState state, Again again) {
    if (again.version() == lastSequenceNumber(context)) {
      run(state);
    }
    return Effect().none();
  }

  /** The one place where anything is persisted, with the points at which a test may kill it. */
  private Effect<CallEvent, CallState> persist(CallState state, CallEvent event) {
    CallState next = CallState.next(state, event);
    SectorId sector = next.ofSector().orElseThrow();
    String name = edge(state, event);
    FailPoints.hit(name + ".before-persist", sector);
    return Effect()
        .persist(event)
        .thenRun(
            (CallState after) -> {
              FailPoints.hit(name + ".after-persist", sector);
              run(after);
              FailPoints.hit(name + ".after-effect", sector);
              if (caller != null) {
                caller.tell(new Taken());
                caller = null;
              }
            });
  }

  /** What fail points call a change: what was called and the event, {@code Fetch.CallTaken}. */
  private static String edge(CallState state, CallEvent event) {
    Optional<CallOrder> order =
        event instanceof CallEvent.CallTaken taken ? Optional.of(taken.order()) : state.wanted();
    return order.orElseThrow().name() + "." + event.getClass().getSimpleName();
  }

  private void run(CallState state) {
    long version = lastSequenceNumber(context);
    if (state instanceof CallState.Open open) {
      context.pipeToSelf(
          work.step(open), (step, trouble) -> new StepEnded(version, CallWork.of(step, trouble)));
    } else if (state instanceof CallState.Ended ended) {
      context.pipeToSelf(
          work.report(ended),
          (step, trouble) -> new StepEnded(version, CallWork.of(step, trouble)));
    } else {
      // Reported, or only asked about, or about to be made.
      timers.startSingleTimer(new Idle(), surroundings.repeat());
    }
  }

  private Effect<CallEvent, CallState> onIdle(CallState state, Idle idle) {
    if (isAtRest(state)) {
      shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    }
    return Effect().none();
  }

  /** It may have been made between the wish to leave and its answer. */
  private Effect<CallEvent, CallState> onLeave(CallState state, Leave leave) {
    if (!isAtRest(state)) {
      surroundings.wake().accept(call);
    }
    return Effect().stop();
  }

  private static boolean isAtRest(CallState state) {
    return state instanceof CallState.Unknown || state instanceof CallState.Reported;
  }

  private Instant now() {
    return surroundings.clock().instant();
  }
}
