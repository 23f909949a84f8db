package io.selkie.lotus;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.calls.CallEffects;
import io.selkie.lotus.calls.CallState;
import io.selkie.scheduler.HostId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The desks of all hosts: whatever is asked goes to the host that has the files. */
record FarmDesks(HostId host, CallDesk desk, ActorSystem<?> system) implements CallEffects {
  private static final Duration FIND = Duration.ofSeconds(5);
  private static final Duration SMALL = Duration.ofSeconds(10);

  private static final Duration LEFT = Duration.ofSeconds(3);

  /** The output of a Commit1 has up to 134 MB in JSON. */
  private static final Duration REPORT = Duration.ofMinutes(10);

  @Override
  public CompletionStage<Boolean> isTakingPiece(HostId at, UUID call) {
    return at.equals(host)
        ? CompletableFuture.completedStage(desk.isTaking(call))
        : ask(at, SMALL, replyTo -> new HostDesk.IsTaking(call, replyTo))
            .thenApply(HostDesk.Answer::yes);
  }

  @Override
  public CompletionStage<Void> report(UUID call, CallState.Ended ended, Optional<HostId> at) {
    return left(ended.sector())
        .thenCompose(
            told ->
                at.map(host::equals).orElse(true)
                    ? desk.report(call, ended)
                    : ask(
                            at.orElseThrow(),
                            REPORT,
                            replyTo -> new HostDesk.Report(call, ended, replyTo))
                        .thenAccept(FarmDesks::requireDone));
  }

  /**
   * A sector may have moved, and the miner looks for it wherever its index says. A host that does
   * not answer now is not waited for: nobody could fetch the sector there.
   */
  private CompletionStage<@Nullable Void> left(SectorId sector) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(HostDesk.ALL, replyTo),
            FIND,
            system.scheduler())
        .thenCompose(
            listing ->
                CompletableFuture.allOf(
                    listing.getServiceInstances(HostDesk.ALL).stream()
                        .map(other -> left(other, sector))
                        .toArray(CompletableFuture<?>[]::new)));
  }

  private CompletableFuture<HostDesk.@Nullable Answer> left(
      ActorRef<HostDesk.Command> other, SectorId sector) {
    return AskPattern.<HostDesk.Command, HostDesk.Answer>ask(
            other, replyTo -> new HostDesk.Left(sector, replyTo), LEFT, system.scheduler())
        .exceptionally(silent -> null)
        .toCompletableFuture();
  }

  private static void requireDone(HostDesk.Answer answer) {
    if (!answer.yes()) {
      throw new CompletionException(new IOException(answer.problem().orElse("no reason given")));
    }
  }

  private CompletionStage<HostDesk.Answer> ask(
      HostId at, Duration patience, Function<ActorRef<HostDesk.Answer>, HostDesk.Command> order) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(HostDesk.key(at), replyTo),
            FIND,
            system.scheduler())
        .thenCompose(
            listing ->
                AskPattern.<HostDesk.Command, HostDesk.Answer>ask(
                    one(at, listing), order::apply, patience, system.scheduler()));
  }

  private static ActorRef<HostDesk.Command> one(HostId at, Receptionist.Listing listing) {
    return listing.getServiceInstances(HostDesk.key(at)).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new CompletionException(
                    new IOException("host " + at + " has the files, and is away")));
  }
}
