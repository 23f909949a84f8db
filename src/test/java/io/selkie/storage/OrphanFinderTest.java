package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanFinderTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path temp;
  private Instant now = Instant.now();
  private StoragePaths paths;
  private StoragePath repo;
  private final Map<SectorId, SectorStanding> standings = new HashMap<>();
  private final List<SectorId> asked = new ArrayList<>();

  @BeforeEach
  void setUp() throws IOException {
    Path directory = Files.createDirectory(temp.toRealPath().resolve("repo"));
    paths = StoragePaths.open(StoragePaths.Settings.ofRepo(directory));
    repo = paths.all().get(0);
  }

  @Test
  void whatTheJournalMayNeedIsNoOrphan() throws IOException {
    make("unsealed/s-t01000-1", 100);
    make("cache/s-t01000-1/sc-02-data-layer-1.dat", 100);
    make("selkie/s-t01000-1.json", 10);
    for (SectorStanding standing : List.of(SectorStanding.BUSY, SectorStanding.FOREIGN)) {
      standings.put(SECTOR, standing);

      assertEquals(List.of(), find());
    }
  }

  @Test
  void aSectorThatWasRemovedOrNeverBegunIsOneOrphanWithAllItsFiles() throws IOException {
    make("selkie/s-t01000-1.seal.json", 5);
    make("selkie/s-t01000-1.json", 10);
    make("selkie/s-t01000-1-unseal/layer", 7);
    make("selkie/s-t01000-1.data.tmp", 100);
    make("unsealed/s-t01000-1", 0);
    Files.createDirectory(repo.root().resolve("cache/s-t01000-1"));
    make("selkie/s-t01000-10.json", 1);
    standings.put(SectorId.parse("s-t01000-10"), SectorStanding.BUSY);
    for (SectorStanding standing : List.of(SectorStanding.REMOVED, SectorStanding.UNKNOWN)) {
      standings.put(SECTOR, standing);

      Orphan orphan = find().get(0);

      assertEquals(1, find().size());
      assertEquals(Orphan.Kind.SECTOR, orphan.kind());
      assertEquals(122, orphan.bytes());
      assertEquals(6, orphan.files().size());
      assertEquals(repo.root().resolve("selkie/s-t01000-1.json"), orphan.files().get(0));
      assertFalse(orphan.onlyByName());
      assertEquals(orphan.id(), find().get(0).id());
    }
  }

  @Test
  void aReplicaThatTheJournalDoesNotNeedMayBeOfWorth() throws IOException {
    make("sealed/s-t01000-1", 100);
    for (SectorStanding standing : List.of(SectorStanding.REMOVED, SectorStanding.UNKNOWN)) {
      standings.put(SECTOR, standing);

      assertTrue(find().get(0).onlyByName(), standing.toString());
    }
  }

  @Test
  void onAPathThatStoresAllMayBeOfWorth() throws IOException {
    StoragePath store = store();
    make(store, "unsealed/s-t01000-1", 0);
    for (SectorStanding standing : List.of(SectorStanding.REMOVED, SectorStanding.UNKNOWN)) {
      standings.put(SECTOR, standing);

      assertTrue(find().get(0).onlyByName(), standing.toString());
    }
  }

  @Test
  void whatAProvenReplicaNeedsMayLieOnAnotherPath() throws IOException {
    StoragePath store = store();
    make("cache/s-t01000-1/p_aux", 64);
    make("unsealed/s-t01000-2", 100);
    make("selkie/s-t01000-3.json", 10);
    make(store, "sealed/s-t01000-3", 100);
    for (int number = 1; number <= 3; number++) {
      standings.put(SectorId.parse("s-t01000-" + number), SectorStanding.UNKNOWN);
    }

    List<Orphan> orphans = find();

    assertEquals(4, orphans.size());
    assertTrue(orphans.stream().allMatch(Orphan::onlyByName));
  }

  @Test
  void whatBecameOfWorthSinceItWasFoundStays() throws IOException {
    make("selkie/s-t01000-1.json", 10);
    standings.put(SECTOR, SectorStanding.UNKNOWN);
    Orphan orphan = find().get(0);
    assertFalse(orphan.onlyByName());

    make("sealed/s-t01000-1", 100);

    assertFalse(finder(false).isStill(orphan));
  }

  @Test
  void nothingIsDeletedOnAPathThatWasDetached() throws IOException {
    StoragePath store = store();
    make(store, "selkie/s-t01000-1.json", 10);
    standings.put(SECTOR, SectorStanding.REMOVED);
    Orphan orphan = find().get(0);
    assertTrue(finder(false).isStill(orphan));

    paths.detach(store);

    assertFalse(finder(false).isStill(orphan));
  }

  @Test
  void ofASealedSectorOnlyScratchIsSpare() throws IOException {
    make("sealed/s-t01000-1", 100);
    make("cache/s-t01000-1/p_aux", 64);
    make("cache/s-t01000-1/t_aux", 64);
    make("cache/s-t01000-1/sc-02-data-tree-r-last.dat", 64);
    make("cache/s-t01000-1/sc-02-data-tree-r-last-0.dat", 64);
    standings.put(SECTOR, SectorStanding.SEALED);
    assertEquals(List.of(), find());

    make("cache/s-t01000-1/sc-02-data-layer-11.dat", 10);
    make("cache/s-t01000-1/sc-02-data-tree-c-7.dat", 10);
    make("cache/s-t01000-1/sc-02-data-tree-d.dat", 10);
    make("selkie/s-t01000-1.c1.json", 10);
    make("selkie/s-t01000-1.data", 10);

    Orphan orphan = find().get(0);
    assertEquals(Orphan.Kind.SCRATCH, orphan.kind());
    assertEquals(50, orphan.bytes());
    assertEquals(5, orphan.files().size());
  }

  @Test
  void theSourceOfAMoveIsSpareOnceAnotherPathHasItWhole() throws IOException {
    StoragePath store = store();
    standings.put(SECTOR, SectorStanding.SEALED);
    for (StoragePath path : paths.all()) {
      make(path, "sealed/s-t01000-1", 100);
      make(path, "cache/s-t01000-1/p_aux", 64);
    }
    make(repo, "selkie/s-t01000-1.json", 10);
    make(repo, "unsealed/s-t01000-1", 10);
    assertEquals(List.of(), find());

    make(store, "selkie/s-t01000-1.json", 10);

    Orphan orphan = find().get(0);
    assertEquals(1, find().size());
    assertEquals(Orphan.Kind.COPY, orphan.kind());
    assertEquals(174, orphan.bytes());
    assertTrue(orphan.files().stream().allMatch(file -> file.startsWith(repo.root())));
    assertEquals(List.of(orphan.id()), copies().stream().map(Orphan::id).toList());
  }

  @Test
  void whatHasNoDigestIsNeverACopyThatGoesByItself() throws IOException {
    StoragePath store = store();
    standings.put(SECTOR, SectorStanding.SEALED);
    for (StoragePath path : paths.all()) {
      make(path, "sealed/s-t01000-1", 100);
      make(path, "cache/s-t01000-1/p_aux", 64);
      make(path, "unsealed/s-t01000-1", 10);
      make(path, "update/s-t01000-1", 10);
      make(path, "update-cache/s-t01000-1/p_aux", 10);
      make(path, "selkie/s-t01000-1.claim", 10);
      make(path, "selkie/s-t01000-1.json", 10);
    }

    List<Orphan> orphans = find();

    assertEquals(List.of(false, true), orphans.stream().map(Orphan::onlyByName).toList());
    assertEquals(List.of(3, 3), orphans.stream().map(orphan -> orphan.files().size()).toList());
    assertEquals(List.of(orphans.get(0).id()), copies().stream().map(Orphan::id).toList());
    assertEquals(Optional.of(store), orphans.get(0).home());
  }

  @Test
  void whatFetchesLeftIsFoundWithoutAJournal() throws IOException {
    make("sealed/fetching/s-t01000-1", 100);
    make("cache/fetching/s-t01000-1/p_aux", 64);

    assertEquals(List.of(), finder(false).oldFetches());
    assertEquals(List.of(Orphan.Kind.FETCH, Orphan.Kind.FETCH), kinds(find()));
    now = Instant.now().plus(Duration.ofDays(2));
    List<Orphan> fetches = finder(false).oldFetches();

    assertEquals(List.of(Orphan.Kind.FETCH, Orphan.Kind.FETCH), kinds(fetches));
    assertEquals(164, fetches.stream().mapToLong(Orphan::bytes).sum());
    assertEquals(List.of(), asked);
    assertEquals(List.of(), finder(true).oldFetches());
  }

  @Test
  void aFetchThatSomebodyGoesOnWithIsNotOld() throws IOException {
    make("cache/fetching/s-t01000-1/p_aux", 64);
    Path inner = repo.root().resolve("cache/fetching/s-t01000-1/p_aux");
    Instant later = Instant.now().plus(Duration.ofDays(2));
    Files.setLastModifiedTime(inner, FileTime.from(later));
    now = later.plusSeconds(60);

    assertEquals(List.of(), finder(false).oldFetches());
    now = later.plus(Duration.ofDays(2));
    assertEquals(1, finder(false).oldFetches().size());
  }

  @Test
  void aSectorThatNobodySendsAnyMoreIsFoundAfterAWeek() throws IOException {
    make("fetching/s-t01000-1/0.part", 100);
    make("fetching/s-t01000-1/0.chunks", 10);
    offer("s-t01000-1", false);
    make("fetching/s-t01000-2/0.part", 100);
    offer("s-t01000-2", true);
    make("fetching/s-t01000-3/notes", 100);
    offer("s-t01000-3", false);
    make("fetching/s-t01000-4/0.part", 100);
    make("fetching/README/0.part", 100);
    assertEquals(List.of(), find());

    now = Instant.now().plus(Duration.ofDays(8));
    List<Orphan> orphans = find();

    assertEquals(List.of(Orphan.Kind.ARRIVAL, Orphan.Kind.ARRIVAL), kinds(orphans));
    assertEquals(
        List.of("s-t01000-1", "s-t01000-4"),
        orphans.stream().map(one -> one.files().get(0).getFileName().toString()).toList());
    assertTrue(finder(false).isStill(orphans.get(0)));
    offer("s-t01000-1", true);
    assertFalse(finder(false).isStill(orphans.get(0)));
  }

  private void offer(String sector, boolean placing) throws IOException {
    Files.writeString(
        repo.root().resolve("fetching").resolve(sector).resolve("offer.json"),
        "{\"version\":1,\"placing\":" + placing + "}");
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path precious = Files.createDirectory(temp.resolve("precious"));
    Files.write(precious.resolve("p_aux"), new byte[5000]);
    Files.createSymbolicLink(repo.root().resolve("cache/s-t01000-1"), precious);
    Files.createDirectories(repo.root().resolve("cache/fetching"));
    Files.createSymbolicLink(repo.root().resolve("cache/fetching/s-t01000-2"), precious);
    standings.put(SECTOR, SectorStanding.REMOVED);

    for (Orphan orphan : find()) {
      assertEquals(0, orphan.bytes());
      for (Path file : orphan.files()) {
        FileTree.delete(file);
      }
    }

    assertTrue(Files.exists(precious.resolve("p_aux")));
    assertEquals(List.of(), find());
  }

  @Test
  void namesOfOthersAreLeftAlone() throws IOException {
    make("sealed/README", 1);
    make("sealed/s-t01000-01", 1);
    make("selkie/spool/1", 1);
    make("selkie/notes.txt", 1);
    make("piece/s-t01000-1", 1);
    Files.createFile(repo.root().resolve("cache").resolve("s-t01000-1\nx"));

    assertEquals(List.of(), find());
    assertEquals(List.of(), asked);
  }

  @Test
  void askedAgainTheJournalMaySayOtherwise() throws IOException {
    make("unsealed/s-t01000-1", 100);
    standings.put(SECTOR, SectorStanding.UNKNOWN);
    Orphan orphan = find().get(0);
    assertTrue(finder(false).isStill(orphan));

    standings.put(SECTOR, SectorStanding.BUSY);

    assertFalse(finder(false).isStill(orphan));
  }

  @Test
  void theTrashKeepsThingsForAWhile() throws IOException {
    make("sealed/s-t01000-1", 100);
    make("cache/s-t01000-1/p_aux", 64);
    Trash trash = new Trash(repo);
    assertTrue(trash.put(repo.root().resolve("sealed/s-t01000-1"), NOW));
    assertTrue(trash.put(repo.root().resolve("cache/s-t01000-1"), NOW.plusSeconds(60)));
    assertFalse(trash.put(repo.root().resolve("sealed/s-t01000-2"), NOW));
    assertFalse(repo.holds(SECTOR, FileType.SEALED));
    assertEquals(List.of(Orphan.Kind.TRASH, Orphan.Kind.TRASH), kinds(find()));
    List<Path> told = new ArrayList<>();

    List<Trash.Item> gone =
        trash.empty(Duration.ofHours(1), NOW.plusSeconds(3600), (file, sector) -> told.add(file));

    assertEquals(List.of("sealed.s-t01000-1"), gone.stream().map(Trash.Item::name).toList());
    assertEquals(1, told.size());
    assertEquals(
        List.of("cache.s-t01000-1"), trash.items().stream().map(Trash.Item::name).toList());
    trash.empty(Duration.ZERO, NOW.plusSeconds(3600), (file, sector) -> {});
    assertEquals(List.of(), trash.items());
  }

  private StoragePath store() throws IOException {
    return paths.attach(
        Files.createDirectory(temp.toRealPath().resolve("store")),
        Optional.of(PathSettings.fresh(1, false, true, 0, List.of())));
  }

  private List<Orphan> find() throws IOException {
    return finder(false).find();
  }

  @Test
  void whatWasPutIntoTheTrashByHandStays() throws IOException {
    make("selkie/trash/sealed.s-t01000-1", 100);
    Trash trash = new Trash(repo);

    assertEquals(List.of(), trash.empty(Duration.ZERO, NOW, (file, sector) -> {}));

    Orphan stranger = find().get(0);
    assertEquals(Orphan.Kind.TRASH, stranger.kind());
    assertTrue(stranger.onlyByName());
    assertTrue(Files.exists(stranger.files().get(0)));
  }

  private List<Orphan> copies() throws IOException {
    return finder(false).copies();
  }

  private OrphanFinder finder(boolean shared) {
    return new OrphanFinder(
        paths,
        shared,
        sector -> {
          asked.add(sector);
          return standings.getOrDefault(sector, SectorStanding.BUSY);
        },
        () -> now);
  }

  private static List<Orphan.Kind> kinds(List<Orphan> orphans) {
    return orphans.stream().map(Orphan::kind).toList();
  }

  private void make(String name, int bytes) throws IOException {
    make(repo, name, bytes);
  }

  private static void make(StoragePath path, String name, int bytes) throws IOException {
    Path file = path.root().resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, new byte[bytes]);
  }
}
