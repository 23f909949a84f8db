package io.selkie.node;

import akka.actor.typed.ActorSystem;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import io.selkie.api.ApiServer;
import io.selkie.api.ApiServices;
import io.selkie.api.ReadModel;
import io.selkie.auth.AuditLog;
import io.selkie.journal.JournalIndex;
import io.selkie.sealing.Sealing;
import io.selkie.storage.CopyCheck;
import io.selkie.storage.OrphanFinder;
import io.selkie.storage.ServedPaths;
import io.selkie.transfer.TransferSettings;
import io.selkie.view.SectorView;
import io.selkie.worker.FetchedInputs;
import io.selkie.worker.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The management interface of a node with all that answers behind it.
 *
 * @param sealed woken when there is a path more for them to go to
 */
record NodeApi(
    NodeSettings settings,
    NodeParts parts,
    ActorSystem<?> system,
    NodeGuardian.Actors actors,
    Sealing sealing,
    SealedSectors sealed,
    AuditLog audit) {
  /**
   * Opens it, and whatever it needs besides.
   *
   * @param open where that is kept
   * @return fails with {@link IOException}, of one line, if the port cannot be had
   * @throws IOException if something that it needs cannot be opened; one line
   */
  CompletionStage<ApiServer> start(OpenParts open, NodeEnd end) throws IOException {
    Path state = settings.state().path();
    NodeOperations operations =
        new NodeOperations(
            system,
            actors,
            sealing,
            parts,
            settings.storage().local(),
            JacksonObjectMapperProvider.get(system).getOrCreate("jackson-json", Optional.empty()));
    ServedPaths served = ServedPaths.open(state.resolve("served.json"));
    TransferAddress transfers = new TransferAddress(settings, parts, system, served, open, end);
    JournalStandings journal = journal(operations);
    OrphanCollector orphans = orphans(journal);
    transfers.openIfUsed();
    open.keep(
        "look for orphans", Janitor.start(orphans, settings.storage(), settings.state().jobs()));
    return ApiServer.start(
        system,
        settings.api(),
        new ApiServices(
            operations,
            new NodeStorage(
                new NodeStorage.Parts(
                    parts.paths(),
                    journal,
                    orphans,
                    sealed::wake,
                    served,
                    transfers::open,
                    parts.blocking())),
            ReadModel.of(view(), actors.feed()),
            parts.tokens(),
            audit,
            settings.spool(parts.host()),
            Clock.systemUTC()));
  }

  private JournalStandings journal(NodeOperations operations) {
    return new JournalStandings(
        new JournalIndex(parts.database().dataSource()),
        view(),
        sealing,
        operations,
        parts.places());
  }

  private OrphanCollector orphans(JournalStandings journal) throws IOException {
    return new OrphanCollector(
        new OrphanCollector.Parts(
            parts.paths(),
            new OrphanFinder(
                parts.paths(), settings.storage().shared(), journal, Clock.systemUTC()),
            journal,
            SpareUploads.in(settings.spool(parts.host()), sealing, view()),
            Jobs.of(parts.jobs()),
            settings.state().jobs(),
            new FetchedInputs(settings.state().fetched()),
            () -> stores(settings.transfer()),
            new CopyCheck(parts.paths(), parts.digest()::of),
            audit));
  }

  private SectorView view() {
    return new SectorView(parts.database().dataSource());
  }

  /** Directories that sectors are sent to, by this node or by its peers. */
  private static List<Path> stores(TransferSettings settings) {
    return Stream.concat(
            settings.serve().stream(),
            settings.targets().stream()
                .filter(TransferSettings.Directory.class::isInstance)
                .map(target -> ((TransferSettings.Directory) target).path()))
        .filter(Files::isDirectory)
        .distinct()
        .toList();
  }
}
