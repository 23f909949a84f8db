package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.lotus.UpdatedSector;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node updates a sector for a miner (SnapDeals): all but the Groth proof, really. */
@Timeout(300)
class LotusUpdateIT extends LotusUpdateTrial {
  private static final long NUMBER = 5;
  private static final String STORE = UUID.randomUUID().toString();
  private static final Set<String> KEPT = Set.of("p_aux", "t_aux", "sc-02-data-tree-r-last.dat");

  @Test
  void aSectorIsUpdatedWhileTheNodeIsKilledInTheMidst() throws Exception {
    CompletableFuture<UpdatedSector> sector;
    try (NodeProcess node = start()) {
      sector = update(NUMBER, false);
      awaitStart(node, "replicaUpdate");
      node.kill();
    }
    try (NodeProcess node = start()) {
      awaitStart(node, "proveReplicaUpdate1");
      node.kill();
    }
    try (NodeProcess node = start()) {
      UpdatedSector updated = updated(node, sector);

      assertNotEquals(updated.cids().unsealed(), updated.update().newUnsealed());
      assertNotEquals(updated.cids().sealed(), updated.update().newSealed());
      assertEquals(1, updated.vanilla().size());
      assertEquals(2048, Files.size(file("update", NUMBER)));
      assertEquals(2048, Files.size(file("sealed", NUMBER)));
      for (String cache : List.of("cache", "update-cache")) {
        assertEquals(KEPT, names(file(cache, NUMBER)), cache);
      }
      for (String method : List.of("replicaUpdate", "proveReplicaUpdate1")) {
        assertTrue(
            miner.log().stream().filter(one -> one.startsWith(method + " ")).count() <= 2,
            () -> miner.log().toString());
      }
    }
  }

  /** As a sector that was stored when it was sealed, and is updated from there. */
  @Test
  void whatIsUpdatedOfAStoredSectorIsStoredBesideIt() throws Exception {
    miner.storeAtWorkers(true);
    try (NodeProcess node = start()) {
      attachStore(node);
      updated(node, update(NUMBER, false));
      requireStored();
    }
  }

  /** One that never left comes to the store all together. */
  @Test
  void anUpdatedSectorIsStored() throws Exception {
    try (NodeProcess node = start()) {
      attachStore(node);
      CompletableFuture<UpdatedSector> sector = update(NUMBER, false);
      awaitStart(node, "replicaUpdate");
      miner.storeAtWorkers(true);
      updated(node, sector);
      requireStored();
    }
  }

  @Test
  void anUpdateIsStoredThroughAKill() throws Exception {
    miner.storeAtWorkers(true);
    CompletableFuture<UpdatedSector> sector;
    try (NodeProcess node = start()) {
      attachStore(node);
      sector = update(NUMBER, false);
      awaitStart(node, "finalizeReplicaUpdate");
      await(
          node,
          "an update in the store",
          () -> Files.exists(stored("update")) || !miner.violations().isEmpty());
      node.kill();
    }
    try (NodeProcess node = start()) {
      updated(node, sector);
      requireStored();
    }
  }

  private void attachStore(NodeProcess node) throws Exception {
    Path store = Files.createDirectories(temp.resolve("store"));
    Files.writeString(
        store.resolve("sectorstore.json"),
        """
        {"ID":"%s","Weight":10,"CanSeal":false,"CanStore":true,"MaxStorage":0}
        """
            .formatted(STORE));
    var unused =
        miner
            .awaitWorkers(1, Duration.ofSeconds(90))
            .get(0)
            .api()
            .storageAddLocal(store.toString())
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    await(
        node,
        "the store in the index",
        () -> miner.index().attached().stream().anyMatch(path -> path.id().equals(STORE)));
  }

  private Path stored(String type) {
    return temp.resolve("store").resolve(type).resolve(new SectorId(id, NUMBER).toString());
  }

  /** All of it is in the store, once, and nothing of it where it was worked on. */
  private void requireStored() throws Exception {
    for (String type : List.of("unsealed", "sealed", "cache", "update", "update-cache")) {
      assertTrue(Files.exists(stored(type)), type);
      assertFalse(Files.exists(file(type, NUMBER)), type);
    }
    for (String cache : List.of("cache", "update-cache")) {
      assertEquals(KEPT, names(stored(cache)), cache);
    }
    try (var own = Files.list(temp.resolve("node/repo/selkie"))) {
      String name = new SectorId(id, NUMBER) + ".";
      assertEquals(
          List.of(), own.filter(file -> file.toString().contains(name)).toList(), "records");
    }
  }

  private static Set<String> names(Path directory) throws Exception {
    try (var files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .collect(Collectors.toUnmodifiableSet());
    }
  }
}
