package io.selkie.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.chain.Chain;
import io.selkie.chain.DevChain;
import io.selkie.chain.DevChainSettings;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.journal.Database;
import io.selkie.proofs.Proofs;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskKind;
import io.selkie.sealing.Sealing.UploadedPiece;
import io.selkie.sector.Sector;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service in a cluster of one, over a development chain; sectors are scripted. */
class SealingTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration OFTEN = Duration.ofMillis(10);
  private static final SealingSettings SETTINGS =
      new SealingSettings(900, 1, OFTEN, DEADLINE, DEADLINE, 3, Duration.ofMillis(50));
  private static final DevChainSettings CHAIN =
      new DevChainSettings(Duration.ofMillis(5), 3, 1_000_000, 1_000_000, false);
  private static final SectorSize SIZE = SectorSize.KIB_2;
  private static final Map<SectorId, ScriptedTasks> TASKS = new ConcurrentHashMap<>();

  @TempDir private static Path temp;
  private static ActorTestKit kit;
  private static Database database;
  private static Chain chain;
  private static Sealing sealing;

  @BeforeAll
  static void start() throws IOException {
    kit = ActorTestKit.create("sealing", config());
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    ClusterSharding.get(kit.system())
        .init(Entity.of(Sector.KEY, entity -> sector(SectorId.parse(entity.getEntityId()))));
    database = Database.open(new StateDirectory(temp.resolve("state")));
    new SectorFiles(temp, SealingSamples.SECTOR).createDirectories();
    chain = DevChain.open(temp, CHAIN, proofs(), Clock.systemUTC(), Runnable::run);
    sealing =
        Sealing.start(
            kit.system(),
            new Sealing.Parts(
                new MinerId(1000),
                chain,
                new HostId("host-1"),
                sector -> new SectorFiles(temp, sector),
                SealFiles.here(sector -> new SectorFiles(temp, sector), Runnable::run),
                database.dataSource(),
                Runnable::run,
                SETTINGS,
                Clock.systemUTC(),
                () -> false));
  }

  @AfterAll
  static void stop() throws IOException {
    kit.shutdownTestKit();
    database.close();
  }

  private static Config config() {
    return ConfigFactory.parseString(
            """
            akka.actor.testkit.typed.system-shutdown-default = 60 s
            akka.loglevel = OFF
            akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
            """)
        .withFallback(
            ConfigFactory.parseResources(
                SealingTest.class.getClassLoader(), "io/selkie/node/node.conf"))
        .withFallback(ConfigFactory.load());
  }

  private static Proofs proofs() {
    return (Proofs)
        Proxy.newProxyInstance(
            SealingTest.class.getClassLoader(),
            new Class<?>[] {Proofs.class},
            (proxy, method, arguments) ->
                method.getName().equals("verifySeal") ? true : SealingSamples.COMM_D);
  }

  private static ScriptedTasks tasks(SectorId sector) {
    return TASKS.computeIfAbsent(sector, unknown -> new ScriptedTasks());
  }

  private static Behavior<Sector.Command> sector(SectorId sector) {
    ScriptedTasks script = tasks(sector);
    return Behaviors.receive(Sector.Command.class)
        .onMessage(
            Sector.Perform.class,
            ask -> {
              script.perform(sector, ask.request(), ask.deadline()).thenAccept(ask.replyTo()::tell);
              return Behaviors.same();
            })
        .onMessage(
            Sector.Abort.class,
            ask -> {
              script.abort(sector, ask.by(), ask.cause()).thenAccept(ask.replyTo()::tell);
              return Behaviors.same();
            })
        .onMessage(
            Sector.Get.class,
            ask -> {
              script.state(sector).thenAccept(ask.replyTo()::tell);
              return Behaviors.same();
            })
        .build();
  }

  @Test
  void aPledgeIsProvenOnceHoweverOftenItIsAskedFor() throws Exception {
    UUID request = UUID.randomUUID();

    Sealing.Begun begun = pledge(request);
    assertFalse(begun.repeated());
    SectorId sector = begun.sector();
    assertEquals(new Sealing.Begun(sector, true), pledge(request));
    SealingStatus status = await(sector, SealingStateName.PROVING);
    assertEquals(sector, pledge(request).sector());

    assertEquals(Optional.of(request), status.request());
    assertEquals(
        status.activation(), get(chain.sectorOf(sector)).map(Chain.SectorOnChain::activation));
    assertEquals(1, tasks(sector).kinds().stream().filter(TaskKind.ADD_PIECE::equals).count());
    SealRecord record = SealRecord.read(new SectorFiles(temp, sector).seal());
    assertEquals(status.proof(), record.proof());
  }

  @Test
  void twoPledgesAreTwoSectors() throws Exception {
    SectorId first = pledge().sector();

    assertEquals(new SectorId(first.miner(), first.number() + 1), pledge().sector());
  }

  @Test
  void uploadedFilesAreTheSectorsAndSpareOnesAreDeleted() throws Exception {
    UUID request = UUID.randomUUID();
    UploadedPiece first = upload("first", 700);
    UploadedPiece again =
        new UploadedPiece(upload("again", 700).file(), first.bytes(), first.name());

    SectorId sector = get(sealing.seal(SIZE, List.of(first), request)).sector();
    assertEquals(sector, get(sealing.seal(SIZE, List.of(again), request)).sector());

    assertFalse(Files.exists(again.file()));
    await(sector, SealingStateName.PROVING);
    assertFalse(Files.exists(first.file()));
    SealRecord record = SealRecord.read(new SectorFiles(temp, sector).seal());
    assertEquals(Optional.of("first"), record.pieces().get(0).name());
    assertEquals(700, record.pieces().get(0).bytes());
    assertEquals(2, record.pieces().size());
  }

  @Test
  void filesThatCannotBeSealedAreRefusedAndStayTheCallers() throws Exception {
    UploadedPiece large = upload("large", 2033);
    UploadedPiece other = upload("other", 10);

    assertThrows(
        IllegalArgumentException.class,
        () -> sealing.seal(SIZE, List.of(large), UUID.randomUUID()));
    assertThrows(
        IllegalArgumentException.class, () -> sealing.seal(SIZE, List.of(), UUID.randomUUID()));
    Throwable failure =
        failure(
            sealing.seal(
                SIZE,
                List.of(new UploadedPiece(other.file(), 11, Optional.empty())),
                UUID.randomUUID()));

    assertInstanceOf(IOException.class, failure);
    assertEquals(other.file() + " has 10 bytes, not 11 as was said", failure.getMessage());
    assertTrue(Files.exists(large.file()) && Files.exists(other.file()));
  }

  @Test
  void aNumberThatFilesHaveIsNotGiven() throws Exception {
    SectorId last = pledge().sector();
    SectorId sealed = new SectorId(last.miner(), last.number() + 1);
    Files.writeString(new SectorFiles(temp, sealed).sealed(), "sealed without a node");

    assertEquals(last.number() + 2, pledge().sector().number());
  }

  @Test
  void anOperatorAbortsRetriesAndRemoves() throws Exception {
    SectorId before = pledge().sector();
    SectorId next = new SectorId(before.miner(), before.number() + 1);
    tasks(next).hold(TaskKind.PRE_COMMIT_1);
    SectorId sector = pledge().sector();
    assertEquals(next, sector);
    await(sector, SealingStateName.PRE_COMMIT_1);

    get(sealing.abort(sector, "operator", "not now"));
    assertEquals("aborted", await(sector, SealingStateName.SEAL_FAILED).failure().get().code());
    tasks(sector).release(TaskKind.PRE_COMMIT_1);
    get(sealing.retry(sector, "operator"));
    await(sector, SealingStateName.PROVING);
    Throwable refusal = failure(sealing.retry(sector, "operator"));
    assertInstanceOf(SealingException.class, refusal);
    assertEquals(
        sector + " is in state Proving: there is nothing to try again", refusal.getMessage());

    get(sealing.remove(sector, "operator"));
    await(sector, SealingStateName.REMOVED);
  }

  @Test
  void nothingIsKnownOfASectorThatWasNotAskedFor() throws Exception {
    SectorId unknown = SectorId.parse("s-t01000-99999");

    assertEquals(Optional.empty(), get(sealing.status(unknown)));
    assertInstanceOf(SealingException.class, failure(sealing.remove(unknown, "operator")));
  }

  private static Sealing.Begun pledge() throws Exception {
    return pledge(UUID.randomUUID());
  }

  private static Sealing.Begun pledge(UUID request) throws Exception {
    return get(sealing.pledge(SIZE, request));
  }

  private static UploadedPiece upload(String name, int bytes) throws IOException {
    Path file = Files.write(temp.resolve(name + ".upload"), new byte[bytes]);
    return new UploadedPiece(file, bytes, Optional.of(name));
  }

  private static SealingStatus await(SectorId sector, SealingStateName state) {
    TestProbe<Object> probe = kit.createTestProbe();
    return probe.awaitAssert(
        DEADLINE,
        OFTEN,
        () -> {
          SealingStatus status = sealing.status(sector).toCompletableFuture().join().orElseThrow();
          assertEquals(state, status.state());
          return status;
        });
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> get(stage)).getCause();
  }
}
