package io.selkie.lotus;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.selkie.scheduler.HostId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A host's own part of the link: keeps its paths in the miner's index, and tells the link of them.
 * Every host does this, wherever the link is; files go from host to miner directly.
 */
final class HostLink {
  private final ActorContext<Command> context;
  private final Parts parts;
  private final ActorRef<MinerLink.RegisteredAt> registered;
  private boolean busy;
  private long looks;
  private Optional<PathIndex.Round> last = Optional.empty();
  private String said = "";

  /**
   * What it works with.
   *
   * @param url at which the miner reaches this host, if it has the link
   * @param period of looking whether the miner began anew
   * @param rounds so many of them, and all paths report: one that is silent for 50 s gets no
   *     sectors
   */
  record Parts(
      HostId host,
      PathIndex index,
      LinkBoard board,
      String url,
      ActorRef<MinerLink.Command> link,
      Duration period,
      int rounds) {}

  /** What it is told. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Look after the index now. */
  record Look() implements Command {}

  /** Where the farm is registered. */
  private record LinkIsAt(String url) implements Command {}

  private record Looked(Optional<PathIndex.Round> round, Optional<Throwable> trouble)
      implements Command {}

  private HostLink(ActorContext<Command> context, Parts parts) {
    this.context = context;
    this.parts = parts;
    this.registered =
        context.messageAdapter(MinerLink.RegisteredAt.class, at -> new LinkIsAt(at.url()));
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
        .onMessage(LinkIsAt.class, this::onLinkIsAt)
        .build();
  }

  private Behavior<Command> onLinkIsAt(LinkIsAt at) {
    parts.board().handOver(!at.url().equals(parts.url()));
    return Behaviors.same();
  }

  private Behavior<Command> onLook() {
    if (!busy) {
      busy = true;
      boolean isTime = looks++ % parts.rounds() == 0;
      CompletionStage<Optional<PathIndex.Round>> look =
          isTime ? parts.index().round().thenApply(Optional::of) : parts.index().isKnown();
      context.pipeToSelf(
          look.thenApply(round -> new Looked(round, Optional.empty())),
          (looked, trouble) ->
              looked == null ? new Looked(Optional.empty(), Optional.ofNullable(trouble)) : looked);
    }
    return Behaviors.same();
  }

  private Behavior<Command> onLooked(Looked looked) {
    busy = false;
    last = looked.round().or(() -> last);
    if (looked.trouble().isEmpty()) {
      // Each time: the link may be at another host by now, which knows of none.
      last.ifPresent(
          round ->
              parts
                  .link()
                  .tell(
                      new MinerLink.HostPaths(
                          parts.host(),
                          round.minerSession(),
                          round.paths(),
                          Optional.of(registered))));
    }
    if (looked.trouble().filter(Greeting::isAway).isPresent()) {
      said = ""; // said elsewhere
      return Behaviors.same();
    }
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
