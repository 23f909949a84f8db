package io.selkie.lotus;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.calls.CallOutcome;
import io.selkie.lotus.calls.CallState;
import io.selkie.lotus.streams.StreamException;
import io.selkie.scheduler.HostId;
import io.selkie.serialization.NodeMessage;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The desk of a host, for calls that are on any other. */
final class HostDesk {
  private HostDesk() {}

  /** What it is told. Everything may be said again. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "desk")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = IsTaking.class, name = "IsTaking"),
    @JsonSubTypes.Type(value = Left.class, name = "Left"),
    @JsonSubTypes.Type(value = Announce.class, name = "Announce"),
    @JsonSubTypes.Type(value = Compute.class, name = "Compute"),
    @JsonSubTypes.Type(value = Store.class, name = "Store"),
    @JsonSubTypes.Type(value = Report.class, name = "Report")
  })
  interface Command extends NodeMessage {}

  /**
   * The bytes of a call's piece are to come to this host. None is read before the call asks whether
   * they are coming.
   *
   * @param type of the stream, and {@code info} which one it is
   * @param bytes unpadded
   */
  record Announce(UUID call, String type, String info, long bytes, ActorRef<Place> replyTo)
      implements Command {}

  /**
   * The answer.
   *
   * @param url where they are to be pushed to; empty if nobody pushes them
   * @param problem why they cannot come; one line
   */
  record Place(Optional<String> url, Optional<String> problem) implements NodeMessage {}

  /** Whether the bytes of a call's piece are coming. */
  record IsTaking(UUID call, ActorRef<Answer> replyTo) implements Command {}

  /** Compute the commitment of a call's data. */
  record Compute(UUID call, CallOrder.DataCid order, Optional<Path> file, ActorRef<Worked> replyTo)
      implements Command {}

  /** Have files of a sector on a path of this host. */
  record Store(UUID call, SectorId sector, CallOrder order, ActorRef<Worked> replyTo)
      implements Command {}

  /**
   * The answer to those.
   *
   * @param outcome empty: it cannot be had now
   * @param problem why not; one line
   */
  record Worked(Optional<CallOutcome> outcome, Optional<String> problem) implements NodeMessage {}

  /** Tell the miner the outcome of a call. */
  record Report(UUID call, CallState.Ended ended, ActorRef<Answer> replyTo) implements Command {}

  /** The files of a sector are on another host; answered when the miner's index says so. */
  record Left(SectorId sector, ActorRef<Answer> replyTo) implements Command {}

  /**
   * The answer.
   *
   * @param yes whether they are coming; of a report, that the miner has it
   * @param problem why not; one line
   */
  record Answer(boolean yes, Optional<String> problem) implements NodeMessage {}

  private record Ended<T>(ActorRef<T> to, T answer)
      implements Command, NoSerializationVerificationNeeded {
    void tell() {
      to.tell(answer);
    }
  }

  private static Worked worked(@Nullable CallOutcome outcome, @Nullable Throwable trouble) {
    return new Worked(
        Optional.ofNullable(outcome), Optional.ofNullable(trouble).map(Greeting::line));
  }

  /** Under which the host is found. */
  static ServiceKey<Command> key(HostId host) {
    return ServiceKey.create(Command.class, "lotus-" + host);
  }

  /** Under which all hosts are found. */
  static final ServiceKey<Command> ALL = ServiceKey.create(Command.class, "lotus-desks");

  static Behavior<Command> create(HostId host, CallDesk desk, Pieces pieces) {
    return Behaviors.setup(
        context -> {
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.register(key(host), context.getSelf()));
          context.getSystem().receptionist().tell(Receptionist.register(ALL, context.getSelf()));
          return Behaviors.receive(Command.class)
              .onMessage(
                  Left.class,
                  left -> {
                    context.pipeToSelf(
                        desk.left(left.sector()),
                        (done, trouble) -> ended(left.replyTo(), trouble));
                    return Behaviors.same();
                  })
              .onMessage(
                  IsTaking.class,
                  ask -> {
                    ask.replyTo().tell(new Answer(pieces.isTaking(ask.call()), Optional.empty()));
                    return Behaviors.same();
                  })
              .onMessage(
                  Announce.class,
                  ask -> {
                    context.pipeToSelf(
                        announced(pieces, ask),
                        (url, trouble) ->
                            new Ended<>(
                                ask.replyTo(),
                                new Place(
                                    url == null ? Optional.empty() : url.map(URI::toString),
                                    Optional.ofNullable(trouble).map(Greeting::line))));
                    return Behaviors.same();
                  })
              .onMessage(
                  Compute.class,
                  compute -> {
                    CompletionStage<?> unused =
                        desk.dataCids()
                            .of(compute.call(), compute.order(), compute.file())
                            .handle(HostDesk::worked)
                            .thenAccept(compute.replyTo()::tell);
                    return Behaviors.same();
                  })
              .onMessage(
                  Store.class,
                  store -> {
                    CompletionStage<?> unused =
                        desk.stored()
                            .store(store.call(), store.sector(), store.order())
                            .handle(HostDesk::worked)
                            .thenAccept(store.replyTo()::tell);
                    return Behaviors.same();
                  })
              .onMessage(
                  Report.class,
                  report -> {
                    context.pipeToSelf(
                        desk.report(report.call(), report.ended()),
                        (done, trouble) -> ended(report.replyTo(), trouble));
                    return Behaviors.same();
                  })
              .onMessage(
                  Ended.class,
                  ended -> {
                    ended.tell();
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static Ended<Answer> ended(ActorRef<Answer> to, @Nullable Throwable trouble) {
    return new Ended<>(
        to, new Answer(trouble == null, Optional.ofNullable(trouble).map(Throwable::getMessage)));
  }

  private static CompletionStage<Optional<URI>> announced(Pieces pieces, Announce ask) {
    try {
      return pieces.announce(ask.call(), ask.type(), ask.info(), ask.bytes());
    } catch (StreamException e) {
      return CompletableFuture.failedStage(e);
    }
  }
}
