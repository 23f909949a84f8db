package io.selkie.transfer;

import static io.selkie.transfer.TransferSamples.SECTOR;
import static io.selkie.transfer.TransferSamples.SHA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDestinationTest {
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");

  @TempDir Path temp;
  private Path store;
  private Map<String, Path> files;
  private final Map<String, byte[]> contents = new HashMap<>();
  private Offer offer;
  private TransferPlan.Directory plans;

  @BeforeEach
  void setUp() throws Exception {
    store = Files.createDirectories(temp.resolve("store")).toRealPath();
    files = TransferSamples.sector(temp.resolve("repo"), 1);
    offer = TransferSamples.offer(files);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      contents.put(file.getKey(), Files.readAllBytes(file.getValue()));
    }
    plans = new TransferPlan.Directory(temp.resolve("plans"));
  }

  private LocalDestination to(Path directory) {
    return new LocalDestination(directory, "host-1", SHA, new RateLimit(0), known());
  }

  /** A host that was never here. */
  private KnownStores known() {
    return new KnownStores(temp.resolve("known-" + UUID.randomUUID()));
  }

  private SectorCopy bring(LocalDestination destination) throws Exception {
    plans.write(TransferPlan.of(offer, destination.place(), TransferSamples.paths(files)));
    return destination.bring(offer, TransferSamples.paths(files), () -> {}, new Control(SECTOR));
  }

  private TaskResult release(LocalDestination destination, SectorCopy copy) throws Exception {
    return new SourceRelease(
            plans,
            new Leftovers(temp.resolve("left"), plans, place -> Optional.of(destination)),
            which -> Optional.of(destination))
        .perform(copy, new Control(SECTOR));
  }

  private void assertThere(Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      assertArrayEquals(file.getValue(), Files.readAllBytes(directory.resolve(file.getKey())));
    }
  }

  @Test
  void theDirectoryBelowADiskThatIsNotMountedIsNotTheStore() throws Exception {
    LocalDestination destination = to(store);
    destination.look(List.of(), new Control(SECTOR));
    Path away = Files.move(store, store.resolveSibling("away"));
    Files.createDirectory(store);

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> bring(destination));

    assertEquals("unreachable", trouble.failure().code());
    assertTrue(trouble.failure().message().contains("mount its disk"));
    try (var left = Files.list(store)) {
      assertEquals(0, left.count());
    }
    Files.delete(store);
    Files.move(away, store);
    bring(destination);
    assertThere(store);
  }

  @Test
  void aDirectoryIsKnownByItsMarkWhateverItIsCalled() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), store);
    Path other = Files.createDirectory(temp.resolve("other"));

    assertEquals(storeOf(store), storeOf(link));
    assertNotEquals(storeOf(store), storeOf(other));
  }

  private Optional<String> storeOf(Path directory) throws Exception {
    return to(directory).look(List.of(), new Control(SECTOR)).store();
  }

  @Test
  void onTheSameFileSystemFilesAreRenamed() throws Exception {
    Object inode = Files.getAttribute(files.get(FileNames.sealed(SECTOR)), "unix:ino");

    SectorCopy copy = bring(to(store));

    assertThere(store);
    assertEquals(inode, Files.getAttribute(store.resolve(FileNames.sealed(SECTOR)), "unix:ino"));
    assertEquals(copy, bring(to(store)), "done again it is the same");
    assertEquals(new TaskResult.Released(copy, 0), release(to(store), copy));
    assertFalse(Files.exists(temp.resolve("repo/cache").resolve(SECTOR.toString())));
  }

  @Test
  void theLockBesideTheManifestLeavesWithIt() throws Exception {
    Path own = Files.createDirectories(temp.resolve("repo/selkie"));
    Path manifest = Files.writeString(own.resolve(SECTOR + ".json"), "{}");
    Path lock = Files.createFile(own.resolve(SECTOR + ".lock"));
    files.put(FileNames.manifest(SECTOR), manifest);
    offer = TransferSamples.offer(files);

    release(to(store), bring(to(store)));

    assertFalse(Files.exists(manifest));
    assertFalse(Files.exists(lock));
  }

  @Test
  void whatIsLeftOfALostCopyStaysIfTheSourceIsGone() throws Exception {
    bring(to(store)); // by renames: it is all that there is
    Files.delete(store.resolve(FileNames.cache(SECTOR, "p_aux")));

    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> bring(to(store)));

    assertEquals("missing", trouble.failure().code());
    assertTrue(Files.exists(store.resolve(FileNames.sealed(SECTOR))));
    assertFalse(Files.exists(store.resolve("selkie/trash")));
  }

  @Test
  void aRenameThatWasInterruptedIsFinished() throws Exception {
    Path sealed = files.get(FileNames.sealed(SECTOR));
    Path there = store.resolve(FileNames.sealed(SECTOR));
    Files.createDirectories(there.getParent());
    Files.move(sealed, there);

    bring(to(store));

    assertThere(store);
  }

  @Test
  void toAnotherFileSystemTheyAreCopiedAndOnlyThenReleased() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(OTHER_FILE_SYSTEM));
    Path other = Files.createTempDirectory(OTHER_FILE_SYSTEM, "selkie-test");
    try {
      SectorCopy copy = bring(to(other));
      assertThere(other);
      assertThere(temp.resolve("repo"));

      TaskResult.Released released =
          assertInstanceOf(TaskResult.Released.class, release(to(other), copy));

      assertEquals(offer.size(), released.bytes());
      assertFalse(Files.exists(files.get(FileNames.sealed(SECTOR))));
      assertFalse(Files.exists(temp.resolve("repo/cache").resolve(SECTOR.toString())));
      assertEquals(new TaskResult.Released(copy, 0), release(to(other), copy), "again");
    } finally {
      clear(other);
    }
  }

  @Test
  void withoutItsCopyTheSourceStays() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(OTHER_FILE_SYSTEM));
    Path other = Files.createTempDirectory(OTHER_FILE_SYSTEM, "selkie-test");
    try {
      SectorCopy copy = bring(to(other));
      Files.delete(other.resolve(FileNames.cache(SECTOR, "p_aux")));

      TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> release(to(other), copy));

      assertEquals("no_copy", trouble.failure().code());
      assertThere(temp.resolve("repo"));
    } finally {
      clear(other);
    }
  }

  /** What reads back is not what was written: first the disk's fault, then the source's. */
  @Test
  void aCopyThatReadsBackOtherwiseIsNotPlaced() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(OTHER_FILE_SYSTEM));
    Path other = Files.createTempDirectory(OTHER_FILE_SYSTEM, "selkie-test");
    try {
      AtomicInteger reads = new AtomicInteger();
      FileDigest lying =
          file ->
              reads.incrementAndGet() == 1
                  ? "sha256:" + "00".repeat(32)
                  : TransferSamples.digest(file);
      LocalDestination first =
          new LocalDestination(other, "host-1", lying, new RateLimit(0), known());

      TransferTrouble passing = assertThrows(TransferTrouble.class, () -> bring(first));
      assertEquals(io.selkie.scheduler.Failure.Action.RETRY, passing.failure().action());
      assertFalse(Files.exists(other.resolve(FileNames.sealed(SECTOR))));

      Files.write(files.get(FileNames.sealed(SECTOR)), new byte[2048]);
      clear(other);
      Files.createDirectories(other);
      TransferTrouble lasting = assertThrows(TransferTrouble.class, () -> bring(to(other)));
      assertEquals("damaged", lasting.failure().code());
      assertEquals(io.selkie.scheduler.Failure.Action.ABANDON, lasting.failure().action());
    } finally {
      clear(other);
    }
  }

  @Test
  void aFileOfTheSameNameIsNotOverwritten() throws Exception {
    Path there = store.resolve(FileNames.sealed(SECTOR));
    Files.createDirectories(there.getParent());
    Files.writeString(there, "another replica");

    assertEquals(
        "exists", assertThrows(TransferTrouble.class, () -> bring(to(store))).failure().code());

    assertEquals("another replica", Files.readString(there));
    assertThere(temp.resolve("repo"));
  }

  @Test
  void aDirectoryThatIsNotMountedIsWaitedFor() {
    TransferTrouble trouble =
        assertThrows(
            TransferTrouble.class,
            () -> to(temp.resolve("gone")).look(List.of(), new Control(SECTOR)));

    assertEquals("unreachable", trouble.failure().code());
  }

  private static void clear(Path tree) throws IOException {
    try (var all = Files.walk(tree)) {
      for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    assertTrue(Files.notExists(tree));
  }
}
