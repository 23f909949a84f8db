package io.selkie.node;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.MemberWatch;
import io.selkie.scheduler.Scheduler;
import io.selkie.scheduler.SchedulerCommand;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sealing.SealFiles;
import io.selkie.sealing.SealingEvent;
import io.selkie.sealing.SealingProjection;
import io.selkie.sector.ManifestFiles;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorEvent;
import io.selkie.sector.SectorProjection;
import io.selkie.storage.Destinations;
import io.selkie.transfer.TransferFiles;
import io.selkie.transfer.Transfers;
import io.selkie.view.EventHandlers;
import io.selkie.view.HistoryFeed;
import io.selkie.view.Projection;
import io.selkie.view.SectorView;
import io.selkie.worker.SectorGateway;
import io.selkie.worker.TaskRunner;
import io.selkie.worker.Worker;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The actors of a node. A single host is a cluster of one. */
final class NodeGuardian {
  /** How long the end of a node waits for the scheduler to hear of it. */
  private static final Duration GOODBYE = Duration.ofSeconds(3);

  private static final CoordinatedShutdown.Reason GIVEN_UP =
      CoordinatedShutdown.clusterDowningReason();

  private NodeGuardian() {}

  /** The actors that others talk to. */
  record Actors(
      ClusterSharding sharding,
      ActorRef<SchedulerCommand> scheduler,
      ActorRef<WorkerCommand> worker,
      HistoryFeed feed,
      Transfers transfers,
      SealFiles files) {}

  /** What the guardian is told. */
  sealed interface Command {}

  /** Who are the others? */
  record Introduce(ActorRef<Actors> replyTo) implements Command {}

  static Behavior<Command> create(NodeSettings settings, NodeParts parts) {
    return Behaviors.setup(
        context -> {
          Actors actors = spawn(context, settings, parts);
          return Behaviors.receive(Command.class)
              .onMessage(
                  Introduce.class,
                  ask -> {
                    ask.replyTo().tell(actors);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static Actors spawn(
      ActorContext<Command> context, NodeSettings settings, NodeParts parts) {
    Membership.join(
        context,
        settings.cluster(),
        parts.host(),
        parts.database(),
        parts.identity(),
        parts.blocking());

    ActorRef<MemberWatch.Command> members =
        context.spawn(MemberWatch.create(Clock.systemUTC()), "members");
    ActorRef<SchedulerCommand> scheduler =
        ClusterSingleton.get(context.getSystem())
            .init(
                SingletonActor.of(
                    Scheduler.create(Clock.systemUTC(), settings.hosts(), members), "scheduler"));

    ManifestFiles manifests = new ManifestFiles(parts.places(), parts.local(), parts.blocking());
    SealFiles seals = SealFiles.here(parts.places(), parts.blocking());
    FarmFiles files = new FarmFiles(parts.host(), seals, manifests, context.getSystem());
    ActorRef<HostFiles.Command> ours =
        context.spawn(
            HostFiles.create(parts.host(), seals, manifests, settings.spool(parts.host())),
            "files");
    ClusterSharding sharding = ClusterSharding.get(context.getSystem());
    Sector.Surroundings surroundings =
        new Sector.Surroundings(scheduler, files, settings.sectors(), Clock.systemUTC());
    ActorRef<?> sectors =
        sharding.init(
            Entity.of(
                    Sector.KEY,
                    entity ->
                        Sector.create(
                            SectorId.parse(entity.getEntityId()), surroundings, entity.getShard()))
                .withStopMessage(new Sector.Leave()));
    Transfers transfers =
        Transfers.start(
            context,
            new Transfers.Parts(
                settings.transfer(),
                parts.places(),
                parts.paths()::stores,
                Destinations.of(parts.paths()),
                settings.state().path(),
                parts.host(),
                parts.tickets(),
                parts.digest(),
                parts.blocking()));
    TaskRunner runner =
        new NodeTaskRunner(
            parts.worker().runner(),
            transfers,
            new TransferFiles(settings.state().path()),
            parts.blocking());
    ActorRef<WorkerCommand> worker =
        context.spawn(worker(parts, runner, scheduler, sharding), "worker");
    if (settings.cluster().isFarm()) {
      sayWhenItIsStopped(context.getSystem(), worker);
    }
    HistoryFeed feed =
        new HistoryFeed(new SectorView(parts.database().dataSource()), context.getSystem());
    Behavior<Projection.Command> projection =
        Projection.create(
            new Projection.Settings(
                "sectors",
                SectorProjection.TAG,
                parts.database().dataSource(),
                new EventHandlers()
                    .on(SectorEvent.class, new SectorProjection())
                    .on(SealingEvent.class, new SealingProjection()),
                feed));
    // One for the whole farm: a second would skip what the first did.
    ActorRef<Projection.Command> readModel =
        ClusterSingleton.get(context.getSystem())
            .init(
                SingletonActor.of(projection, "read-model")
                    .withStopMessage(Projection.Stop.INSTANCE));
    context
        .getLog()
        .debug("sectors {}, worker {}, read model {}, files {}", sectors, worker, readModel, ours);
    return new Actors(sharding, scheduler, worker, feed, transfers, files);
  }

  /**
   * Others wait for what runs here when the node is stopped in order. One that the others have
   * given up has nobody to tell it to.
   */
  private static void sayWhenItIsStopped(ActorSystem<?> system, ActorRef<WorkerCommand> worker) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "say-that-this-host-is-stopped",
        () ->
            shutdown.getShutdownReason().equals(Optional.of(GIVEN_UP))
                ? CompletableFuture.completedStage(Done.getInstance())
                : AskPattern.ask(worker, Worker.Stopping::new, GOODBYE, system.scheduler())
                    .handle((heard, trouble) -> Done.getInstance()));
  }

  private static Behavior<WorkerCommand> worker(
      NodeParts parts,
      TaskRunner runner,
      ActorRef<SchedulerCommand> scheduler,
      ClusterSharding sharding) {
    return Behaviors.setup(
        context -> {
          ActorRef<WorkerCommand> self = context.getSelf();
          SectorGateway gateway =
              (sector, report) ->
                  sharding
                      .entityRefFor(Sector.KEY, sector.toString())
                      .tell(new Sector.Report(report, self));
          return Worker.create(parts.host(), parts.worker().with(runner), scheduler, gateway);
        });
  }
}
