package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.FsStat;
import io.selkie.lotus.wire.HealthReport;
import io.selkie.lotus.wire.PathKind;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.lotus.wire.StorageInfo;
import io.selkie.rpc.RpcException;
import io.selkie.storage.FileType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of LOTUS_WORKER_PROTOCOL.md 10.3. */
class StandInIndexTest {
  private static final MinerId MINER = new MinerId(1000);
  private static final SectorId SECTOR = new SectorId(MINER, 9);
  private static final SectorFileTypes SEALED = SectorFileTypes.of(FileType.SEALED);
  private static final SectorFileTypes BOTH = SectorFileTypes.of(FileType.SEALED, FileType.CACHE);
  private static final long SIZE = 2048;

  private final StandInIndex index = new StandInIndex();

  private void attach(String id, String url, long weight, boolean seals, long available) {
    index.attach(
        new StorageInfo(
            id,
            List.of(url),
            weight,
            0,
            seals,
            !seals,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of("t01001")),
        stat(available));
  }

  private static FsStat stat(long available) {
    return new FsStat(1L << 40, available, available, 0, 0, 0);
  }

  @Test
  void urlsAreAddedAndTakenOffUntilThePathGoes() throws Exception {
    attach("a", "http://1/remote", 10, true, 1 << 20);
    attach("a", "http://2/remote", 7, true, 1);
    index.declare("a", SECTOR, SEALED, false);

    assertEquals(List.of("http://1/remote", "http://2/remote"), index.info("a").urls());
    assertEquals(7, index.info("a").weight());
    assertEquals(1 << 20, index.stat("a").available());
    index.detach("a", "http://1/remote");
    assertThrows(RpcException.class, () -> index.detach("a", "http://3/remote"));
    index.detach("a", "http://2/remote");
    assertThrows(RpcException.class, () -> index.info("a"));
    assertThrows(RpcException.class, () -> index.health("a", new HealthReport(stat(1), "")));
    assertEquals(Set.of(), index.where(SECTOR, FileType.SEALED));
  }

  @Test
  void primaryIsNeverTakenBack() {
    attach("a", "http://1/remote", 10, true, 1 << 20);

    index.declare("a", SECTOR, SEALED, true);
    index.declare("a", SECTOR, SEALED, false);

    assertTrue(index.isPrimary("a", SECTOR, FileType.SEALED));
    index.drop("a", SECTOR, SEALED);
    index.drop("a", SECTOR, SEALED);
    assertFalse(index.isPrimary("a", SECTOR, FileType.SEALED));
  }

  @Test
  void findsWhoHoldsAnyAndWhoCouldTakeAll() {
    attach("a", "http://1/remote", 10, true, 1 << 20);
    attach("b", "http://2/remote", 10, true, 1 << 20);
    attach("full", "http://3/remote", 10, true, 100);
    attach("store", "http://4/remote", 10, false, 1 << 20);
    index.declare("a", SECTOR, BOTH, false);

    SectorStorageInfo sealed = index.find(SECTOR, SEALED, 0, false).get(0);
    assertEquals(List.of("http://1/remote/sealed/s-t01000-9"), sealed.urls());
    assertEquals(10, sealed.weight());
    assertEquals(20, index.find(SECTOR, BOTH, SIZE, false).get(0).weight());
    assertEquals(
        Set.of("a", "b"),
        Set.copyOf(
            index.find(SECTOR, BOTH, SIZE, true).stream().map(SectorStorageInfo::id).toList()));
  }

  @Test
  void theBestPlaceIsWhereMostIsFree() throws Exception {
    attach("a", "http://1/remote", 10, true, 100_000);
    attach("b", "http://2/remote", 20, true, 90_000);
    attach("small", "http://3/remote", 10, true, 28_876 + 2047);
    attach("store", "http://4/remote", 10, false, 100_000);

    assertEquals(List.of("b", "a"), best(MINER));
    index.health("b", new HealthReport(stat(90_000), "the disk is gone"));
    assertEquals(List.of("a"), best(MINER));
    assertThrows(RpcException.class, () -> best(new MinerId(1001)));
  }

  private List<String> best(MinerId miner) throws RpcException {
    return index.bestAlloc(BOTH, SIZE, PathKind.SEALING, miner).stream()
        .map(StorageInfo::id)
        .toList();
  }
}
