package io.selkie.lotus;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.scheduler.HostId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host's own part of the link: keeps its paths in the miner's index, and tells the link of them.
 * Every host does this, wherever the link is; files go from host to miner directly.
 */
final class HostLink {
  private final ActorContext<Command> context;
  private final Parts parts;
  private boolean busy;
  private String said = "";

  /**
   * What it works with.
   *
   * @param period of looking after the index: a path that is silent for 50 s gets no sectors
   */
  record Parts(HostId host, PathIndex index, ActorRef<MinerLink.Command> link, Duration period) {}

  /** What it is told. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Look after the index now. */
  record Look() implements Command {}

  private record Looked(Optional<List<StoragePathInfo>> paths, Optional<Throwable> trouble)
      implements Command {}

  private HostLink(ActorContext<Command> context, Parts parts) {
    this.context = context;
    this.parts = parts;
  }

  static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  begin(timers, parts.period());
                  return new HostLink(context, parts).behavior();
                }));
  }

  private static void begin(TimerScheduler<Command> timers, Duration period) {
    timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, period);
  }

  private Behavior<Command> behavior() {
    return Behaviors.receive(Command.class)
        .onMessage(Look.class, look -> onLook())
        .onMessage(Looked.class, this::onLooked)
        .build();
  }

  private Behavior<Command> onLook() {
    if (!busy) {
      busy = true;
      context.pipeToSelf(parts.index().round(), HostLink::looked);
    }
    return Behaviors.same();
  }

  private static Looked looked(@Nullable List<StoragePathInfo> paths, @Nullable Throwable trouble) {
    return new Looked(Optional.ofNullable(paths), Optional.ofNullable(trouble));
  }

  private Behavior<Command> onLooked(Looked looked) {
    busy = false;
    looked
        .paths()
        .ifPresent(paths -> parts.link().tell(new MinerLink.HostPaths(parts.host(), paths)));
    String line =
        looked.trouble().isPresent()
            ? "the miner's index is not told of this host's paths now: "
                + Greeting.line(looked.trouble().get())
            : "this host's paths are in the miner's index";
    if (!line.equals(said)) {
      context.getLog().info(line);
    }
    said = line;
    return Behaviors.same();
  }
}
