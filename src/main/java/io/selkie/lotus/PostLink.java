package io.selkie.lotus;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.selkie.stages.Stages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Registers this host with the miner for one kind of proofs of spacetime, and again whenever the
 * miner began anew. A host that lacks the parameters does not register: a miner which knows such a
 * worker makes no such proofs itself.
 */
final class PostLink {
  /** Between two looks at parameters that are missing. */
  private static final Duration PARAMETERS_AGAIN = Duration.ofMinutes(1);

  private final ActorContext<Command> context;
  private final Parts parts;
  private final Registration registration;
  private boolean busy;
  private boolean hasParameters;
  private Instant quietUntil = Instant.MIN;
  private String said = "";

  /**
   * What it works with.
   *
   * @param url at which the miner reaches the worker's API
   * @param period of looking whether the miner began anew
   */
  record Parts(
      PostKind kind,
      PostWorker worker,
      Greeting greeting,
      String url,
      PostHost.Parameters parameters,
      Executor blocking,
      Duration period,
      InstantSource clock) {}

  /** What it is told. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Look after the registration now. */
  record Look() implements Command {}

  private record Lives(Optional<UUID> session) implements Command {}

  private record Seen(Optional<Greeting.Met> met, Optional<Throwable> trouble) implements Command {}

  private record Checked(Greeting.Met met, Optional<Throwable> trouble) implements Command {}

  private record Registered(Optional<Registration.Told> told, Optional<Throwable> trouble)
      implements Command {}

  private PostLink(ActorContext<Command> context, Parts parts) {
    this.context = context;
    this.parts = parts;
    this.registration =
        new Registration(
            new Registration.Parts(
                "this host for " + parts.kind(),
                parts.url(),
                worker -> {}, // it answers as that one anyway
                line -> context.getLog().debug("{}: {}", parts.kind(), line)));
  }

  static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  begin(timers, parts.period());
                  return new PostLink(context, parts).behavior();
                }));
  }

  private static void begin(TimerScheduler<Command> timers, Duration period) {
    timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, period);
  }

  private Behavior<Command> behavior() {
    return Behaviors.receive(Command.class)
        .onMessage(Look.class, look -> onLook())
        .onMessage(Lives.class, this::onLives)
        .onMessage(Seen.class, this::onSeen)
        .onMessage(Checked.class, this::onChecked)
        .onMessage(Registered.class, this::onRegistered)
        .build();
  }

  private Behavior<Command> onLook() {
    if (busy || parts.clock().instant().isBefore(quietUntil)) {
      return Behaviors.same();
    }
    busy = true;
    if (registration.isTold()) {
      context.pipeToSelf(
          parts.greeting().session(),
          (session, trouble) -> new Lives(Optional.ofNullable(session)));
    } else {
      meet();
    }
    return Behaviors.same();
  }

  /** A miner that is away is spoken of by the link of the farm. */
  private Behavior<Command> onLives(Lives lives) {
    if (lives.session().isPresent() && !registration.isWith(lives.session().get())) {
      meet();
    } else {
      busy = false;
    }
    return Behaviors.same();
  }

  private void meet() {
    context.pipeToSelf(
        parts.greeting().meet(),
        (met, trouble) -> new Seen(Optional.ofNullable(met), Optional.ofNullable(trouble)));
  }

  private Behavior<Command> onSeen(Seen seen) {
    if (seen.met().isEmpty()) {
      busy = false;
      registration.trouble(seen.trouble());
      return Behaviors.same();
    }
    Greeting.Met met = seen.met().get();
    if (hasParameters) {
      register(met);
      return Behaviors.same();
    }
    context.pipeToSelf(
        Stages.blocking(
            parts.blocking(),
            () -> {
              parts.parameters().require(met.sectorSize(), parts.kind().parameters());
              return true;
            }),
        (fine, trouble) -> new Checked(met, Optional.ofNullable(trouble)));
    return Behaviors.same();
  }

  private Behavior<Command> onChecked(Checked checked) {
    if (checked.trouble().isEmpty()) {
      hasParameters = true;
      register(checked.met());
      return Behaviors.same();
    }
    busy = false;
    quietUntil = parts.clock().instant().plus(PARAMETERS_AGAIN);
    String line = Greeting.line(checked.trouble().get());
    if (!line.equals(said)) {
      context
          .getLog()
          .warn(
              "this host is not registered for {}: {}; it is looked for again each minute",
              parts.kind(),
              line);
    }
    said = line;
    return Behaviors.same();
  }

  private void register(Greeting.Met met) {
    parts.worker().putSectorSize(met.sectorSize());
    context.pipeToSelf(
        registration.connect(met, parts.worker().id()),
        (told, trouble) -> new Registered(Optional.ofNullable(told), Optional.ofNullable(trouble)));
  }

  private Behavior<Command> onRegistered(Registered answer) {
    busy = false;
    if (answer.told().isPresent()) {
      registration.taken(answer.told().get());
    } else {
      registration.trouble(answer.trouble());
    }
    return Behaviors.same();
  }
}
