package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.lotus.UpdatedSector;
import io.selkie.selftest.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node updates a sector for a miner (SnapDeals): all but the Groth proof, really. */
@Timeout(300)
class LotusUpdateIT extends LotusUpdateTrial {
  private static final long NUMBER = 5;

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
      Set<String> kept = Set.of("p_aux", "t_aux", "sc-02-data-tree-r-last.dat");
      for (String cache : List.of("cache", "update-cache")) {
        assertEquals(kept, names(file(cache, NUMBER)), cache);
      }
      for (String method : List.of("replicaUpdate", "proveReplicaUpdate1")) {
        assertTrue(
            miner.log().stream().filter(one -> one.startsWith(method + " ")).count() <= 2,
            () -> miner.log().toString());
      }
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
