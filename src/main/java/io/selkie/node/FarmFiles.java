package io.selkie.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.sealing.SealFiles;
import io.selkie.sector.KeptFiles;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.storage.SealRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The files of all hosts, for actors of sectors: whatever is asked goes to the host that has them.
 */
final class FarmFiles implements SealFiles, KeptFiles {
  private static final Duration FIND = Duration.ofSeconds(5);
  private static final Duration SMALL = Duration.ofSeconds(30);

  /** Whole files are read. */
  private static final Duration READ = Duration.ofHours(6);

  private final HostId host;
  private final SealFiles seals;
  private final KeptFiles kept;
  private final ActorSystem<?> system;

  FarmFiles(HostId host, SealFiles seals, KeptFiles kept, ActorSystem<?> system) {
    this.host = host;
    this.seals = seals;
    this.kept = kept;
    this.system = system;
  }

  @Override
  public CompletionStage<Void> write(Optional<HostId> owner, SealRecord record) {
    return isHere(owner)
        ? seals.write(owner, record)
        : ask(owner.orElseThrow(), SMALL, replyTo -> new HostFiles.Write(record, replyTo))
            .thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Void> delete(Optional<HostId> owner, List<Path> uploads) {
    return isHere(owner)
        ? seals.delete(owner, uploads)
        : ask(owner.orElseThrow(), SMALL, replyTo -> new HostFiles.Delete(uploads, replyTo))
            .thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Boolean> areIntact(SectorId sector, SectorFacts.Answered answered) {
    return ClusterSharding.get(system)
        .entityRefFor(Sector.KEY, sector.toString())
        .<SectorState>ask(Sector.Get::new, SMALL)
        .thenCompose(
            state -> {
              Optional<HostId> owner = state.filesOn();
              return isHere(owner)
                  ? kept.areIntact(sector, answered)
                  : ask(
                      owner.orElseThrow(),
                      READ,
                      replyTo -> new HostFiles.Check(sector, answered, replyTo));
            });
  }

  private boolean isHere(Optional<HostId> owner) {
    return owner.map(host::equals).orElse(true);
  }

  private CompletionStage<Boolean> ask(
      HostId owner,
      Duration patience,
      Function<ActorRef<HostFiles.Answer>, HostFiles.Command> order) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(HostFiles.key(owner), replyTo),
            FIND,
            system.scheduler())
        .thenCompose(
            listing ->
                AskPattern.<HostFiles.Command, HostFiles.Answer>ask(
                    one(owner, listing), order::apply, patience, system.scheduler()))
        .thenApply(
            answer -> {
              if (answer.problem().isPresent()) {
                throw new CompletionException(
                    new IOException("host " + owner + ": " + answer.problem().get()));
              }
              return answer.yes();
            });
  }

  private static ActorRef<HostFiles.Command> one(HostId owner, Receptionist.Listing listing) {
    return listing.getServiceInstances(HostFiles.key(owner)).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new CompletionException(
                    new IOException("host " + owner + " has the files, and is away")));
  }
}
