package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a sector that began to go to one place goes to another. */
class FailoverTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @TempDir Path temp;
  private final Scripted first = new Scripted("/first");
  private final Scripted second = new Scripted("/second");
  private final List<Destination> destinations = new ArrayList<>(List.of(first, second));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private TransferPlan.Directory plans;
  private Leftovers leftovers;
  private TransferWork work;

  /** A destination that does as it is told. */
  private static class Scripted implements Destination {
    private final String place;
    private final List<Offer> discarded = new ArrayList<>();
    private Optional<TransferTrouble> trouble = Optional.empty();
    private boolean away;
    private boolean commits;
    private boolean has;
    private boolean dies;
    private long free = Long.MAX_VALUE;
    private long brings;
    private String store;

    Scripted(String place) {
      this.place = place;
      this.store = place;
    }

    private void requireThere() throws TransferTrouble {
      if (away) {
        throw TransferTrouble.passing("unreachable", place + " does not answer");
      }
    }

    @Override
    public String place() {
      return place;
    }

    @Override
    public Space look(List<Path> sources, Control control) throws TransferTrouble {
      requireThere();
      return new Space(Way.COPY, free, Optional.of(store));
    }

    @Override
    public SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
        throws IOException, TransferTrouble {
      brings++;
      requireThere();
      if (commits) {
        committing.commit();
      }
      if (trouble.isPresent()) {
        throw trouble.get();
      }
      if (dies) {
        control.begin("send", offer.size());
        control.add(1);
        throw new IllegalStateException("killed");
      }
      has = true;
      return new SectorCopy("host-1", place, place, offer.files());
    }

    @Override
    public Optional<SectorCopy> find(Offer offer, Control control) throws TransferTrouble {
      requireThere();
      return has
          ? Optional.of(new SectorCopy("host-1", place, place, offer.files()))
          : Optional.empty();
    }

    @Override
    public void discard(Offer offer, Control control) throws TransferTrouble {
      requireThere();
      has = false;
      discarded.add(offer);
    }
  }

  @BeforeEach
  void makeSector() throws IOException {
    SectorFiles files = files();
    files.createDirectories();
    Files.write(files.sealed(), new byte[2048]);
    Files.writeString(
        files.manifest(),
        """
        {"version":1,"sector":"%s","proofType":%d,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","sealed":"blake3:%s","files":[]}}
        """
            .formatted(SECTOR, TYPE.id(), "01".repeat(32), "00".repeat(32)));
    plans = new TransferPlan.Directory(temp.resolve("plans"));
    work = restarted();
  }

  private SectorFiles files() {
    return new SectorFiles(temp.resolve("repo"), SECTOR);
  }

  /** What a new process knows: what is on disk. */
  private TransferWork restarted() {
    leftovers =
        new Leftovers(
            temp.resolve("left"),
            plans,
            place ->
                Stream.of(first, second)
                    .map(Destination.class::cast)
                    .filter(one -> one.place().equals(place))
                    .findFirst());
    return new TransferWork(
        plans,
        new TransferPlanner(
            which -> files(),
            plans,
            leftovers,
            () -> destinations,
            StoreRules.none(),
            file -> "blake3:" + "00".repeat(32),
            new TransferPlanner.Terms(512, PATIENCE, () -> now)),
        leftovers,
        new SourceRelease(
            plans, leftovers, copy -> Optional.of(copy.place().equals("/first") ? first : second)),
        new SectorMove(
            which -> files(),
            new TransferPlan.Directory(plans.path().resolveSibling("move-plans")),
            (source, sector) -> first,
            file -> "blake3:" + "00".repeat(32),
            512));
  }

  private String transferred() throws Exception {
    TaskResult result = work.perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR));
    return ((TaskResult.Transferred) result).copy().place();
  }

  private Failure refused() {
    return assertThrows(TransferTrouble.class, this::transferred).failure();
  }

  private long left() throws IOException {
    if (!Files.isDirectory(temp.resolve("left"))) {
      return 0;
    }
    try (Stream<Path> files = Files.list(temp.resolve("left"))) {
      return files.count();
    }
  }

  @Test
  void whatFilledUpIsLeftAtOnceForOneThatHasRoom() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("no_space", "the disk is full"));
    Control control = new Control(SECTOR);

    work.perform(new TaskRequest.Transfer(TYPE), control);

    assertEquals("/second", plans.read(SECTOR).orElseThrow().place());
    assertEquals("instead of /first (no_space: the disk is full)", control.note());
    assertEquals(1, first.discarded.size());
    assertEquals(0, left());
    assertEquals(List.of(), second.discarded);
  }

  @Test
  void withoutAnotherThatFitsTheOneThatFilledUpIsWaitedFor() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("no_space", "the disk is full"));
    second.free = 1;

    assertEquals("the disk is full", refused().message());
    assertEquals(Failure.Action.RETRY, refused().action());
    assertEquals(List.of(), first.discarded);

    now = now.plus(PATIENCE.multipliedBy(3));
    assertEquals("no_space", refused().code());
    first.trouble = Optional.empty();
    assertEquals("/first", transferred());
  }

  @Test
  void whatIsOutOfReachIsWaitedForAndThenLeft() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    assertEquals("unreachable", refused().code());
    first.away = true;
    now = now.plus(PATIENCE.dividedBy(2));
    assertTrue(refused().message().contains("another place is tried only after"));
    assertEquals(0, second.brings);
    work = restarted();

    now = now.plus(PATIENCE.dividedBy(2));

    assertEquals("/second", transferred());
    assertEquals(1, left(), "it is discarded when it is there again");
    work.sweep();
    assertEquals(1, left());
    first.away = false;
    work.sweep();
    assertEquals(0, left());
    assertEquals(1, first.discarded.size());
  }

  @Test
  void bytesThatCameBeforeAKillCountToo() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    refused();
    now = now.plus(PATIENCE.dividedBy(2));
    first.trouble = Optional.empty();
    first.dies = true;
    assertThrows(IllegalStateException.class, this::transferred);
    work = restarted();
    first.away = true;
    now = now.plus(PATIENCE.dividedBy(2));

    assertTrue(refused().message().contains("another place is tried only after"));
    now = now.plus(PATIENCE);
    assertEquals("/second", transferred());
  }

  @Test
  void twoNamesOfOnePlaceAreTriedAsOne() throws Exception {
    second.store = first.store;
    first.trouble = Optional.of(TransferTrouble.passing("no_space", "the disk is full"));

    assertEquals("no_space", refused().code());

    assertEquals(1, first.brings);
    assertEquals(0, second.brings);
    first.trouble = Optional.empty();
    assertEquals("/first", transferred());
  }

  @Test
  void whatWasBroughtToThePlaceByItsOtherNameIsNoLeftover() throws Exception {
    second.store = first.store;
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    refused();
    first.away = true;
    now = now.plus(PATIENCE);
    assertEquals("/second", transferred());
    SectorCopy copy =
        second.find(plans.read(SECTOR).orElseThrow().offer(), new Control(SECTOR)).orElseThrow();
    work.perform(new TaskRequest.Release(TYPE, copy), new Control(SECTOR));
    work = restarted();
    second.away = true;
    first.away = false;

    work.sweep();
    assertEquals(1, left(), "nobody can tell yet");
    second.away = false;
    work.sweep();

    assertEquals(List.of(), first.discarded);
    assertEquals(0, left());
  }

  @Test
  void aSectorThatIsRemovedIsDiscardedUnderEachOfItsNames() throws Exception {
    second.store = first.store;
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    refused();
    first.away = true;
    now = now.plus(PATIENCE);
    transferred();
    first.away = false;

    work.forget(SECTOR, Optional.empty());

    assertEquals(1, first.discarded.size());
    assertEquals(1, second.discarded.size());
    assertEquals(0, left());
  }

  @Test
  void whatRefusesForGoodIsLeftAndOnlyIfAllDoTheTransferFails() throws Exception {
    first.trouble = Optional.of(TransferTrouble.lasting("exists", "another replica is there"));
    second.trouble = first.trouble;

    assertEquals(Failure.Action.ABANDON, refused().action());
    assertEquals(1, first.brings);
    assertEquals(1, second.brings);

    second.trouble = Optional.empty();
    assertEquals("/second", transferred(), "tried again by hand nothing is held against any");
  }

  @Test
  void whatIsWrongWithTheSourceIsTheSameEverywhere() {
    first.trouble = Optional.of(TransferTrouble.lasting("damaged", "it is not what was sealed"));

    assertEquals("damaged", refused().code());
    assertEquals(0, second.brings);
  }

  @Test
  void aDestinationThatWasDetachedIsLeftEvenIfItWasCommitted() throws Exception {
    first.commits = true;
    first.trouble = Optional.of(TransferTrouble.passing("error", "the disk is broken"));
    assertEquals("error", refused().code());

    destinations.remove(first);

    assertEquals("/second", transferred());
    assertEquals(1, first.discarded.size());
  }

  @Test
  void onceASourceMayHaveBeenRenamedAwayThereIsNoOtherPlace() throws Exception {
    first.commits = true;
    first.trouble = Optional.of(TransferTrouble.passing("error", "the disk is broken"));
    refused();
    Path sealed = Files.move(files().sealed(), temp.resolve("renamed"));

    destinations.remove(first);
    now = now.plus(PATIENCE.multipliedBy(2));

    assertTrue(refused().message().contains("name it again"));
    assertEquals(0, second.brings);
    Files.move(sealed, files().sealed());
    assertEquals("/second", transferred());
  }

  @Test
  void whatCameToItsEndUnheardIsNotBroughtTwice() throws Exception {
    first.commits = true;
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the answer got lost"));
    refused();
    first.has = true;
    first.trouble = Optional.empty();
    now = now.plus(PATIENCE);

    assertEquals("/first", transferred());
    assertEquals(List.of(), first.discarded);
    assertEquals(0, second.brings);
  }

  /** As a kill leaves it that comes right before the new plan is written. */
  @Test
  void whatTheJournalNamesIsNeverDiscardedWhateverWasTriedBeforeIt() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    refused();
    leftovers.add(plans.read(SECTOR).orElseThrow().offer(), "/first");
    work = restarted();
    first.trouble = Optional.empty();
    work.sweep();
    assertEquals(List.of(), first.discarded, "a plan names it");

    assertEquals("/first", transferred());
    SectorCopy copy =
        first.find(plans.read(SECTOR).orElseThrow().offer(), new Control(SECTOR)).orElseThrow();
    work.perform(new TaskRequest.Release(TYPE, copy), new Control(SECTOR));
    work.sweep();

    assertEquals(List.of(), first.discarded);
    assertEquals(0, left());
    assertEquals(Optional.empty(), plans.read(SECTOR));
  }

  /** As a kill leaves it that comes right after the new plan is written. */
  @Test
  void whatWasLeftIsDiscardedAfterAKillTooAndBeforeTheSourceGoesAtTheLatest() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("no_space", "the disk is full"));
    first.away = true;
    second.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    Offer offer = offerOf(refused());
    leftovers.add(offer, "/first");
    first.away = false;
    second.trouble = Optional.empty();
    work = restarted();

    assertEquals("/second", transferred());
    SectorCopy copy = second.find(offer, new Control(SECTOR)).orElseThrow();
    work.perform(new TaskRequest.Release(TYPE, copy), new Control(SECTOR));

    assertEquals(List.of(offer), first.discarded);
    assertEquals(0, left());
  }

  @Test
  void aSectorThatIsRemovedLeavesNoPlanAndItsCopyGoesWhereverItIs() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    Offer offer = offerOf(refused());
    second.away = true;
    SectorCopy copy = new SectorCopy("host-1", "/second", "/second", offer.files());

    work.forget(SECTOR, Optional.of(copy));
    work.forget(SECTOR, Optional.of(copy));

    assertEquals(Optional.empty(), plans.read(SECTOR));
    assertEquals(1, first.discarded.size());
    assertEquals(1, left());
    second.away = false;
    work = restarted();
    work.sweep();
    assertEquals(1, second.discarded.size());
    assertEquals(0, left());
  }

  @Test
  void filesThatWereRenamedAwayInPartComeBackToBeRemovedWithTheSector() throws Exception {
    first.trouble = Optional.of(TransferTrouble.passing("unreachable", "the connection was cut"));
    refused();
    TransferPlan plan = plans.read(SECTOR).orElseThrow();
    Path store = Files.createDirectories(temp.resolve("store"));
    plans.write(TransferPlan.of(plan.offer(), store.toString(), plan.paths()).commit());
    Path there = store.resolve("sealed").resolve(SECTOR.toString());
    Files.createDirectories(there.resolveSibling(""));
    Files.move(files().sealed(), there);

    work.forget(SECTOR, Optional.empty());

    assertTrue(Files.exists(files().sealed()));
    assertTrue(Files.notExists(there));
    assertEquals(Optional.empty(), plans.read(SECTOR));
  }

  private Offer offerOf(Failure failure) throws IOException {
    assertEquals("unreachable", failure.code());
    return plans.read(SECTOR).orElseThrow().offer();
  }

  private void seal(String digest, int bytes) throws IOException {
    Files.write(files().sealed(), new byte[bytes]);
    Files.writeString(
        files().manifest(),
        Files.readString(files().manifest())
            .replaceFirst("blake3:[0-9a-f]*", "blake3:" + digest.repeat(32)));
  }

  @Test
  void aReceiptOfASectorThatHadTheNumberBeforeReleasesNothing() throws Exception {
    first.commits = true;
    SectorCopy old =
        ((TaskResult.Transferred) work.perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR)))
            .copy();
    // The journal is lost, and the number given again: a sector of the same length.
    seal("77", 2048);

    TransferTrouble refusal =
        assertThrows(
            TransferTrouble.class,
            () -> restarted().perform(new TaskRequest.Release(TYPE, old), new Control(SECTOR)));

    assertEquals("no_copy", refusal.failure().code());
    assertTrue(Files.exists(files().sealed()));
    TaskResult again = restarted().perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR));
    assertTrue(
        ((TaskResult.Transferred) again)
            .copy().files().stream().anyMatch(file -> file.digest().contains("77")));
    assertEquals(List.of(), first.discarded);
  }

  @Test
  void aSourceOfAnotherLengthIsNotReleased() throws Exception {
    SectorCopy copy =
        ((TaskResult.Transferred) work.perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR)))
            .copy();
    Files.write(files().sealed(), new byte[2047]);

    assertThrows(
        TransferTrouble.class,
        () -> work.perform(new TaskRequest.Release(TYPE, copy), new Control(SECTOR)));
    assertTrue(Files.exists(files().sealed()));
  }

  @Test
  void theCopyOfAPeerIsNotLookedForOnThisHostsDisks() throws Exception {
    SectorCopy copy =
        ((TaskResult.Transferred) work.perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR)))
            .copy();
    String here = temp.resolve("repo").toString();
    SectorCopy atPeer = new SectorCopy("host-2", "http://peer", here, copy.files());
    SourceRelease release =
        new SourceRelease(
            plans,
            leftovers,
            asked ->
                Optional.of(
                    new Scripted("http://peer") {
                      @Override
                      public Optional<SectorCopy> find(Offer offer, Control control) {
                        return Optional.of(atPeer);
                      }
                    }));

    release.perform(atPeer, new Control(SECTOR));

    assertTrue(Files.notExists(files().sealed()));
    assertTrue(Files.notExists(files().manifest()));
  }
}
