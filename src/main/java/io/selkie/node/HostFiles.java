package io.selkie.node;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealFiles;
import io.selkie.sector.KeptFiles;
import io.selkie.sector.SectorFacts;
import io.selkie.serialization.NodeMessage;
import io.selkie.storage.SealRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks after files of this host for actors of sectors, which may run on any. It is known to the
 * farm under the identity of its host.
 */
final class HostFiles {
  private HostFiles() {}

  /** What it is told. Everything may be said again. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "files")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Write.class, name = "Write"),
    @JsonSubTypes.Type(value = Delete.class, name = "Delete"),
    @JsonSubTypes.Type(value = Check.class, name = "Check")
  })
  interface Command extends NodeMessage {}

  /** Write the record of a seal beside the sector's files. */
  record Write(SealRecord record, ActorRef<Answer> replyTo) implements Command {}

  /** Delete files that were uploaded to this host. */
  record Delete(List<Path> uploads, ActorRef<Answer> replyTo) implements Command {
    /** The list is copied. */
    Delete {
      uploads = List.copyOf(uploads);
    }
  }

  /** Look whether the files that an answer speaks of are as they were. */
  record Check(SectorId sector, SectorFacts.Answered answered, ActorRef<Answer> replyTo)
      implements Command {}

  /**
   * The end of an order.
   *
   * @param yes it is done; for {@link Check}, and the files are as they were
   * @param problem why it could not be done; one line
   */
  record Answer(boolean yes, Optional<String> problem) implements NodeMessage {}

  private record Ended(ActorRef<Answer> to, Answer answer)
      implements Command, NoSerializationVerificationNeeded {}

  /** Under which the host is found. */
  static ServiceKey<Command> key(HostId host) {
    return ServiceKey.create(Command.class, "files-" + host);
  }

  /**
   * The actor of a host.
   *
   * @param spool where uploads lie; nothing else is deleted
   */
  static Behavior<Command> create(HostId host, SealFiles seals, KeptFiles kept, Path spool) {
    return Behaviors.setup(
        context -> {
          context
              .getSystem()
              .receptionist()
              .tell(Receptionist.register(key(host), context.getSelf()));
          return Behaviors.receive(Command.class)
              .onMessage(
                  Write.class,
                  order ->
                      when(
                          context,
                          seals.write(Optional.of(host), order.record()).thenApply(none -> true),
                          order.replyTo()))
              .onMessage(
                  Delete.class,
                  order ->
                      when(
                          context,
                          delete(host, seals, order.uploads(), spool).thenApply(none -> true),
                          order.replyTo()))
              .onMessage(
                  Check.class,
                  order ->
                      when(
                          context,
                          kept.areIntact(order.sector(), order.answered()),
                          order.replyTo()))
              .onMessage(
                  Ended.class,
                  ended -> {
                    ended.to().tell(ended.answer());
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static CompletionStage<Void> delete(
      HostId host, SealFiles seals, List<Path> uploads, Path spool) {
    Optional<Path> foreign =
        uploads.stream().filter(file -> !file.normalize().startsWith(spool)).findFirst();
    return foreign.isPresent()
        ? CompletableFuture.failedStage(
            new IllegalArgumentException(foreign.get() + " is no upload of this host"))
        : seals.delete(Optional.of(host), uploads);
  }

  private static Behavior<Command> when(
      ActorContext<Command> context, CompletionStage<Boolean> work, ActorRef<Answer> to) {
    context.pipeToSelf(
        work,
        (yes, trouble) ->
            new Ended(
                to,
                trouble == null
                    ? new Answer(yes, Optional.empty())
                    : new Answer(false, Optional.of(trouble.toString()))));
    return Behaviors.same();
  }
}
