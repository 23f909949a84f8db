package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoragePathsTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @TempDir Path temp;
  private Path repo;

  @BeforeEach
  void setUp() throws IOException {
    repo = Files.createDirectory(temp.toRealPath().resolve("repo"));
  }

  @Test
  void theDirectoriesOfAStoreAreOnOneFileSystem() throws Exception {
    Path root = Files.createDirectories(temp.resolve("several"));
    Path cache = Files.createDirectories(root.resolve("cache"));
    Files.createDirectories(root.resolve("sealed"));

    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                StoragePath.requireOneFileSystem(
                    root, directory -> directory.equals(cache) ? "other" : "one"));

    assertTrue(
        refusal.getMessage().startsWith(cache + " is on another file system than " + root),
        refusal.getMessage());
    StoragePath.requireOneFileSystem(root);
  }

  @Test
  void theRepoBecomesAPathAsInLotus() throws IOException {
    StoragePaths paths = open();

    StoragePath path = paths.all().get(0);
    assertEquals(repo, path.root());
    assertTrue(path.settings().canSeal());
    assertFalse(path.settings().canStore());
    assertEquals(10, path.settings().weight());
    for (String directory :
        List.of("unsealed", "sealed", "cache", "update", "update-cache", "piece", "selkie")) {
      assertTrue(Files.isDirectory(repo.resolve(directory)), directory);
    }
    assertTrue(Files.readString(repo.resolve("storage.json")).contains(repo.toString()));
    assertEquals(path, open().all().get(0));
  }

  @Test
  void aHostWithoutLocalStorageOpensNothingInTheRepo() throws IOException {
    StoragePaths paths =
        StoragePaths.open(
            new StoragePaths.Settings(
                repo, false, repo.resolve("storage.json"), 100, Optional.empty()));

    assertEquals(List.of(), paths.all());
    assertEquals(0, repo.toFile().list().length);
    assertThrows(IOException.class, () -> new SectorSearch(paths).files(SECTOR));
  }

  @Test
  void anAttachedPathIsThereAfterARestart() throws IOException {
    StoragePath store = attach("store", true);

    StoragePaths again = open();

    assertEquals(List.of("repo", "store"), names(again));
    assertEquals(Optional.of(store), again.withId(store.id()));
    assertEquals(Optional.of(store), again.withRoot(temp.resolve("repo/../store")));
  }

  @Test
  void aDetachedPathIsForgottenAndWhole() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();

    paths.detach(store);

    assertEquals(List.of("repo"), names(paths));
    assertEquals(List.of("repo"), names(open()));
    assertTrue(Files.exists(store.root().resolve(PathSettings.FILE)));
    assertEquals(store.id(), paths.attach(store.root(), Optional.empty()).id());
  }

  @Test
  void refusesWhatIsAttachedAlreadyOrInsideAnother() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    Path inside = Files.createDirectory(store.root().resolve("inside"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), store.root());
    Path linkInside = Files.createSymbolicLink(temp.resolve("link-inside"), inside);

    for (Path wrong : List.of(store.root(), inside, link, linkInside, temp, repo)) {
      IOException refusal =
          assertThrows(IOException.class, () -> paths.attach(wrong, Optional.of(settings(true))));
      assertEquals(1, String.valueOf(refusal.getMessage()).lines().count());
    }
    assertFalse(Files.exists(inside.resolve(PathSettings.FILE)));
    assertFalse(Files.exists(temp.resolve(PathSettings.FILE)));
    assertEquals(List.of("repo", "store"), names(paths));
  }

  @Test
  void refusesACopyOfAnAttachedPath() throws IOException {
    StoragePath store = attach("store", true);
    Path copy = Files.createDirectory(temp.resolve("copy"));
    Files.copy(store.root().resolve(PathSettings.FILE), copy.resolve(PathSettings.FILE));

    IOException refusal =
        assertThrows(IOException.class, () -> open().attach(copy, Optional.empty()));

    assertTrue(String.valueOf(refusal.getMessage()).contains("copy"), refusal.getMessage());
  }

  @Test
  void aDirectoryOnlyBecomesAPathWhenThatIsSaid() throws IOException {
    Path plain = Files.createDirectory(temp.resolve("plain"));
    StoragePaths paths = open();

    IOException refusal =
        assertThrows(IOException.class, () -> paths.attach(plain, Optional.empty()));

    assertTrue(String.valueOf(refusal.getMessage()).contains("--init"));
    attach("store", true);
    assertThrows(
        IOException.class, () -> open().attach(temp.resolve("store"), Optional.of(settings(true))));
  }

  @Test
  void refusesALinkOrAFileWhereADirectoryMustBe() throws IOException {
    Path hostile = Files.createDirectory(temp.resolve("hostile"));
    Files.createSymbolicLink(hostile.resolve("sealed"), repo);
    Path other = Files.createDirectory(temp.resolve("other"));
    Files.createFile(other.resolve("cache"));

    for (Path wrong : List.of(hostile, other)) {
      IOException refusal =
          assertThrows(IOException.class, () -> open().attach(wrong, Optional.of(settings(true))));
      assertTrue(
          String.valueOf(refusal.getMessage()).matches(".*/(sealed|cache) is .*"),
          refusal.getMessage());
      assertFalse(Files.exists(wrong.resolve(PathSettings.FILE)));
    }
    assertEquals(List.of("repo"), names(open()));
  }

  @Test
  void aNameThatBreaksLinesIsRefusedInOneLine() throws IOException {
    Path twoLines = Files.createDirectory(temp.resolve("two\nlines"));

    IOException refusal =
        assertThrows(IOException.class, () -> open().attach(twoLines, Optional.of(settings(true))));

    assertEquals(1, String.valueOf(refusal.getMessage()).lines().count());
    assertTrue(String.valueOf(refusal.getMessage()).contains("two\\u000alines"));
  }

  @Test
  void aListThatIsWrongIsOneLineWithFileAndKey() throws IOException {
    for (String wrong :
        List.of(
            "{\"StoragePaths\":7}",
            "{\"StoragePaths\":[7]}",
            "{\"StoragePaths\":[{}]}",
            "{\"StoragePaths\":[{\"Path\":\"relative\"}]}",
            "{\"StoragePaths\":[{\"Path\":\"/a\\nb\"}]}",
            "{\"StoragePaths\":[{\"Path\":\"/a\\u0000b\"}]}")) {
      Files.writeString(repo.resolve("storage.json"), wrong);

      IOException refusal = assertThrows(IOException.class, this::open);

      String line = String.valueOf(refusal.getMessage());
      assertTrue(line.contains("storage.json: StoragePaths"), line);
      assertEquals(1, line.lines().count());
    }
  }

  @Test
  void otherKeysOfTheListStay() throws IOException {
    Files.writeString(repo.resolve("storage.json"), "{\"Other\":{\"x\":1},\"StoragePaths\":[]}");

    open().detach(attach("store", true));

    assertTrue(Files.readString(repo.resolve("storage.json")).contains("\"Other\""));
  }

  @Test
  void aDiskThatIsNotMountedIsNoEmptyPath() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    Files.delete(store.root().resolve(PathSettings.FILE));

    IOException trouble =
        assertThrows(IOException.class, () -> new SectorSearch(paths).files(SECTOR));

    assertTrue(String.valueOf(trouble.getMessage()).contains("mount"), trouble.getMessage());
    assertThrows(IOException.class, this::open);
  }

  @Test
  void findsEachFileWhereItIs() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    StoragePath local = paths.all().get(0);
    make(local, FileType.UNSEALED);
    make(store, FileType.SEALED);
    make(store, FileType.CACHE);
    Files.createFile(store.files(SECTOR).manifest());

    SectorFiles files = new SectorSearch(paths).files(SECTOR);

    assertEquals(store.root().resolve("sealed/s-t01000-1"), files.sealed());
    assertEquals(store.root().resolve("cache/s-t01000-1"), files.cache());
    assertEquals(repo.resolve("unsealed/s-t01000-1"), files.unsealed());
    assertEquals(store.files(SECTOR).manifest(), files.manifest());
  }

  @Test
  void whileASectorMovesItsSourceCountsUntilTheCopyIsWhole() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    StoragePath local = paths.all().get(0);
    make(local, FileType.SEALED);
    make(store, FileType.SEALED);
    Files.createFile(local.files(SECTOR).manifest());
    SectorSearch search = new SectorSearch(paths);
    assertEquals(local.files(SECTOR).sealed(), search.files(SECTOR).sealed());

    Files.createFile(store.files(SECTOR).manifest());

    assertEquals(store.files(SECTOR).sealed(), search.files(SECTOR).sealed());
  }

  @Test
  void removesASectorFromAllItsPaths() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    for (StoragePath path : paths.all()) {
      make(path, FileType.SEALED);
      record(path, 1, 2);
    }

    assertEquals(
        List.of(), new HostPlaces(paths, false, "one").removal(SECTOR, 1).delete(own(1, 2)));

    for (StoragePath path : paths.all()) {
      assertFalse(path.holdsAny(SECTOR));
      assertFalse(Files.exists(path.files(SECTOR).manifest()));
    }
    assertTrue(Files.exists(store.root().resolve("sealed")));
  }

  @Test
  void leavesAnotherSectorOfTheNumberWhenItRemovesItsOwn() throws IOException {
    StoragePath arrived = attach("arrived", true);
    StoragePath lotus = attach("lotus", true);
    StoragePath half = attach("half", true);
    StoragePaths paths = open();
    HostPlaces host = new HostPlaces(paths, false, "one");
    SectorFiles ours = host.claim(SECTOR, 1);
    Files.write(ours.sealed(), new byte[100]);
    record(paths.all().get(0), 1, 2);
    for (StoragePath other : List.of(arrived, lotus)) {
      make(other, FileType.SEALED);
      make(other, FileType.CACHE);
    }
    record(arrived, 3, 4);
    Files.writeString(arrived.files(SECTOR).receipt(), "{}");
    make(half, FileType.UNSEALED);

    List<String> kept = host.removal(SECTOR, 1).delete(own(1, 2));

    assertEquals(2, kept.size());
    assertTrue(kept.stream().anyMatch(line -> line.contains("arrived")), kept.toString());
    for (StoragePath other : List.of(arrived, lotus)) {
      assertTrue(other.holds(SECTOR, FileType.SEALED));
      assertTrue(other.holds(SECTOR, FileType.CACHE));
    }
    assertTrue(Files.exists(arrived.files(SECTOR).receipt()));
    assertTrue(Files.exists(arrived.files(SECTOR).manifest()));
    assertFalse(half.holdsAny(SECTOR));
    assertFalse(paths.all().get(0).holdsAny(SECTOR));
    assertFalse(Files.exists(ours.claim()));
    assertFalse(Files.exists(ours.manifest()));
  }

  @Test
  void withoutAClaimTheJournalTellsWhichIsOurs() throws IOException {
    StoragePath store = attach("store", true);
    StoragePaths paths = open();
    StoragePath local = paths.all().get(0);
    for (StoragePath path : paths.all()) {
      make(path, FileType.SEALED);
    }
    record(local, 1, 2);
    record(store, 3, 4);

    List<String> kept = new HostPlaces(paths, false, "one").removal(SECTOR, 1).delete(own(1, 2));

    assertEquals(1, kept.size());
    assertTrue(store.holds(SECTOR, FileType.SEALED));
    assertFalse(local.holds(SECTOR, FileType.SEALED));
  }

  @Test
  void removesWhatItMadeWithATicketThatGrewTooOld() throws IOException {
    StoragePaths paths = open();
    HostPlaces host = new HostPlaces(paths, false, "one");
    Files.write(host.claim(SECTOR, 1).sealed(), new byte[100]);
    record(paths.all().get(0), 1, 2);

    OwnReplica redrawn =
        new OwnReplica(Optional.of(Ticket.ofHex("05".repeat(32))), Optional.empty());
    assertEquals(List.of(), host.removal(SECTOR, 1).delete(redrawn));

    assertFalse(paths.all().get(0).holdsAny(SECTOR));
  }

  @Test
  void doesNotAttachAPathWithAnotherSectorOfANumberOfItsOwn() throws IOException {
    StoragePath other = attach("other", true);
    open().detach(other);
    make(other, FileType.SEALED);
    StoragePaths paths = open();
    record(other, 3, 4);
    Files.write(new HostPlaces(paths, false, "one").claim(SECTOR, 1).sealed(), new byte[100]);
    record(paths.all().get(0), 1, 2);

    IOException refusal =
        assertThrows(IOException.class, () -> paths.attach(other.root(), Optional.empty()));

    assertTrue(refusal.getMessage().contains("s-t01000-1"), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertEquals(List.of("repo"), names(open()));
    record(other, 1, 2);
    assertEquals(other, paths.attach(other.root(), Optional.empty()));
  }

  @Test
  void aRepoThatIsNotMountedIsNoNewOne() throws IOException {
    Path known = temp.resolve("repo.id");
    StoragePaths.Settings settings =
        new StoragePaths.Settings(
            repo, true, repo.resolve("storage.json"), 100, Optional.of(known));
    String id = StoragePaths.open(settings).all().get(0).id();
    assertEquals(id, StoragePaths.open(settings).all().get(0).id());
    Path away = temp.resolve("away");
    Files.move(repo, away);
    Files.createDirectory(repo);

    IOException refusal = assertThrows(IOException.class, () -> StoragePaths.open(settings));

    assertTrue(refusal.getMessage().contains("mount its disk"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(known.toString()), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertEquals(0, repo.toFile().list().length);
    PathSettings.fresh(10, true, false, 0, List.of()).create(repo.resolve(PathSettings.FILE));
    assertThrows(IOException.class, () -> KnownRepo.require(settings));
    Files.delete(known);
    StoragePaths.open(settings);
  }

  private static OwnReplica own(int ticket, int commR) {
    return new OwnReplica(
        Optional.of(Ticket.ofHex("0%d".formatted(ticket).repeat(32))),
        Optional.of(CommR.ofHex("0%d".formatted(commR).repeat(32))));
  }

  /** The manifest of a replica that is done. */
  private static void record(StoragePath path, int ticket, int commR) throws IOException {
    Files.writeString(
        path.files(SECTOR).manifest(),
        """
        {"version":1,"sector":"%s","proofType":5,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","commR":"%s","sealed":"blake3:%d","files":[]}}
        """
            .formatted(
                SECTOR,
                "0%d".formatted(ticket).repeat(32),
                "0%d".formatted(commR).repeat(32),
                commR));
  }

  @Test
  void aNewSectorBeginsOnThePathThatSeals() throws IOException {
    attach("store", true);

    assertEquals(repo, new SectorSearch(open()).files(SECTOR).root());
  }

  @Test
  void maxStorageCountsWhatIsThere() throws IOException {
    Path directory = Files.createDirectory(temp.resolve("small"));
    StoragePath small =
        open()
            .attach(directory, Optional.of(PathSettings.fresh(1, false, true, 10_000, List.of())));
    Files.write(FileType.SEALED.of(small.root(), SECTOR), new byte[4000]);

    assertEquals(10_000, small.space().capacity());
    assertEquals(6_000, small.space().available());
  }

  private StoragePaths open() throws IOException {
    return StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
  }

  private StoragePath attach(String name, boolean store) throws IOException {
    return open().attach(Files.createDirectory(temp.resolve(name)), Optional.of(settings(store)));
  }

  private static PathSettings settings(boolean store) {
    return PathSettings.fresh(10, false, store, 0, List.of());
  }

  private static List<String> names(StoragePaths paths) {
    return paths.all().stream().map(path -> path.root().getFileName().toString()).toList();
  }

  private static void make(StoragePath path, FileType type) throws IOException {
    Path file = type.of(path.root(), SECTOR);
    if (type == FileType.CACHE) {
      Files.createDirectory(file);
      Files.createFile(file.resolve("p_aux"));
    } else {
      Files.write(file, new byte[100]);
    }
  }
}
