package io.selkie.sealing;

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
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.chain.Chain;
import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealingFacts.PlannedPiece;
import io.selkie.sector.SectorProjection;
import io.selkie.sector.SectorTasks;
import io.selkie.serialization.NodeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The persistent driver of a sector. Each change is persisted, then the step of the new state is
 * begun; after a crash the step of the state that it comes back to. Every step may be done again.
 */
final class SealingSector
    extends EventSourcedBehavior<SealingSector.Command, SealingEvent, SealingState> {
  /** How sharding knows drivers; the entity id is the text of the {@link SectorId}. */
  static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "Sealing");

  /**
   * Every event has these tags: the read model follows the first, drivers alone have the second.
   */
  static final Set<String> TAGS = Set.of(SectorProjection.TAG, "sealing");

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 20;

  private final SectorId sector;
  private final Surroundings surroundings;
  private final SealingEffects effects;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final List<ActorRef<Answer>> aborters = new ArrayList<>();

  /** Whoever wants the abort that is being persisted. */
  private Optional<ActorRef<Answer>> waiting = Optional.empty();

  /** Whether nothing is under way. */
  private boolean settled;

  /** Why the step does not end, for operators; attempts since it began that found trouble. */
  private Optional<String> waitsFor = Optional.empty();

  private int troubles;

  private SealingSector(
      SectorId sector,
      Surroundings surroundings,
      ActorRef<ClusterSharding.ShardCommand> shard,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(
        PersistenceId.of(KEY.name(), sector.toString()),
        SupervisorStrategy.restartWithBackoff(FIRST_BACKOFF, LONGEST_BACKOFF, 0.2));
    this.sector = sector;
    this.surroundings = surroundings;
    this.effects = new SealingEffects(surroundings);
    this.context = context;
    this.timers = timers;
    this.shard = shard;
  }

  /**
   * What drivers work with.
   *
   * @param files of sectors, on whatever host they are
   * @param transfers whether sealed sectors leave for long-term storage
   * @param anew begins a sector in the place of one that is lost
   * @param wake has sharding start the driver of a sector, if it does not run
   */
  record Surroundings(
      SectorTasks tasks,
      Chain chain,
      SealFiles files,
      SealingSettings settings,
      InstantSource clock,
      BooleanSupplier transfers,
      Anew anew,
      Consumer<SectorId> wake) {}

  /** Begins a sector of zeros. */
  @FunctionalInterface
  interface Anew {
    /**
     * Begins it.
     *
     * @param request the same gives the same sector
     */
    CompletionStage<SectorId> begin(SectorSize size, UUID request);
  }

  /** The behavior of one driver. */
  static Behavior<Command> create(
      SectorId sector, Surroundings surroundings, ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new SealingSector(sector, surroundings, shard, context, timers)));
  }

  /** What a driver is told. */
  interface Command extends NodeMessage {}

  /**
   * Seal a sector; the same request again is the same sector.
   *
   * @param host that its files were uploaded to
   */
  record Begin(
      SealProofType proofType,
      List<PlannedPiece> plan,
      Optional<UUID> request,
      Optional<HostId> host,
      ActorRef<Answer> replyTo)
      implements Command {
    /** The list is copied. */
    Begin {
      plan = List.copyOf(plan);
    }
  }

  /** Tell the state. */
  record Get(ActorRef<Status> replyTo) implements Command {}

  /** Try the failed step again. */
  record Retry(String by, ActorRef<Answer> replyTo) implements Command {}

  /** End what runs; of a sector that has failed, give it up. */
  record Abort(String by, String cause, ActorRef<Answer> replyTo) implements Command {}

  /** Remove the sector, whatever it is at. */
  record Remove(String by, ActorRef<Answer> replyTo) implements Command {}

  /** Leave memory: the answer of the shard to a wish to passivate. */
  record Leave() implements Command {}

  /** Be there: what is to be done, a driver does by itself. */
  record Wake() implements Command {}

  private interface Internal extends Command, NoSerializationVerificationNeeded {}

  /** The step of the state that was persisted as number {@code version} ended, or has trouble. */
  private record StepEnded(long version, Optional<SealingOutcome> outcome, Optional<String> trouble)
      implements Internal {}

  private record Again(long version) implements Internal {}

  private record Idle() implements Internal {}

  /**
   * The answer to {@link Get}.
   *
   * @param status empty if nothing is known of the sector
   * @param spool files that were uploaded for it, whether they are still there or not
   */
  record Status(Optional<SealingStatus> status, List<Path> spool) implements NodeMessage {
    /** The list is copied. */
    Status {
      spool = List.copyOf(spool);
    }
  }

  /** What a driver answers. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Accepted.class, name = "Accepted"),
    @JsonSubTypes.Type(value = BegunBefore.class, name = "BegunBefore"),
    @JsonSubTypes.Type(value = Refused.class, name = "Refused")
  })
  sealed interface Answer extends NodeMessage {}

  /** It is persisted; for Abort: and nothing runs any more. */
  record Accepted() implements Answer {}

  /** The request is known already, and these files were uploaded for it. */
  record BegunBefore(List<Path> spool) implements Answer {
    /** The list is copied. */
    BegunBefore {
      spool = List.copyOf(spool);
    }
  }

  /** The driver cannot do that now; nothing was changed. */
  record Refused(String reason) implements Answer {}

  @Override
  public SealingState emptyState() {
    return new SealingState.Undefined(sector);
  }

  @Override
  public Set<String> tagsFor(SealingEvent event) {
    return TAGS;
  }

  @Override
  public EventHandler<SealingState, SealingEvent> eventHandler() {
    return SealingTransitions::next;
  }

  @Override
  public CommandHandler<Command, SealingEvent, SealingState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Begin.class, this::onBegin)
        .onCommand(Get.class, this::onGet)
        .onCommand(Retry.class, this::onRetry)
        .onCommand(Abort.class, this::onAbort)
        .onCommand(Remove.class, this::onRemove)
        .onCommand(StepEnded.class, this::onStepEnded)
        .onCommand(Again.class, this::onAgain)
        .onCommand(Idle.class, idle -> onIdle())
        .onCommand(Wake.class, (state, wake) -> onWake(state))
        .onCommand(Leave.class, leave -> onLeave())
        .build();
  }

  @Override
  public SignalHandler<SealingState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::recovered)
        .build();
  }

  private Effect<SealingEvent, SealingState> onBegin(SealingState state, Begin command) {
    if (state instanceof SealingState.Undefined) {
      return persist(
          state,
          new SealingEvent.SectorBegun(
              now(),
              sector,
              command.proofType(),
              command.plan(),
              command.request(),
              command.host()),
          command.replyTo());
    }
    SealingFacts.Order order = ((SealingState.Known) state).facts().order();
    boolean same = command.request().isPresent() && command.request().equals(order.request());
    if (same && !order.isFor(command.proofType(), command.plan())) {
      return answer(
          command.replyTo(),
          new Refused("the request was made before, with other content, for " + sector));
    }
    if (same && (state instanceof SealingState.Removing || state instanceof SealingState.Removed)) {
      return answer(
          command.replyTo(),
          new Refused("the request was made before; its sector " + sector + " was removed"));
    }
    return answer(
        command.replyTo(),
        same ? new BegunBefore(order.spool()) : new Refused(sector + " is in use already"));
  }

  private Effect<SealingEvent, SealingState> onGet(SealingState state, Get command) {
    Optional<SealingStatus> status =
        state instanceof SealingState.Known known
            ? Optional.of(SealingStatus.of(known, waitsFor))
            : Optional.empty();
    List<Path> spool =
        state instanceof SealingState.Known known ? known.facts().order().spool() : List.of();
    return Effect().none().thenRun(() -> command.replyTo().tell(new Status(status, spool)));
  }

  private Effect<SealingEvent, SealingState> onRetry(SealingState state, Retry command) {
    if (state instanceof SealingState.NotTransferred) {
      return persist(
          state, new SealingEvent.TransferRetried(now(), command.by()), command.replyTo());
    }
    return state instanceof SealingState.Failed failed
        ? persist(state, SealingPlan.retried(failed, command.by(), now()), command.replyTo())
        : refuse(command.replyTo(), state, "there is nothing to try again");
  }

  private Effect<SealingEvent, SealingState> onAbort(SealingState state, Abort command) {
    if (state instanceof SealingState.Active && !(state instanceof SealingState.Removing)) {
      String by = "aborted by " + command.by() + ": " + command.cause();
      waiting = Optional.of(command.replyTo());
      return persist(
          state,
          SealingPlan.stepFailed(state, SealingPlan.abandon(SealingRows.ABORTED, by), now()),
          null);
    }
    if (SealingPlan.step(state) instanceof SealingStep.EndTask) {
      // Said twice it is still one abort: to give the sector up takes another word than that.
      if (settled) {
        return answer(command.replyTo(), new Accepted());
      }
      aborters.add(command.replyTo());
      return Effect().none();
    }
    SealingEvent givenUp = new SealingEvent.GivenUp(now(), command.by(), command.cause());
    return SealingTransitions.accepts(state, givenUp)
        ? persist(state, givenUp, command.replyTo())
        : refuse(command.replyTo(), state, "there is nothing to abort");
  }

  private Effect<SealingEvent, SealingState> onRemove(SealingState state, Remove command) {
    SealingEvent requested = new SealingEvent.RemovalRequested(now(), command.by());
    if (SealingTransitions.accepts(state, requested)) {
      return persist(state, requested, command.replyTo());
    }
    return state instanceof SealingState.Undefined
        ? refuse(command.replyTo(), state, "there is no such sector")
        : answer(command.replyTo(), new Accepted()); // it is being removed, or was
  }

  private Effect<SealingEvent, SealingState> refuse(
      ActorRef<Answer> to, SealingState state, String why) {
    SealingStateName name = SealingStateName.of(state.getClass());
    return answer(to, new Refused(sector + " is in state " + name + ": " + why));
  }

  private Effect<SealingEvent, SealingState> answer(ActorRef<Answer> to, Answer answer) {
    return Effect().none().thenRun(() -> to.tell(answer));
  }

  private Effect<SealingEvent, SealingState> onStepEnded(SealingState state, StepEnded ended) {
    if (ended.version() != lastSequenceNumber(context)) {
      return Effect().none(); // of a state that is over
    }
    if (ended.outcome().isEmpty()) {
      waitsFor = ended.trouble();
      timers.startSingleTimer(new Again(ended.version()), backOff());
      return Effect().none();
    }
    troubles = 0;
    SealingOutcome outcome =
        ended.outcome().get() instanceof SealingOutcome.HostLost lost
            ? SealingPlan.ofLostHost(state, lost)
            : ended.outcome().get();
    if (outcome instanceof SealingOutcome.NotYet notYet) {
      waitsFor = Optional.of(notYet.why()).filter(why -> !why.isEmpty());
      timers.startSingleTimer(new Again(ended.version()), surroundings.settings().chainPoll());
      return Effect().none();
    }
    if (outcome instanceof SealingOutcome.Settled) {
      settle();
      return Effect().none();
    }
    return persist(
        state,
        SealingPlan.decide(state, outcome, surroundings.settings().stepsBack(), now()),
        null);
  }

  private Duration backOff() {
    troubles = Math.min(troubles + 1, MOST_DOUBLINGS);
    Duration wait = FIRST_BACKOFF.multipliedBy(1L << (troubles - 1));
    Duration longest = surroundings.settings().longestWait();
    return wait.compareTo(longest) < 0 ? wait : longest;
  }

  private Effect<SealingEvent, SealingState> onAgain(SealingState state, Again again) {
    if (again.version() == lastSequenceNumber(context)) {
      run(state);
    }
    return Effect().none();
  }

  private Effect<SealingEvent, SealingState> onIdle() {
    shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    return Effect().none();
  }

  /** A sealed sector may have a place to go to by now. */
  private Effect<SealingEvent, SealingState> onWake(SealingState state) {
    if (settled && state instanceof SealingState.Proving) {
      run(state);
    }
    return Effect().none();
  }

  /** A command may have come between the wish to leave and its answer. */
  private Effect<SealingEvent, SealingState> onLeave() {
    if (!settled) {
      surroundings.wake().accept(sector);
    }
    return Effect().stop();
  }

  /** The one place where anything is persisted, with the points at which a test may kill it. */
  private Effect<SealingEvent, SealingState> persist(
      SealingState state, SealingEvent event, @Nullable ActorRef<Answer> replyTo) {
    SealingTransitions.next(state, event); // a bug is met before it is in the journal for ever
    String name = event.getClass().getSimpleName();
    FailPoints.hit(name + ".before-persist", sector);
    return Effect()
        .persist(event)
        .thenRun(
            (SealingState after) -> {
              FailPoints.hit(name + ".after-persist", sector);
              begin(after);
              FailPoints.hit(name + ".after-effect", sector);
              FailPoints.hit(name + ".before-acknowledgement", sector);
              if (replyTo != null) {
                replyTo.tell(new Accepted());
              }
            });
  }

  private void recovered(SealingState state) {
    waiting = Optional.empty(); // after a persist that failed: it was not done
    begin(state);
  }

  private void begin(SealingState state) {
    waitsFor = Optional.empty();
    troubles = 0;
    context.getLog().info("{} is in state {}", sector, SealingStateName.of(state.getClass()));
    waiting.ifPresent(aborters::add);
    waiting = Optional.empty();
    if (!(state instanceof SealingState.Failed)) {
      acknowledgeAborts(); // whatever came between: what they wanted to end is over
    }
    run(state);
  }

  private void run(SealingState state) {
    timers.cancel("idle");
    settled = false;
    SealingStep step = SealingPlan.step(state);
    if (step instanceof SealingStep.Rest) {
      settle();
      return;
    }
    long version = lastSequenceNumber(context);
    context.pipeToSelf(
        effects.run(sector, step), (outcome, trouble) -> ended(version, outcome, trouble));
  }

  private static StepEnded ended(
      long version, @Nullable SealingOutcome outcome, @Nullable Throwable trouble) {
    return new StepEnded(
        version,
        Optional.ofNullable(outcome),
        Optional.ofNullable(trouble).map(SealingEffects::describe));
  }

  /** Nothing is left to do until somebody asks. */
  private void settle() {
    settled = true;
    acknowledgeAborts();
    timers.startSingleTimer("idle", new Idle(), surroundings.settings().idle());
  }

  private void acknowledgeAborts() {
    aborters.forEach(aborter -> aborter.tell(new Accepted()));
    aborters.clear();
  }

  private Instant now() {
    return surroundings.clock().instant();
  }
}
