package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectorClaimTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @TempDir Path temp;
  private Path repo;

  @BeforeEach
  void setUp() throws IOException {
    repo = Files.createDirectory(temp.toRealPath().resolve("repo"));
  }

  @Test
  void theFirstHostHasTheSector() throws IOException {
    host("one").claim(SECTOR, 1);

    ForeignClaimException refusal =
        assertThrows(ForeignClaimException.class, () -> host("two").claim(SECTOR, 7));

    assertEquals("one", refusal.holder());
    assertTrue(String.valueOf(refusal.getMessage()).contains("host one"));
    assertEquals(Optional.of(new SectorClaim("one", 1)), read());
  }

  @Test
  void theSameHostKeepsItAndGoesToLaterGenerations() throws IOException {
    host("one").claim(SECTOR, 1);
    host("one").claim(SECTOR, 3);
    host("one").claim(SECTOR, 2);

    assertEquals(Optional.of(new SectorClaim("one", 3)), read());
    assertEquals(List.of("s-t01000-1.claim"), own());
  }

  @Test
  void theClaimLeavesWithTheSector() throws IOException {
    SectorFiles files = host("one").claim(SECTOR, 1);
    Files.write(files.sealed(), new byte[1]);

    files.delete(OwnReplica.UNKNOWN);

    assertEquals(List.of(), own());
    host("two").claim(SECTOR, 1);
  }

  @Test
  void aNumberIsGivenOnce() throws IOException {
    assertFalse(host("one").isTaken(SECTOR));
    assertFalse(host("one").isTaken(SECTOR));
    assertTrue(host("two").isTaken(SECTOR));
    assertTrue(host("one").isOurs(SECTOR));
    assertFalse(host("two").isOurs(SECTOR));
  }

  @Test
  void ofManyHostsAtOnceOneHasTheSector() throws Exception {
    int hosts = 8;
    List<HostPlaces> places = new ArrayList<>();
    for (int host = 0; host < hosts; host++) {
      places.add(host("host-" + host));
    }
    ExecutorService threads = Executors.newFixedThreadPool(hosts);
    CyclicBarrier together = new CyclicBarrier(hosts);
    try {
      List<Callable<Boolean>> tries = new ArrayList<>();
      for (HostPlaces host : places) {
        tries.add(
            () -> {
              together.await(10, TimeUnit.SECONDS);
              return !host.isTaken(SECTOR);
            });
      }
      int won = 0;
      for (Future<Boolean> end : threads.invokeAll(tries)) {
        won += end.get() ? 1 : 0;
      }
      assertEquals(1, won);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"version\":2,\"holder\":\"one\",\"generation\":1}",
        "{\"version\":1,\"holder\":\"o\\nne\",\"generation\":1}",
        "{\"version\":1,\"holder\":\"one\",\"generation\":-1}",
        "{\"version\":1,\"holder\":\"one\",\"generation\":99999999999}"
      })
  void aClaimThatCannotBeReadIsNobodys(String content) throws IOException {
    HostPlaces one = host("one");
    Files.writeString(repo.resolve("selkie/s-t01000-1.claim"), content);

    IOException refusal = assertThrows(IOException.class, () -> one.claim(SECTOR, 1));

    String line = String.valueOf(refusal.getMessage());
    assertTrue(line.contains("s-t01000-1.claim"), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void aHostAloneClaimsWhatItWritesToo() throws IOException {
    HostPlaces alone = new HostPlaces(open(), false, "one");
    assertFalse(alone.isTaken(SECTOR));
    assertEquals(List.of(), own());

    alone.claim(SECTOR, 1);

    assertEquals(List.of("s-t01000-1.claim"), own());
    assertFalse(alone.isTaken(SECTOR));
  }

  @Test
  void noWritingGoesToAnotherPathThatHasTheNumber() throws IOException {
    HostPlaces host = new HostPlaces(open(), false, "one");
    SectorFiles before = host.claim(SECTOR, 1);
    Files.writeString(before.unsealed(), "data");
    Files.writeString(before.manifest(), "{}");
    // A Lotus disk, and a sector of a peer that arrives whole.
    Path lotus = path("lotus", true);
    Files.writeString(FileType.SEALED.of(lotus, SECTOR), "replica");
    Files.createDirectory(FileType.CACHE.of(lotus, SECTOR));
    Path store = path("store", false);
    Files.writeString(FileType.SEALED.of(store, SECTOR), "replica");
    Files.createDirectory(FileType.CACHE.of(store, SECTOR));
    Files.writeString(new SectorFiles(store, SECTOR).manifest(), "{}");

    for (SectorFiles files :
        List.of(
            new HostPlaces(open(), false, "one").claim(SECTOR, 1),
            new HostPlaces(open(), false, "one").own(SECTOR),
            new HostPlaces(open(), false, "one").removal(SECTOR, 1))) {
      assertEquals(before.root(), files.root());
      assertEquals(before.sealed(), files.sealed());
      assertEquals(before.cache(), files.cache());
      assertEquals(before.manifest(), files.manifest());
    }
  }

  @Test
  void aNewSectorDoesNotBeginWhereOneOfItsNumberArrived() throws IOException {
    Path store = path("store", false);
    SectorFiles arrived = new SectorFiles(store, SECTOR);
    Files.writeString(arrived.sealed(), "replica");
    Files.writeString(arrived.manifest(), "{}");
    Files.writeString(arrived.receipt(), "{}");

    assertEquals(repo, new HostPlaces(open(), false, "one").claim(SECTOR, 1).root());
  }

  @Test
  void aSectorThatLeftIsReadWhereItWent() throws IOException {
    HostPlaces host = new HostPlaces(open(), false, "one");
    host.claim(SECTOR, 1);
    Path store = path("store", false);
    SectorFiles there = new SectorFiles(store, SECTOR);
    Files.writeString(there.sealed(), "replica");
    Files.writeString(there.manifest(), "{}");

    assertEquals(there.sealed(), new HostPlaces(open(), false, "one").own(SECTOR).sealed());
  }

  @Test
  void whatWasWrittenIsReadWhileAnotherPathIsAway() throws IOException {
    SectorFiles written = new HostPlaces(open(), false, "one").claim(SECTOR, 1);
    Files.writeString(written.manifest(), "{}");
    Path store = path("store", false);
    HostPlaces host = new HostPlaces(open(), false, "one");
    Files.delete(store.resolve(PathSettings.FILE));

    assertEquals(repo, host.own(SECTOR).root());

    IOException trouble =
        assertThrows(IOException.class, () -> host.own(SectorId.parse("s-t01000-2")));
    assertTrue(String.valueOf(trouble.getMessage()).contains("mount its disk"));
  }

  private Path path(String name, boolean seals) throws IOException {
    Path directory = Files.createDirectory(temp.toRealPath().resolve(name));
    return open()
        .attach(directory, Optional.of(PathSettings.fresh(1000, seals, !seals, 0, List.of())))
        .root();
  }

  @Test
  void aHostWithOtherSettingsMindsClaimsToo() throws IOException {
    host("one").claim(SECTOR, 1);
    HostPlaces alone = new HostPlaces(open(), false, "two");

    assertThrows(ForeignClaimException.class, () -> alone.claim(SECTOR, 1));
    assertTrue(alone.isTaken(SECTOR));
    assertFalse(alone.isOurs(SECTOR));
    new HostPlaces(open(), false, "one").claim(SECTOR, 2);
    assertEquals(Optional.of(new SectorClaim("one", 2)), read());
  }

  @Test
  void theChoiceBetweenPathsIsKept() throws IOException {
    StoragePaths paths = open();
    Path other = Files.createDirectory(temp.toRealPath().resolve("other"));
    paths.attach(other, Optional.of(PathSettings.fresh(1000, true, false, 0, List.of())));
    HostPlaces host = new HostPlaces(paths, false, "one");

    SectorFiles first = host.claim(SECTOR, 1);
    Files.writeString(
        first.root().resolve(PathSettings.FILE),
        Files.readString(first.root().resolve(PathSettings.FILE)).replace("1000", "1"));

    assertEquals(first.root(), new HostPlaces(open(), false, "one").claim(SECTOR, 1).root());
    assertEquals(other, first.root());
  }

  private HostPlaces host(String name) throws IOException {
    return new HostPlaces(open(), true, name);
  }

  private StoragePaths open() throws IOException {
    return StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
  }

  private Optional<SectorClaim> read() throws IOException {
    return SectorClaim.read(repo.resolve("selkie/s-t01000-1.claim"));
  }

  private List<String> own() {
    return List.of(repo.resolve("selkie").toFile().list());
  }
}
