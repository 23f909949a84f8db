package io.selkie.node;

import static io.selkie.storage.FileType.CACHE;
import static io.selkie.storage.FileType.SEALED;
import static io.selkie.storage.FileType.UNSEALED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInCalls;
import io.selkie.lotus.StandInWorker;
import io.selkie.lotus.wire.AcquireMode;
import io.selkie.lotus.wire.CallError;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorLocation;
import io.selkie.lotus.wire.SectorLocations;
import io.selkie.selftest.NodeProcess;
import io.selkie.storage.FileType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node whose store gets files that no host of its farm has. */
class MinerStoreIT extends MinerTrial {
  private static final SectorFileTypes BOTH = SectorFileTypes.of(SEALED, CACHE);

  private final String storeId = UUID.randomUUID().toString();
  private SealedSector sealed;
  private SectorId sector;

  @BeforeEach
  void aSectorThatTheMinerHas() throws Exception {
    try (NodeProcess node = start()) {
      sealed = miner.seal(1, TYPE).get(SEALED_SECONDS, TimeUnit.SECONDS);
      node.kill();
    }
    sector = sealed.sector().id();
    miner.files().put(sealed);
  }

  private Path store(long mostBytes) throws Exception {
    Path store = Files.createDirectories(temp.resolve("store"));
    Files.writeString(
        store.resolve("sectorstore.json"),
        """
        {"ID":"%s","Weight":10,"CanSeal":false,"CanStore":true,"MaxStorage":%d}
        """
            .formatted(storeId, mostBytes));
    return store;
  }

  /** Another host than the one that sealed, with a store. */
  private NodeProcess other() throws Exception {
    return NodeProcess.start(temp.resolve("other"), settings);
  }

  private StandInWorker withStore(NodeProcess node, long mostBytes) throws Exception {
    StandInWorker worker = miner.awaitWorkers(1, REGISTERED).get(0);
    var unused =
        worker
            .api()
            .storageAddLocal(store(mostBytes).toString())
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    TrialNode.await(
        node,
        "the store in the index",
        () -> miner.index().attached().stream().anyMatch(path -> path.id().equals(storeId)));
    return worker;
  }

  private CompletableFuture<StandInCalls.Result> fetch(StandInWorker worker, SectorFileTypes types)
      throws Exception {
    return miner.call(
        worker,
        "fetch",
        sector,
        api -> api.fetch(sealed.sector(), types, PathKind.STORAGE, AcquireMode.MOVE));
  }

  private static StandInCalls.Result end(CompletableFuture<StandInCalls.Result> call)
      throws Exception {
    return call.get(SEALED_SECONDS, TimeUnit.SECONDS);
  }

  private void requireStored() throws Exception {
    for (FileType type : List.of(SEALED, CACHE)) {
      assertTrue(miner.index().where(sector, type).contains(storeId), "not declared: " + type);
      assertTrue(miner.index().isPrimary(storeId, sector, type));
    }
    assertArrayEquals(
        sealed.replica().toByteArray(),
        Files.readAllBytes(temp.resolve("store/sealed").resolve(sector.toString())));
    Path cache = temp.resolve("store/cache").resolve(sector.toString());
    for (String name : sealed.cache().keySet()) {
      assertArrayEquals(
          sealed.cache().get(name).toByteArray(), Files.readAllBytes(cache.resolve(name)));
    }
  }

  @Test
  void filesThatOnlyTheMinerHasComeToTheStore() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);

      assertEquals(Optional.empty(), end(fetch(worker, BOTH)).error(), node.log());

      requireStored();
      assertEquals(Set.of(storeId), miner.index().where(sector, SEALED));
      assertFalse(miner.files().has(sector, SEALED));
      assertFalse(miner.files().has(sector, CACHE));
      assertEquals(Optional.empty(), end(fetch(worker, BOTH)).error());
      assertEquals(
          Optional.empty(),
          end(miner.call(
                  worker, "moveStorage", sector, api -> api.moveStorage(sealed.sector(), BOTH)))
              .error());
      requireStored();
    }
    assertMinerIsContent();
  }

  /** Lotus only warns, too: the files are here, and in the index. */
  @Test
  void filesThatCannotBeDeletedAtTheirSourceAreStoredAllTheSame() throws Exception {
    miner.files().keepAll();
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);

      assertEquals(Optional.empty(), end(fetch(worker, BOTH)).error(), node.log());

      requireStored();
      assertTrue(miner.files().has(sector, SEALED));
    }
    assertMinerIsContent();
  }

  @Test
  void aStoreWithoutRoomIsATemporaryError() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 1000);

      CallError error = end(fetch(worker, SectorFileTypes.of(SEALED))).error().orElseThrow();

      assertEquals(CallError.NO_SPACE, error.code());
      assertTrue(miner.files().has(sector, SEALED));
    }
    assertMinerIsContent();
  }

  @Test
  void aKillLosesNothing() throws Exception {
    Path marks = Files.createDirectories(temp.resolve("marks"));
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.test.failpoints.0", "Fetch.CallEnded.before-persist@" + sector);
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = other()) {
      call = fetch(withStore(node, 0), BOTH);
      TrialNode.await(
          node,
          "a call that is held",
          () -> Files.exists(marks.resolve("Fetch.CallEnded.before-persist@" + sector)));
      node.kill();
    }
    settings.remove("selkie.test.failpoints.0");
    try (NodeProcess node = other()) {
      assertEquals(Optional.empty(), end(call).error(), node.log());

      requireStored();
      assertEquals(Set.of(storeId), miner.index().where(sector, SEALED));
    }
    assertMinerIsContent();
  }

  private CompletableFuture<StandInCalls.Result> download(
      StandInWorker worker, boolean finalized, FileType... types) throws Exception {
    Map<FileType, SectorLocation> from = new EnumMap<>(FileType.class);
    for (FileType type : types) {
      from.put(
          type,
          new SectorLocation(
              false,
              miner.files().url(sector, type),
              List.of(new SectorLocation.Header("X-Key", "secret"))));
    }
    return miner.call(
        worker,
        "downloadSectorData",
        sector,
        api -> api.downloadSectorData(sealed.sector(), finalized, new SectorLocations(from)));
  }

  /** What says in the store that a call has downloaded a file. */
  private List<Path> notes() throws Exception {
    try (Stream<Path> own = Files.list(temp.resolve("store/selkie"))) {
      return own.filter(file -> file.toString().contains(".downloaded-")).toList();
    }
  }

  private void requireDownloaded() throws Exception {
    for (FileType type : List.of(SEALED, CACHE)) {
      assertTrue(miner.index().isPrimary(storeId, sector, type), "not declared: " + type);
    }
    assertArrayEquals(
        sealed.replica().toByteArray(),
        Files.readAllBytes(temp.resolve("store/sealed").resolve(sector.toString())));
    Path cache = temp.resolve("store/cache").resolve(sector.toString());
    for (String name : sealed.cache().keySet()) {
      assertArrayEquals(
          sealed.cache().get(name).toByteArray(), Files.readAllBytes(cache.resolve(name)));
    }
  }

  @Test
  void offeredFilesAreDownloadedWithTheirHeaders() throws Exception {
    miner.files().requireHeader("X-Key", "secret");
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);

      assertEquals(
          Optional.empty(), end(download(worker, true, SEALED, CACHE)).error(), node.log());

      requireDownloaded();
      assertFalse(node.log().contains("secret"), node.log());
      TrialNode.await(node, "forgotten notes", () -> notes().isEmpty());
    }
    assertMinerIsContent();
  }

  @Test
  void whatIsNotFinalizedGoesToAPathThatSeals() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);

      assertEquals(
          Optional.empty(), end(download(worker, false, SEALED, CACHE)).error(), node.log());

      for (FileType type : List.of(SEALED, CACHE)) {
        Set<String> where = miner.index().where(sector, type);
        assertFalse(where.contains(storeId), "at a path that only stores: " + type);
        assertEquals(2, where.size(), "the miner's, and one of the node: " + where);
      }
    }
    assertMinerIsContent();
  }

  /** What had come is not asked for again. */
  @Test
  void aDownloadGoesOnAfterAKill() throws Exception {
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);
      miner.files().stall(Optional.of(CACHE));
      call = download(worker, true, SEALED, CACHE);
      TrialNode.await(node, "half of the cache", () -> miner.files().asked(sector, CACHE) > 0);
      node.kill();
    }
    miner.files().stall(Optional.empty());
    try (NodeProcess node = other()) {
      assertEquals(Optional.empty(), end(call).error(), node.log());

      requireDownloaded();
      assertEquals(1, miner.files().asked(sector, SEALED));
      assertEquals(2, miner.files().asked(sector, CACHE));
    }
    assertMinerIsContent();
  }

  @Test
  void aDownloadThatIsDoneIsNotDoneAgain() throws Exception {
    Path marks = Files.createDirectories(temp.resolve("marks"));
    String held = "Download.CallEnded.before-persist@" + sector;
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.test.failpoints.0", held);
    CompletableFuture<StandInCalls.Result> call;
    try (NodeProcess node = other()) {
      call = download(withStore(node, 0), true, SEALED, CACHE);
      TrialNode.await(node, "a call that is held", () -> Files.exists(marks.resolve(held)));
      node.kill();
    }
    settings.remove("selkie.test.failpoints.0");
    try (NodeProcess node = other()) {
      assertEquals(Optional.empty(), end(call).error(), node.log());

      requireDownloaded();
      assertEquals(1, miner.files().asked(sector, SEALED));
      assertEquals(1, miner.files().asked(sector, CACHE));
    }
    assertMinerIsContent();
  }

  @Test
  void aSectorThatTheFarmWorkedOnIsNotReplaced() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);
      Files.writeString(temp.resolve("other/repo/selkie").resolve(sector + ".json"), "{}");

      CallError error = end(download(worker, true, SEALED)).error().orElseThrow();

      assertTrue(error.message().contains("worked on " + sector), error::toString);
      assertEquals(0, miner.files().asked(sector, SEALED));
    }
    assertMinerIsContent();
  }

  @Test
  void aSectorKeyIsNotMadeAgainAndTheMinerHearsWhoDoesIt() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = miner.awaitWorkers(1, REGISTERED).get(0);

      ExecutionException refusal =
          assertThrows(
              ExecutionException.class,
              () ->
                  worker
                      .api()
                      .generateSectorKeyFromData(sealed.sector(), sealed.cids().unsealed())
                      .toCompletableFuture()
                      .get(60, TimeUnit.SECONDS));

      assertTrue(
          String.valueOf(refusal.getMessage()).contains("--regen-sector-key"),
          () -> String.valueOf(refusal.getMessage()));
    }
    assertMinerIsContent();
  }

  @Test
  void aDownloadThatIsNoReplicaFails() throws Exception {
    miner.files().put(sector, SEALED, new byte[2047]);
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);

      CallError error = end(download(worker, true, SEALED)).error().orElseThrow();

      assertEquals(CallError.UNKNOWN, error.code());
      assertTrue(error.message().contains("2047 bytes instead of 2048"), error::toString);
      assertFalse(error.message().contains("/sealed/"), "no address: " + error);
      assertFalse(Files.exists(temp.resolve("store/sealed").resolve(sector.toString())));
    }
    assertMinerIsContent();
  }

  @Test
  void whatWasUnsealedGoesToTheStoreWithoutTheReplica() throws Exception {
    try (NodeProcess node = other()) {
      StandInWorker worker = withStore(node, 0);
      UnpaddedSize all = new UnpaddedSize(2032);
      CompletableFuture<StandInCalls.Result> unsealed =
          miner.call(
              worker,
              "unsealPiece",
              sector,
              api ->
                  api.unsealPiece(
                      sealed.sector(), 0, all, sealed.ticket(), sealed.cids().unsealed()));
      assertEquals(Optional.empty(), end(unsealed).error(), node.log());

      assertEquals(
          Optional.empty(), end(fetch(worker, SectorFileTypes.of(UNSEALED))).error(), node.log());

      assertEquals(Set.of(storeId), miner.index().where(sector, UNSEALED));
      assertTrue(miner.files().has(sector, SEALED));
    }
    assertMinerIsContent();
  }
}
