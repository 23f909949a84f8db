package io.selkie.scheduler;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The hosts of the farm and what the operator wants of each, in the journal: no fail-over of the
 * scheduler forgets them. It is a child of the scheduler, so there is one.
 */
final class HostRegister
    extends EventSourcedBehavior<HostRegister.Command, HostEvent, HostRegister.Orders> {
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

  private final ActorRef<? super Orders> scheduler;
  private final Clock clock;

  private HostRegister(ActorRef<? super Orders> scheduler, Clock clock) {
    super(
        PersistenceId.ofUniqueId("Hosts"),
        SupervisorStrategy.restartWithBackoff(FIRST_BACKOFF, LONGEST_BACKOFF, 0.2));
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /** The register, which tells the scheduler its orders when it has read them, and each change. */
  static Behavior<Command> create(ActorRef<? super Orders> scheduler, Clock clock) {
    return new HostRegister(scheduler, clock);
  }

  /** What the register is told; all of it stays in the process. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** A host announced itself. */
  record Join(HostId host) implements Command {}

  /** An order; answered when it is durable. */
  record Order(HostId host, HostMode mode, String by, ActorRef<SchedulerCommand.Ordered> replyTo)
      implements Command {}

  /** The host is not to be listed any more; answered when that is durable. */
  record Forget(HostId host, String by, ActorRef<SchedulerCommand.Ordered> replyTo)
      implements Command {}

  /** The node of the host is about to end in order; answered when that is durable. */
  record Stop(HostId host, ActorRef<SchedulerCommand.Ordered> replyTo) implements Command {}

  /**
   * Every known host with its mode.
   *
   * @param stopped when nodes said last that they were about to end
   */
  record Orders(Map<HostId, HostMode> modes, Map<HostId, Instant> stopped)
      implements SchedulerCommand.Internal, NoSerializationVerificationNeeded {
    /** The maps are copied. */
    Orders {
      modes = Map.copyOf(modes);
      stopped = Map.copyOf(stopped);
    }

    /** No node has ended. */
    Orders(Map<HostId, HostMode> modes) {
      this(modes, Map.of());
    }

    private Orders with(HostId host, HostMode mode) {
      Map<HostId, HostMode> more = new TreeMap<>(modes);
      more.put(host, mode);
      return new Orders(more, stopped);
    }

    private Orders withStopped(HostId host, Instant at) {
      Map<HostId, Instant> more = new TreeMap<>(stopped);
      more.put(host, at);
      return new Orders(modes, more);
    }

    private Orders without(HostId host) {
      Map<HostId, HostMode> less = new TreeMap<>(modes);
      less.remove(host);
      Map<HostId, Instant> rest = new TreeMap<>(stopped);
      rest.remove(host);
      return new Orders(less, rest);
    }
  }

  @Override
  public Orders emptyState() {
    return new Orders(Map.of());
  }

  @Override
  public EventHandler<Orders, HostEvent> eventHandler() {
    return (orders, event) -> {
      if (event instanceof HostEvent.HostOrdered ordered) {
        return orders.with(ordered.host(), ordered.mode());
      }
      if (event instanceof HostEvent.HostStopped stopped) {
        return orders.withStopped(stopped.host(), stopped.at());
      }
      return event instanceof HostEvent.HostJoined
          ? orders.with(event.host(), HostMode.OPEN)
          : orders.without(event.host());
    };
  }

  @Override
  public CommandHandler<Command, HostEvent, Orders> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Join.class, this::onJoin)
        .onCommand(Order.class, this::onOrder)
        .onCommand(Forget.class, this::onForget)
        .onCommand(Stop.class, this::onStop)
        .build();
  }

  @Override
  public SignalHandler<Orders> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), scheduler::tell)
        .build();
  }

  private Effect<HostEvent, Orders> onJoin(Orders orders, Join join) {
    return orders.modes().containsKey(join.host())
        ? Effect().none()
        : Effect()
            .persist(new HostEvent.HostJoined(clock.instant(), join.host()))
            .thenRun(scheduler::tell);
  }

  private Effect<HostEvent, Orders> onOrder(Orders orders, Order order) {
    return Effect()
        .persist(new HostEvent.HostOrdered(clock.instant(), order.host(), order.mode(), order.by()))
        .thenRun(
            (Orders after) -> {
              scheduler.tell(after);
              order.replyTo().tell(new SchedulerCommand.Ordered(Optional.empty()));
            });
  }

  private Effect<HostEvent, Orders> onStop(Orders orders, Stop stop) {
    return Effect()
        .persist(new HostEvent.HostStopped(clock.instant(), stop.host()))
        .thenRun(
            (Orders after) -> {
              scheduler.tell(after);
              stop.replyTo().tell(new SchedulerCommand.Ordered(Optional.empty()));
            });
  }

  private Effect<HostEvent, Orders> onForget(Orders orders, Forget forget) {
    return Effect()
        .persist(new HostEvent.HostForgotten(clock.instant(), forget.host(), forget.by()))
        .thenRun(
            (Orders after) -> {
              scheduler.tell(after);
              forget.replyTo().tell(new SchedulerCommand.Ordered(Optional.empty()));
            });
  }
}
