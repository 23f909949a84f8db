package io.selkie.transfer;

import static io.selkie.transfer.TransferSamples.CHUNK;
import static io.selkie.transfer.TransferSamples.SECTOR;
import static io.selkie.transfer.TransferSamples.SHA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.Destinations;
import io.selkie.storage.PathSettings;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arrives, by way of the receiver; it reads back at once. */
class LandingTest {
  @TempDir Path temp;
  private Path store;
  private Map<String, Path> files;
  private Offer offer;
  private Receiver receiver;
  private Optional<String> other = Optional.empty();
  private Destinations rules = Destinations.none();

  @BeforeEach
  void setUp() throws Exception {
    store = Files.createDirectories(temp.resolve("store")).toRealPath();
    files = TransferSamples.sector(temp.resolve("repo"), 1);
    offer = TransferSamples.offer(files);
    receiver = receiver();
  }

  private Receiver receiver() {
    return new Receiver(
        () -> List.of(store),
        new KnownStores(temp.resolve("known")),
        rules,
        (sector, digest) -> other,
        SealingPlaces.none(),
        "host-2",
        SHA,
        Runnable::run,
        2,
        Duration.ofMinutes(1));
  }

  private void send(int file, int chunk) throws Exception {
    byte[] all = Files.readAllBytes(TransferSamples.paths(files).get(file));
    send(file, chunk, ByteBuffer.wrap(all, chunk * CHUNK, offer.length(file, chunk)).slice());
  }

  private void send(int file, int chunk, ByteBuffer bytes) throws Exception {
    CRC32C sum = new CRC32C();
    sum.update(bytes.duplicate());
    send(file, chunk, bytes, (int) sum.getValue());
  }

  private void send(int file, int chunk, ByteBuffer bytes, int sum) throws Exception {
    var begun = receiver.arrival(SECTOR, offer.id(), false).begin(file, chunk, sum);
    if (begun.isPresent()) {
      try {
        begun.get().write(bytes);
        begun.get().finish();
      } finally {
        begun.get().close();
      }
    }
  }

  private void sendMissing() throws Exception {
    List<List<ChunkMap.Range>> missing = receiver.status(SECTOR, offer.id(), false).missing();
    for (int file = 0; file < missing.size(); file++) {
      for (ChunkMap.Range range : missing.get(file)) {
        for (int chunk = range.from(); chunk <= range.to(); chunk++) {
          send(file, chunk);
        }
      }
    }
  }

  private String commit() throws Exception {
    return receiver.commit(SECTOR, offer.id(), false).state();
  }

  private void assertPlaced() throws Exception {
    assertEquals("placed", receiver.offer(offer).state());
    for (Map.Entry<String, Path> file : files.entrySet()) {
      assertArrayEquals(
          Files.readAllBytes(file.getValue()), Files.readAllBytes(store.resolve(file.getKey())));
    }
    assertFalse(Files.exists(store.resolve("fetching").resolve(SECTOR.toString())));
  }

  private int fileOf(String name) {
    return List.copyOf(files.keySet()).indexOf(name);
  }

  @Test
  void aSectorArrives() throws Exception {
    assertEquals("receiving", receiver.offer(offer).state());

    sendMissing();

    assertEquals("placed", commit());
    assertPlaced();
  }

  @Test
  void afterACrashOnlyWhatIsMissingIsSent() throws Exception {
    receiver.offer(offer);
    int sealed = fileOf(FileNames.sealed(SECTOR));
    send(sealed, 2);
    send(sealed, 0);
    receiver = receiver();

    List<ChunkMap.Range> missing = receiver.offer(offer).missing().get(sealed);

    assertEquals(List.of(new ChunkMap.Range(1, 1), new ChunkMap.Range(3, 3)), missing);
    sendMissing();
    commit();
    assertPlaced();
  }

  @Test
  void aChunkThatIsNotWhatItsSumSaysDoesNotCount() throws Exception {
    receiver.offer(offer);

    TransferTrouble trouble =
        assertThrows(
            TransferTrouble.class,
            () -> send(fileOf(FileNames.sealed(SECTOR)), 1, ByteBuffer.allocate(CHUNK), 7));

    assertEquals("damaged_chunk", trouble.failure().code());
    sendMissing();
    commit();
    assertPlaced();
  }

  @Test
  void aBitThatFlipsOnDiskIsFoundAndItsChunkSentAgain() throws Exception {
    receiver.offer(offer);
    sendMissing();
    int sealed = fileOf(FileNames.sealed(SECTOR));
    Path part = store.resolve("fetching").resolve(SECTOR.toString()).resolve(sealed + ".part");
    byte[] bytes = Files.readAllBytes(part);
    bytes[700] ^= 1;
    Files.write(part, bytes);

    assertEquals("receiving", commit());

    assertEquals(
        List.of(new ChunkMap.Range(1, 1)),
        receiver.status(SECTOR, offer.id(), false).missing().get(sealed));
    sendMissing();
    commit();
    assertPlaced();
  }

  @Test
  void whatIsNotWhatWasOfferedIsNotPlaced() throws Exception {
    receiver.offer(offer);
    int sealed = fileOf(FileNames.sealed(SECTOR));
    send(sealed, 0, ByteBuffer.allocate(CHUNK)); // damaged before its sum was taken
    sendMissing();

    assertEquals("failed", commit());

    assertEquals(
        "damaged", receiver.status(SECTOR, offer.id(), false).error().orElseThrow().code());
    assertFalse(Files.exists(store.resolve(FileNames.sealed(SECTOR))));
  }

  @Test
  void whatIsThereAlreadyIsNotOverwritten() throws Exception {
    Path sealed = store.resolve(FileNames.sealed(SECTOR));
    Files.createDirectories(sealed.getParent());
    Files.writeString(sealed, "another replica");

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> receiver.offer(offer));

    assertEquals("exists", trouble.failure().code());
    assertEquals("another replica", Files.readString(sealed));
  }

  @Test
  void aLinkInTheWayIsNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectories(temp.resolve("elsewhere"));
    receiver.offer(offer);
    sendMissing();
    Files.createSymbolicLink(store.resolve("sealed"), elsewhere);

    assertEquals("failed", commit());

    assertEquals(0, elsewhere.toFile().list().length);
  }

  @Test
  void aSecondArrivalOfTheSameIsKnownToBeThere() throws Exception {
    aSectorArrives();
    receiver = receiver();

    assertEquals("placed", receiver.offer(offer).state());
    assertEquals("placed", receiver.status(SECTOR, offer.id(), false).state());

    Files.delete(store.resolve(FileNames.cache(SECTOR, "p_aux")));
    assertThrows(TransferTrouble.class, () -> receiver.status(SECTOR, offer.id(), false));
  }

  @Test
  void whatWasLostOfACopyComesAgainAndItsRestGoesToTheTrash() throws Exception {
    aSectorArrives();
    Files.delete(store.resolve(FileNames.cache(SECTOR, "p_aux")));
    receiver = receiver();

    assertEquals("receiving", receiver.offer(offer).state());

    assertEquals(2, store.resolve("selkie/trash").toFile().list().length, "sealed and cache");
    sendMissing();
    commit();
    assertPlaced();
  }

  /** A link to itself refuses every look below it, as a disk does that fails. */
  @Test
  void aCopyThatCannotBeLookedAtIsNotTakenForLost() throws Exception {
    aSectorArrives();
    Path cache = store.resolve("cache");
    Path away = Files.move(cache, store.resolve("cache-away"));
    Files.createSymbolicLink(cache, cache);
    receiver = receiver();

    assertThrows(IOException.class, () -> receiver.status(SECTOR, offer.id(), false));
    assertThrows(IOException.class, () -> receiver.offer(offer));

    assertFalse(Files.exists(store.resolve("selkie/trash")));
    Files.delete(cache);
    Files.move(away, cache);
    assertPlaced();
  }

  @Test
  void aCopyWhoseReceiptCannotBeReadIsNotDiscarded() throws Exception {
    aSectorArrives();
    Path receipt = store.resolve("selkie").resolve(SECTOR + ".received.json");
    Path away = Files.move(receipt, temp.resolve("receipt"));
    Files.createSymbolicLink(receipt, receipt);

    assertThrows(IOException.class, () -> receiver.discard(SECTOR, offer.id()));

    assertFalse(Files.exists(store.resolve("selkie/trash")));
    Files.delete(receipt);
    Files.move(away, receipt);
    assertPlaced();
  }

  @Test
  void theDirectoryBelowADiskThatIsNotMountedIsNotWrittenInto() throws Exception {
    aSectorArrives();
    Path away = Files.move(store, store.resolveSibling("away"));
    Files.createDirectory(store);
    receiver = receiver();

    for (org.junit.jupiter.api.function.Executable call :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> receiver.offer(offer),
            () -> receiver.status(SECTOR, offer.id(), false),
            () -> receiver.discard(SECTOR, offer.id()),
            () -> receiver.freeBytes())) {
      TransferTrouble trouble = assertThrows(TransferTrouble.class, call);
      assertEquals("unreachable", trouble.failure().code());
      assertTrue(trouble.getMessage().contains("mount its disk"), trouble.getMessage());
    }

    assertEquals(0, store.toFile().list().length);
    Files.delete(store);
    Files.move(away, store);
    assertPlaced();
  }

  @Test
  void whatIsDiscardedGoesToTheTrashAndOnlyWhatCameByThatOffer() throws Exception {
    aSectorArrives();
    receiver.discard(SECTOR, "0".repeat(32));
    assertPlaced();

    receiver.discard(SECTOR, offer.id());
    receiver.discard(SECTOR, offer.id());

    assertFalse(Files.exists(store.resolve(FileNames.sealed(SECTOR))));
    assertFalse(Files.exists(store.resolve("selkie").resolve(SECTOR + ".received.json")));
    assertEquals(2, store.resolve("selkie/trash").toFile().list().length);
  }

  @Test
  void whatAKillAfterTheReceiptLeavesIsRemovedWhenTheSectorIsAskedFor() throws Exception {
    aSectorArrives();
    Path left = Files.createDirectories(store.resolve("fetching").resolve(SECTOR.toString()));
    TransferJson.write(left.resolve("offer.json"), new Landing.Staged(1, offer, true));
    receiver = receiver();

    assertPlaced();
  }

  @Test
  void otherContentOfTheSectorReplacesWhatIsNotInPlace() throws Exception {
    receiver.offer(offer);
    sendMissing();
    files = TransferSamples.sector(temp.resolve("again"), 2);
    offer = TransferSamples.offer(files);

    assertTrue(receiver.offer(offer).missing().stream().anyMatch(range -> !range.isEmpty()));

    sendMissing();
    commit();
    assertPlaced();
  }

  @Test
  void moreSectorsThanAllowedAreRefused() throws Exception {
    for (int number = 1; number <= 2; number++) {
      receiver.offer(other(number));
    }

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> receiver.offer(other(3)));

    assertEquals("busy", trouble.failure().code());
  }

  private Offer other(int number) {
    var sector = io.selkie.filecoin.SectorId.parse("s-t01001-" + number);
    return new Offer(
        sector,
        CHUNK,
        List.of(
            new io.selkie.storage.SectorCopy.File(
                FileNames.sealed(sector), 10, "sha256:" + "00".repeat(32))));
  }

  @Test
  void moreThanIsFreeIsRefused() {
    var sealed =
        new io.selkie.storage.SectorCopy.File(
            FileNames.sealed(SECTOR), 1L << 45, "sha256:" + "00".repeat(32));

    TransferTrouble trouble =
        assertThrows(
            TransferTrouble.class,
            () -> receiver.offer(new Offer(SECTOR, Offer.CHUNK, List.of(sealed))));

    assertEquals("no_space", trouble.failure().code());
  }

  private void attach(PathSettings settings) throws IOException {
    StoragePaths paths =
        StoragePaths.open(
            StoragePaths.Settings.ofRepo(
                Files.createDirectories(temp.resolve("own")).toRealPath()));
    Path root = Files.createDirectories(temp.resolve("attached")).toRealPath();
    store = paths.attach(root, Optional.of(settings)).root();
    rules = Destinations.of(paths);
    receiver = receiver();
  }

  @Test
  void aPathWhoseFiltersRefuseTheMinerIsOfferedForNothing() throws Exception {
    attach(
        new PathSettings(
            "picky",
            10,
            false,
            true,
            0,
            List.of(),
            List.of(),
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of(SECTOR.miner())));

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> receiver.offer(offer));

    assertEquals("filtered", trouble.failure().code());
    assertTrue(trouble.getMessage().contains("its filters refuse"), trouble.getMessage());
    assertFalse(Files.exists(store.resolve("fetching")));
  }

  @Test
  void maxStorageOfAServedPathCounts() throws Exception {
    attach(PathSettings.fresh(10, false, true, offer.size() - 1, List.of()));

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> receiver.offer(offer));

    assertEquals("no_space", trouble.failure().code());
    assertEquals(offer.size() - 1, receiver.freeBytes());
  }

  @Test
  void whatIsGivenUpLeavesNothing() throws Exception {
    receiver.offer(offer);
    sendMissing();

    receiver.discard(SECTOR, offer.id());

    assertFalse(Files.exists(store.resolve("fetching").resolve(SECTOR.toString())));
    assertEquals("receiving", receiver.offer(offer).state());
  }

  @Test
  void refusesANumberThatThisHostHasAnotherSectorOf() throws Exception {
    other = Optional.of("/repo has another sector of the number");

    TransferTrouble refusal = assertThrows(TransferTrouble.class, () -> receiver.offer(offer));

    assertEquals("exists", refusal.failure().code());
    assertFalse(Files.exists(store.resolve("fetching")));
  }

  private Offer moving() {
    return new Offer(
        SECTOR,
        CHUNK,
        List.of(
            new io.selkie.storage.SectorCopy.File(
                FileNames.manifest(SECTOR), 10, "sha256:" + "00".repeat(32))),
        Optional.of(new Offer.Moving(io.selkie.filecoin.SealProofType.STACKED_DRG_2KIB_V1_1, 1)));
  }

  @Test
  void aSectorThatMovesDoesNotDisplaceOneThatArrivesSealed() throws Exception {
    receiver.offer(offer);

    TransferTrouble refusal = assertThrows(TransferTrouble.class, () -> receiver.offer(moving()));

    assertEquals("busy", refusal.failure().code());
    sendMissing();
    commit();
    assertPlaced();
  }

  @Test
  void whoMayOnlyMoveSectorsHearsOfNoneThatIsSealed() throws Exception {
    receiver.offer(offer);
    assertUnknown(() -> receiver.arrival(SECTOR, offer.id(), true));
    assertUnknown(() -> receiver.status(SECTOR, offer.id(), true));
    assertUnknown(() -> receiver.commit(SECTOR, offer.id(), true));
    sendMissing();
    commit();

    assertUnknown(() -> receiver.status(SECTOR, offer.id(), true));
    assertPlaced();
  }

  private static void assertUnknown(org.junit.jupiter.api.function.Executable call) {
    assertEquals("unknown", assertThrows(TransferTrouble.class, call).failure().code());
  }

  @Test
  void anArrivalThatWasGivenUpTakesNothingMore() throws Exception {
    receiver.offer(offer);
    Arrival before = receiver.arrival(SECTOR, offer.id(), false);
    Map<String, Path> changed = TransferSamples.sector(temp.resolve("again"), 2);
    receiver.offer(TransferSamples.offer(changed));

    TransferTrouble refusal = assertThrows(TransferTrouble.class, () -> before.begin(0, 0, 0));

    assertEquals("closed", refusal.failure().code());
  }
}
