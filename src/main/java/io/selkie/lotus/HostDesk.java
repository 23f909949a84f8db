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
import io.selkie.scheduler.HostId;
import io.selkie.serialization.NodeMessage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The desk of a host, for calls that are on any other. */
final class HostDesk {
  private HostDesk() {}

  /** What it is told. Everything may be said again. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "desk")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = IsTaking.class, name = "IsTaking"),
    @JsonSubTypes.Type(value = Compute.class, name = "Compute"),
    @JsonSubTypes.Type(value = Store.class, name = "Store"),
    @JsonSubTypes.Type(value = Report.class, name = "Report")
  })
  interface Command extends NodeMessage {}

  /** Whether the bytes of a call's piece are coming. */
  record IsTaking(UUID call, ActorRef<Answer> replyTo) implements Command {}

  /** Compute the commitment of a call's data. */
  record Compute(UUID call, CallOrder.DataCid order, Optional<Path> file, ActorRef<Worked> replyTo)
      implements Command {}

  /** Have files of a sector on a path that stores. */
  record Store(UUID call, SectorId sector, CallOrder.Fetch order, ActorRef<Worked> replyTo)
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

  /**
   * The answer.
   *
   * @param yes whether they are coming; of a report, that the miner has it
   * @param problem why not; one line
   */
  record Answer(boolean yes, Optional<String> problem) implements NodeMessage {}

  private record Ended(ActorRef<Answer> to, Answer answer)
      implements Command, NoSerializationVerificationNeeded {}

  private static Worked worked(@Nullable CallOutcome outcome, @Nullable Throwable trouble) {
    return new Worked(
        Optional.ofNullable(outcome), Optional.ofNullable(trouble).map(Greeting::line));
  }

  /** Under which the host is found. */
  static ServiceKey<Command> key(HostId host) {
    return ServiceKey.create(Command.class, "lotus-" + host);
  }

  static Behavior<Command> create(HostId host, CallDesk desk) {
    return Behaviors.setup(
        context -> {
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.register(key(host), context.getSelf()));
          return Behaviors.receive(Command.class)
              .onMessage(
                  IsTaking.class,
                  ask -> {
                    ask.replyTo().tell(new Answer(desk.isTaking(ask.call()), Optional.empty()));
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
                        (done, trouble) ->
                            new Ended(
                                report.replyTo(),
                                new Answer(
                                    trouble == null,
                                    Optional.ofNullable(trouble).map(Throwable::getMessage))));
                    return Behaviors.same();
                  })
              .onMessage(
                  Ended.class,
                  ended -> {
                    ended.to().tell(ended.answer());
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
