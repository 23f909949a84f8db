package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyCheckTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final CommR COMM_R = CommR.ofHex("ab".repeat(32));
  private static final CommR OTHER = CommR.ofHex("cd".repeat(32));
  private static final CopyCheck.Digest CONTENT = file -> "blake3:" + Files.readString(file);

  @TempDir Path temp;
  private StoragePaths paths;
  private StoragePath repo;
  private StoragePath store;
  private Orphan copy;

  @BeforeEach
  void setUp() throws IOException {
    Path directory = Files.createDirectory(temp.toRealPath().resolve("repo"));
    paths = StoragePaths.open(StoragePaths.Settings.ofRepo(directory));
    repo = paths.all().get(0);
    store =
        paths.attach(
            Files.createDirectory(temp.toRealPath().resolve("store")),
            Optional.of(PathSettings.fresh(1, false, true, 0, List.of())));
    for (StoragePath path : paths.all()) {
      write(path, "sealed/s-t01000-1", "replica");
      write(path, "cache/s-t01000-1/p_aux", "aux");
      write(path, "unsealed/s-t01000-1", "data");
      manifest(path, COMM_R);
    }
    write(repo, "cache/s-t01000-1/sc-02-data-layer-1.dat", "layer");
    List<Orphan> found = orphans();
    copy = found.get(0);
  }

  @Test
  void aCopyMayGoWhenTheOtherIsWhole() throws IOException {
    assertEquals(Optional.empty(), objection(CONTENT));
    Files.delete(repo.root().resolve("cache/s-t01000-1/p_aux"));
    assertEquals(Optional.empty(), objection(CONTENT));
  }

  @Test
  void onlyTheHomeThatWasFoundCounts() throws IOException {
    // From here on the copy itself is where the sector lies.
    Files.delete(store.files(SECTOR).manifest());
    assertStays(CONTENT, "does not speak of its replica");

    manifest(store, COMM_R);
    paths.detach(store);
    assertStays(CONTENT, "no attached path");
  }

  /** What a full disk left: all files are in place, and the transfer went to another store. */
  @Test
  void aHomeThatATransferHasNotFinishedDoesNotCount() throws IOException {
    Files.createDirectories(store.root().resolve("fetching/s-t01000-1"));
    assertStays(CONTENT, "has not come to its end");
  }

  @Test
  void whatIsMovedWhileItIsReadStays() throws IOException {
    assertStays(
        file -> {
          Files.deleteIfExists(store.files(SECTOR).manifest());
          return CONTENT.of(file);
        },
        "does not speak of its replica");
    manifest(store, COMM_R);
    assertStays(
        file -> {
          write(store, "sealed/s-t01000-1", "half");
          return "blake3:" + (file.endsWith("p_aux") ? "aux" : "replica");
        },
        "changed while");
  }

  @Test
  void anotherReplicaIsNoCopy() throws IOException {
    manifest(store, OTHER);
    assertStays(CONTENT, "another replica than the journal");

    manifest(store, COMM_R);
    manifest(repo, OTHER);
    assertStays(CONTENT, "another replica than the journal");
    assertTrue(
        new CopyCheck(paths, CONTENT).objection(copy, Optional.empty()).isPresent(),
        "nobody knows which");
  }

  @Test
  void linksToTheCopyItselfAreNoOtherFiles() throws IOException {
    Path sealed = store.root().resolve("sealed/s-t01000-1");
    Files.delete(sealed);
    Files.createSymbolicLink(sealed, repo.root().resolve("sealed/s-t01000-1"));
    assertStays(CONTENT, "no plain file");

    Files.delete(sealed);
    Files.createLink(sealed, repo.root().resolve("sealed/s-t01000-1"));
    assertStays(CONTENT, "are one file");

    Files.delete(sealed);
    write(store, "sealed/s-t01000-1", "replica");
    Files.delete(store.root().resolve("cache/s-t01000-1/p_aux"));
    Files.delete(store.root().resolve("cache/s-t01000-1"));
    Files.createSymbolicLink(
        store.root().resolve("cache/s-t01000-1"), repo.root().resolve("cache/s-t01000-1"));
    assertStays(CONTENT, "no plain file");
  }

  @Test
  void aDamagedReplicaIsNoReason() throws IOException {
    write(store, "cache/s-t01000-1/p_aux", "axu");
    assertStays(CONTENT, "other content");
  }

  @Test
  void aFileThatNothingSpeaksOfKeepsTheCopy() throws IOException {
    write(repo, "cache/s-t01000-1/sc-02-data-tree-r-last.dat", "tree");
    write(store, "cache/s-t01000-1/sc-02-data-tree-r-last.dat", "tree");
    assertStays(CONTENT, "no digest is recorded");
  }

  @Test
  void whatHasNoDigestIsCompared() throws IOException {
    copy = orphans().get(1);
    assertEquals(List.of(repo.root().resolve("unsealed/s-t01000-1")), copy.files());
    assertEquals(Optional.empty(), objection(CONTENT));

    write(store, "unsealed/s-t01000-1", "atad");

    assertStays(CONTENT, "other content");
  }

  private List<Orphan> orphans() throws IOException {
    return new OrphanFinder(paths, false, sector -> SectorStanding.SEALED, Clock.systemUTC())
        .find().stream().filter(orphan -> orphan.kind() == Orphan.Kind.COPY).toList();
  }

  private Optional<String> objection(CopyCheck.Digest digest) throws IOException {
    return new CopyCheck(paths, digest).objection(copy, Optional.of(COMM_R));
  }

  private void assertStays(CopyCheck.Digest digest, String reason) throws IOException {
    String objection = objection(digest).orElse("it may go");
    assertTrue(objection.contains(reason), objection);
  }

  private static void manifest(StoragePath path, CommR commR) throws IOException {
    write(
        path,
        "selkie/s-t01000-1.json",
        """
        {"version":1,"sector":"s-t01000-1","proofType":5,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","commR":"%s","commD":"%s",
          "sealed":"blake3:replica","files":[{"name":"p_aux","digest":"blake3:aux"}]}}
        """
            .formatted("00".repeat(32), commR, "00".repeat(32)));
  }

  private static void write(StoragePath path, String name, String content) throws IOException {
    Path file = path.root().resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
  }
}
