package io.selkie.lotus;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.serialization.NodeMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The farm's one link to its miner: registers the farm as a worker, and again whenever the miner
 * began anew, the address is another, or the farm is much larger or smaller than it was. Calls that
 * are under way go on in any case: the miner takes a result by its call, whoever sends it.
 */
final class MinerLink
    extends EventSourcedBehavior<MinerLink.Command, LinkEvent, MinerLink.Identity> {
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

  /** Periods in which each host has told a new miner of its paths, unless it is in trouble. */
  private static final int PATIENCE = 3;

  private final Parts parts;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Map<HostId, HostPaths> paths = new HashMap<>();

  private final Registration registration;

  /** What the miner was told of when it was registered with last. */
  private FarmCapacity toldOf = FarmCapacity.NONE;

  /** Whether a round is under way. */
  private boolean busy;

  /** The miner's process that was met last. */
  private Optional<Newcomer> newcomer = Optional.empty();

  private record Newcomer(UUID session, Instant since) {}

  /**
   * What the link works with.
   *
   * @param url at which the miner reaches this host's worker API
   * @param greeting looks whether the miner is one that this program can work for
   * @param refused called with one line if it is not
   * @param period of looking after the miner
   */
  record Parts(
      Greeting greeting,
      LinkBoard board,
      String url,
      ActorRef<SchedulerCommand> scheduler,
      Duration period,
      InstantSource clock,
      Consumer<String> refused) {}

  private MinerLink(Parts parts, ActorContext<Command> context, TimerScheduler<Command> timers) {
    super(
        PersistenceId.ofUniqueId("MinerLink"),
        SupervisorStrategy.restartWithBackoff(FIRST_BACKOFF, LONGEST_BACKOFF, 0.2));
    this.parts = parts;
    this.context = context;
    this.timers = timers;
    this.registration =
        new Registration(
            new Registration.Parts(
                "this farm for its worker", parts.url(), parts.board()::hold, parts.refused()));
  }

  static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new MinerLink(parts, context, timers)));
  }

  /** What the link is told. */
  interface Command extends NodeMessage {}

  /**
   * The paths of a host are in the miner's index.
   *
   * @param minerSession that of the miner's process, which holds the index in memory
   */
  record HostPaths(HostId host, UUID minerSession, List<StoragePathInfo> paths) implements Command {
    /** The list is copied. */
    HostPaths {
      paths = List.copyOf(paths);
    }
  }

  private interface Internal extends Command, NoSerializationVerificationNeeded {}

  private record Look() implements Internal {}

  private record Hosts(SchedulerCommand.Hosts hosts) implements Internal {}

  /** Whether the miner is the process that was registered with. */
  private record Lives(Optional<UUID> session, Optional<Throwable> trouble) implements Internal {}

  /** What a look at the miner gave. */
  private record Seen(Optional<Greeting.Met> met, Optional<Throwable> trouble)
      implements Internal {}

  private record Registered(
      Optional<Registration.Told> told, FarmCapacity capacity, Optional<Throwable> trouble)
      implements Internal {}

  /**
   * Who the farm is to its miner.
   *
   * @param session empty before the first
   */
  record Identity(Optional<UUID> session, String url) {}

  @Override
  public Identity emptyState() {
    return new Identity(Optional.empty(), "");
  }

  @Override
  public EventHandler<Identity, LinkEvent> eventHandler() {
    return (identity, event) -> {
      LinkEvent.SessionBegan began = (LinkEvent.SessionBegan) event;
      return new Identity(Optional.of(began.session()), began.url());
    };
  }

  @Override
  public CommandHandler<Command, LinkEvent, Identity> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Look.class, look -> onLook())
        .onCommand(HostPaths.class, this::onPaths)
        .onCommand(Hosts.class, this::onHosts)
        .onCommand(Lives.class, this::onLives)
        .onCommand(Seen.class, this::onSeen)
        .onCommand(Registered.class, this::onRegistered)
        .build();
  }

  @Override
  public SignalHandler<Identity> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::recovered)
        .onSignal(PostStop.instance(), identity -> parts.board().release())
        .build();
  }

  private void recovered(Identity identity) {
    busy = false;
    registration.forget();
    timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, parts.period());
  }

  private Effect<LinkEvent, Identity> onPaths(Identity identity, HostPaths now) {
    paths.put(now.host(), now);
    List<StoragePathInfo> all = new ArrayList<>();
    paths.values().forEach(host -> all.addAll(host.paths()));
    all.sort(Comparator.comparing(StoragePathInfo::id));
    parts.board().putPaths(all);
    if (!registration.isWith(now.minerSession())) {
      look();
    }
    return Effect().none();
  }

  private Effect<LinkEvent, Identity> onLook() {
    look();
    return Effect().none();
  }

  private void look() {
    context.ask(
        SchedulerCommand.Hosts.class,
        parts.scheduler(),
        parts.period(),
        SchedulerCommand.ListHosts::new,
        (hosts, trouble) ->
            new Hosts(hosts == null ? new SchedulerCommand.Hosts(List.of()) : hosts));
  }

  private Effect<LinkEvent, Identity> onHosts(Identity identity, Hosts answer) {
    if (!answer.hosts().hosts().isEmpty()) {
      parts.board().put(FarmCapacity.of(answer.hosts().hosts()));
      paths
          .keySet()
          .removeIf(
              host ->
                  answer.hosts().hosts().stream()
                      .anyMatch(known -> known.host().equals(host) && known.loss().isPresent()));
    }
    if (isReady() && identity.url().equals(parts.url())) {
      // A miner that knows it asks at any moment, and gives it nothing while it has no paths.
      identity.session().ifPresent(parts.board()::hold);
    }
    // One that refuses us takes no paths either, and is to be met all the same.
    if (!busy && (isReady() || newcomer.isEmpty())) {
      busy = true;
      if (registration.isTold() && !isToBeTold(parts.board().capacity())) {
        context.pipeToSelf(
            parts.greeting().session(),
            (session, trouble) ->
                new Lives(Optional.ofNullable(session), Optional.ofNullable(trouble)));
      } else {
        meet();
      }
    }
    return Effect().none();
  }

  /** It looks up a worker's paths in its index, and what a worker offers when it registers. */
  private boolean isReady() {
    return !paths.isEmpty() && !parts.board().capacity().tasks().isEmpty();
  }

  private Effect<LinkEvent, Identity> onLives(Identity identity, Lives lives) {
    if (lives.session().isPresent() && !registration.isWith(lives.session().get())) {
      meet();
      return Effect().none();
    }
    busy = false;
    return lives.trouble().isPresent() ? trouble(lives.trouble()) : Effect().none();
  }

  /**
   * A miner reads the numbers when a worker comes. It asks for the types of tasks in each of its
   * rounds, but makes no round while nothing happens to it: a sector that it has found no room for
   * would wait for the next event, and on a farm that was full there may be none.
   */
  private boolean isToBeTold(FarmCapacity now) {
    return now.differsMuchFrom(toldOf) || parts.board().hasRoomAgain();
  }

  private void meet() {
    context.pipeToSelf(
        parts.greeting().meet(),
        (met, trouble) -> new Seen(Optional.ofNullable(met), Optional.ofNullable(trouble)));
  }

  private Effect<LinkEvent, Identity> onSeen(Identity identity, Seen seen) {
    if (seen.met().isEmpty()) {
      busy = false;
      return trouble(seen.trouble());
    }
    Greeting.Met met = seen.met().get();
    parts.board().putSectorSize(met.sectorSize());
    FarmCapacity capacity = parts.board().capacity();
    boolean isLarger = registration.isTold() && isToBeTold(capacity);
    if (newcomer.filter(other -> other.session().equals(met.session())).isEmpty()) {
      newcomer = Optional.of(new Newcomer(met.session(), now()));
    }
    if ((registration.isWith(met.session()) && !isLarger)
        || !isReady()
        || !knowsPaths(newcomer.get())) {
      busy = false;
      return Effect().none();
    }
    boolean isSame =
        identity.session().isPresent() && identity.url().equals(parts.url()) && !isLarger;
    if (isSame) {
      register(met, identity.session().orElseThrow(), capacity);
      return Effect().none();
    }
    UUID fresh = UUID.randomUUID();
    return Effect()
        .persist(new LinkEvent.SessionBegan(now(), fresh, parts.url()))
        .thenRun(after -> register(met, fresh, capacity));
  }

  /**
   * Whether the paths of all hosts are in the index of this miner's process, or had time to come
   * there. It looks for a worker's paths when the worker comes, and if it finds none for what waits
   * in its queue, not again before something else happens to it.
   */
  private boolean knowsPaths(Newcomer miner) {
    return paths.values().stream().allMatch(host -> host.minerSession().equals(miner.session()))
        || now().isAfter(miner.since().plus(parts.period().multipliedBy(PATIENCE)));
  }

  private void register(Greeting.Met met, UUID session, FarmCapacity capacity) {
    parts.board().forgetLackOfRoom();
    context.pipeToSelf(
        registration.connect(met, session),
        (told, trouble) ->
            new Registered(Optional.ofNullable(told), capacity, Optional.ofNullable(trouble)));
  }

  private Effect<LinkEvent, Identity> onRegistered(Identity identity, Registered answer) {
    busy = false;
    if (answer.told().isEmpty()) {
      registration.forget(); // it may know us by another session, or not at all
      return trouble(answer.trouble());
    }
    registration.taken(answer.told().get());
    toldOf = answer.capacity();
    return Effect().none();
  }

  private Effect<LinkEvent, Identity> trouble(Optional<Throwable> trouble) {
    registration.trouble(trouble);
    return Effect().none();
  }

  private Instant now() {
    return parts.clock().instant();
  }
}
