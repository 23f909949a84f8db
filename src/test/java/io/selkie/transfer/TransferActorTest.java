package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import io.selkie.transfer.TransferActor.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferActorTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final TaskRequest REQUEST = new TaskRequest.Transfer(TYPE);

  @TempDir Path temp;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Script script = new Script();
  private TransferFiles files;
  private Transfers transfers;

  /** A destination that does as it is told. */
  private static final class Script implements Destination {
    private final ConcurrentLinkedQueue<TransferTrouble> troubles = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean blocking;

    @Override
    public String place() {
      return "/store";
    }

    @Override
    public Space look(List<Path> sources, Control control) {
      return new Space(Way.COPY, Long.MAX_VALUE);
    }

    @Override
    public SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
        throws TransferTrouble, Control.Held {
      begun.countDown();
      control.begin("copy", offer.size());
      while (blocking) {
        control.check();
        Thread.onSpinWait();
      }
      TransferTrouble trouble = troubles.poll();
      if (trouble != null) {
        throw trouble;
      }
      return new SectorCopy("host-1", place(), place(), offer.files());
    }

    @Override
    public Optional<SectorCopy> find(Offer offer, Control control) {
      return Optional.empty();
    }

    @Override
    public void discard(Offer offer, Control control) {}
  }

  @AfterAll
  static void stopActors() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void start() throws IOException {
    for (int number = 1; number <= 3; number++) {
      makeSector(sector(number));
    }
    files = new TransferFiles(temp);
    transfers = transfers();
  }

  @AfterEach
  void stop() {
    script.blocking = false;
    threads.shutdownNow();
  }

  private void makeSector(SectorId sector) throws IOException {
    SectorFiles place = new SectorFiles(temp.resolve("repo"), sector);
    place.createDirectories();
    Files.write(place.sealed(), new byte[2048]);
    Files.writeString(
        place.manifest(),
        """
        {"version":1,"sector":"%s","proofType":%d,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","sealed":"blake3:%s","files":[]}}
        """
            .formatted(sector, TYPE.id(), "01".repeat(32), "00".repeat(32)));
  }

  private Transfers transfers() {
    TransferPlan.Directory plans = new TransferPlan.Directory(temp.resolve("plans"));
    Leftovers leftovers = new Leftovers(temp.resolve("left"), plans, place -> Optional.of(script));
    TransferWork work =
        new TransferWork(
            plans,
            new TransferPlanner(
                which -> new SectorFiles(temp.resolve("repo"), which),
                plans,
                leftovers,
                () -> List.of(script),
                StoreRules.none(),
                file -> "blake3:" + "00".repeat(32),
                new TransferPlanner.Terms(512, Duration.ofHours(1), InstantSource.system())),
            leftovers,
            new SourceRelease(plans, leftovers, copy -> Optional.of(script)),
            new SectorMove(
                which -> new SectorFiles(temp.resolve("repo"), which),
                new TransferPlan.Directory(temp.resolve("move-plans")),
                (source, sector) -> script,
                file -> "blake3:" + "00".repeat(32),
                512));
    ActorRef<TransferActor.Command> actor =
        KIT.spawn(
            TransferActor.create(
                new TransferActor.Parts(
                    work,
                    files,
                    threads,
                    1,
                    new BackOff(Duration.ofMillis(1), Duration.ofMillis(5)))));
    return new Transfers(actor);
  }

  private static SectorId sector(int number) {
    return SectorId.parse("s-t01000-" + number);
  }

  private static TaskId.Attempt attempt(int number) {
    return new TaskId(sector(number), 1, 7, TaskKind.TRANSFER).attempt(1);
  }

  private CompletionStage<End> run(int number) {
    return transfers.run(attempt(number), REQUEST, () -> {});
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Map<String, TransferStatus.State> states() throws Exception {
    return await(transfers.overview()).transfers().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                transfer -> transfer.sector().toString(), TransferStatus::state));
  }

  @Test
  void aTransferEndsWithItsCopyAndIsKeptUntilThen() throws Exception {
    CountDownLatch durable = new CountDownLatch(1);

    End end = await(transfers.run(attempt(1), REQUEST, durable::countDown));

    TaskResult result = assertInstanceOf(End.Succeeded.class, end).result();
    assertEquals("/store", ((TaskResult.Transferred) result).copy().place());
    assertEquals(0, durable.getCount());
    assertEquals(Set.of(attempt(1)), files.present());
    files.remove(attempt(1));
    assertEquals(Set.of(), files.present());
  }

  @Test
  void whatPassesIsTriedAgainAndWhatLastsIsNot() throws Exception {
    script.troubles.add(TransferTrouble.passing("no_space", "the disk is full"));
    script.troubles.add(TransferTrouble.passing("unreachable", "nobody answers"));
    assertInstanceOf(End.Succeeded.class, await(run(1)));

    script.troubles.add(TransferTrouble.lasting("damaged", "it is not what was sealed"));
    assertEquals("damaged", assertInstanceOf(End.Failed.class, await(run(2))).failure().code());
    assertEquals(Map.of(), states());
  }

  @Test
  void noMoreRunAtOnceThanAllowed() throws Exception {
    script.blocking = true;
    CompletionStage<End> first = run(1);
    assertTrue(script.begun.await(20, TimeUnit.SECONDS));
    CompletionStage<End> second = run(2);

    assertEquals(
        Map.of(
            "s-t01000-1", TransferStatus.State.RUNNING, "s-t01000-2", TransferStatus.State.PENDING),
        states());

    script.blocking = false;
    assertInstanceOf(End.Succeeded.class, await(first));
    assertInstanceOf(End.Succeeded.class, await(second));
  }

  @Test
  void whatIsPausedHoldsAlsoOverARestart() throws Exception {
    script.blocking = true;
    CompletionStage<End> first = run(1);
    assertTrue(script.begun.await(20, TimeUnit.SECONDS));

    await(transfers.pause(Optional.of(sector(1))));

    script.begun = new CountDownLatch(1);
    CompletionStage<End> second = run(2); // it has the place of the one that holds
    assertTrue(script.begun.await(20, TimeUnit.SECONDS));
    assertEquals(TransferStatus.State.PAUSED, states().get("s-t01000-1"));
    script.blocking = false;
    await(second);
    assertFalse(first.toCompletableFuture().isDone());

    transfers = transfers();
    CompletionStage<End> again = run(1);
    assertEquals(TransferStatus.State.PAUSED, states().get("s-t01000-1"));
    await(transfers.resume(Optional.of(sector(1))));
    assertInstanceOf(End.Succeeded.class, await(again));
  }

  @Test
  void whatIsStoppedEndsAndNothingWorksOnItAnyMore() throws Exception {
    script.blocking = true;
    CompletionStage<End> end = run(1);
    assertTrue(script.begun.await(20, TimeUnit.SECONDS));

    await(transfers.stop(attempt(1)));

    assertEquals("died", assertInstanceOf(End.Failed.class, await(end)).failure().code());
    assertEquals(Map.of(), states());
    await(transfers.stop(attempt(3))); // one that nobody knows
  }

  @Test
  void anAttemptThatIsAskedForTwiceRunsOnceAndBothHearOfIt() throws Exception {
    script.blocking = true;
    CompletionStage<End> one = run(1);
    CompletionStage<End> other = run(1);
    assertEquals(1, states().size());

    script.blocking = false;

    assertEquals(await(one), await(other));
  }
}
