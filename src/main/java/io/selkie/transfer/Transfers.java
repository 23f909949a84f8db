package io.selkie.transfer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import io.selkie.auth.Tickets;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorPlaces;
import io.selkie.storage.StoragePath;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The transfers of this node, for those who run tasks and for operators. No call blocks. */
public final class Transfers {
  /** Where transfers may block. */
  static final String DISPATCHER = "selkie.transfer-dispatcher";

  private final ActorRef<TransferActor.Command> actor;

  /**
   * What transfers work with.
   *
   * @param places where sectors are
   * @param attached storage paths that sealed sectors are to go to, besides the settings' targets
   * @param rules of all attached storage paths
   * @param state the state directory
   * @param host this one
   * @param tickets of this host; empty: it is in no farm
   * @param threads one is used for each transfer that runs
   */
  public record Parts(
      TransferSettings settings,
      SectorPlaces places,
      Supplier<List<StoragePath>> attached,
      Destinations rules,
      Path state,
      HostId host,
      Optional<Tickets> tickets,
      FileDigest digest,
      Executor threads) {}

  /** Starts the transfers of a node. */
  public static Transfers start(ActorContext<?> context, Parts parts) {
    TransferSettings settings = parts.settings();
    RateLimit rate = new RateLimit(settings.rate());
    KnownStores stores = new KnownStores(parts.state().resolve("stores"));
    Targets targets =
        new Targets(
            settings.targets(),
            parts.attached(),
            peer -> peer(context.getSystem(), peer, parts, rate),
            (directory, presence) ->
                new LocalDestination(
                    directory, parts.host().value(), parts.digest(), rate, stores, presence));
    TransferPlan.Directory plans =
        new TransferPlan.Directory(parts.state().resolve("transfer-plans"));
    Leftovers leftovers =
        new Leftovers(parts.state().resolve("transfer-leftovers"), plans, targets::at);
    TransferPlanner planner =
        new TransferPlanner(
            parts.places(),
            plans,
            leftovers,
            targets::all,
            new StoreRules(parts.rules(), targets::isNamed),
            parts.digest(),
            new TransferPlanner.Terms(
                settings.chunk(), settings.giveUpAfter(), InstantSource.system()));
    TransferWork work =
        new TransferWork(
            plans,
            planner,
            leftovers,
            new SourceRelease(plans, leftovers, copy -> targets.at(copy.place())),
            new SectorMove(
                parts.places(),
                new TransferPlan.Directory(parts.state().resolve("move-plans")),
                (source, sector) -> host(context.getSystem(), source, sector, parts, rate),
                parts.digest(),
                settings.chunk()));
    return new Transfers(
        context.spawn(
            TransferActor.create(
                new TransferActor.Parts(
                    work,
                    new TransferFiles(parts.state()),
                    parts.threads(),
                    settings.parallel(),
                    new BackOff(settings.firstWait(), settings.longestWait()))),
            "transfers",
            DispatcherSelector.fromConfig(DISPATCHER)));
  }

  /** A host of the farm, with tickets that are for the sector alone. */
  private static Destination host(
      ActorSystem<?> system, FileSource source, SectorId sector, Parts parts, RateLimit rate)
      throws TransferTrouble {
    TransferSettings settings = parts.settings();
    if (source.url().getScheme().equals("https") && settings.tls().isEmpty()) {
      throw TransferTrouble.passing(
          "no_tls", "host " + source.host() + " speaks TLS alone: turn selkie.transfer.tls on");
    }
    Tickets tickets =
        parts
            .tickets()
            .orElseThrow(
                () ->
                    TransferTrouble.passing(
                        "unauthorized", "this host shares no secret with " + source.host()));
    return new PeerDestination(
        new PeerConnection(
            system,
            source.url(),
            () -> tickets.create(source.host().value(), sector, Tickets.Use.BRING),
            settings.tls(),
            settings.connections(),
            settings.stallTimeout()),
        source.url(),
        Optional.empty(),
        settings.connections(),
        settings.stallTimeout(),
        parts.digest(),
        rate);
  }

  private static Destination peer(
      ActorSystem<?> system, TransferSettings.Peer peer, Parts parts, RateLimit rate) {
    TransferSettings settings = parts.settings();
    return new PeerDestination(
        new PeerConnection(
            system, peer, settings.tls(), settings.connections(), settings.stallTimeout()),
        peer,
        settings.connections(),
        settings.stallTimeout(),
        parts.digest(),
        rate);
  }

  /** Speaks to this actor. */
  Transfers(ActorRef<TransferActor.Command> actor) {
    this.actor = actor;
  }

  /** Runs an attempt at a Transfer, a Move or a Release, or joins the one that runs. */
  public CompletionStage<TransferActor.End> run(
      TaskId.Attempt attempt, TaskRequest request, Runnable onDurable) {
    CompletableFuture<TransferActor.End> end = new CompletableFuture<>();
    actor.tell(new TransferActor.Begin(attempt, request, onDurable, end));
    return end;
  }

  /** Ends an attempt; completes when nothing works on it any more. */
  public CompletionStage<Void> stop(TaskId.Attempt attempt) {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    actor.tell(new TransferActor.Stop(attempt, stopped));
    return stopped;
  }

  /**
   * Ends for good what is kept of a sector's transfer, since the sector is about to be removed;
   * what has come to any place is discarded there, a copy in place by way of the trash. Its
   * transfer does not run.
   *
   * @param copy that the journal names
   */
  public CompletionStage<Void> forget(SectorId sector, Optional<SectorCopy> copy) {
    CompletableFuture<Void> forgotten = new CompletableFuture<>();
    actor.tell(new TransferActor.Forget(sector, copy, forgotten));
    return forgotten;
  }

  /** Holds a sector's transfer, or all of them, until {@link #resume}, also over a restart. */
  public CompletionStage<Void> pause(Optional<SectorId> sector) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    actor.tell(new TransferActor.Pause(sector, done));
    return done;
  }

  /** Lets a sector's transfer, or all of them, go on at once. */
  public CompletionStage<Void> resume(Optional<SectorId> sector) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    actor.tell(new TransferActor.Resume(sector, done));
    return done;
  }

  /** What is under way. */
  public CompletionStage<TransferActor.Overview> overview() {
    CompletableFuture<TransferActor.Overview> overview = new CompletableFuture<>();
    actor.tell(new TransferActor.Look(overview));
    return overview;
  }
}
