package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorFilesTest {
  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void setUp() {
    root = temp.resolve("repo");
  }

  @Test
  void filesLieWhereLotusHasThem() {
    SectorFiles files = files(1);

    assertEquals(root.resolve("unsealed/s-t01000-1"), files.unsealed());
    assertEquals(root.resolve("sealed/s-t01000-1"), files.sealed());
    assertEquals(root.resolve("cache/s-t01000-1"), files.cache());
  }

  @Test
  void whatIsOursLiesInADirectoryOfItsOwn() {
    SectorFiles files = files(1);

    for (Path own : Set.of(files.manifest(), files.seal(), files.commit1Output())) {
      assertEquals(root.resolve("selkie"), own.getParent());
      assertEquals(root.resolve("selkie"), files.scratch());
    }
  }

  @Test
  void makesTheDirectoriesThatHoldSectors() throws IOException {
    files(1).createDirectories();

    assertEquals(Set.of("cache", "sealed", "selkie", "unsealed"), tree());
  }

  @Test
  void deletesEveryFileOfTheSectorAndNothingOfAnother() throws IOException {
    make(1);
    make(10);
    make(11);
    Set<String> before = tree();

    files(1).delete(OwnReplica.UNKNOWN);

    Set<String> ofSector1 =
        before.stream()
            .filter(name -> name.matches(".*/s-t01000-1([./].*|-unseal.*)?"))
            .collect(Collectors.toSet());
    assertEquals(11, ofSector1.size());
    before.removeAll(ofSector1);
    assertEquals(before, tree());
  }

  @Test
  void deletesASectorThatHasNoFiles() throws IOException {
    files(1).delete(OwnReplica.UNKNOWN);

    assertFalse(Files.exists(root));
  }

  @Test
  void deletesALinkInTheCacheButNotWhatItPointsTo() throws IOException {
    files(1).createDirectories();
    Path elsewhere = Files.writeString(temp.resolve("elsewhere"), "data");
    Files.createDirectory(files(1).cache());
    Files.createSymbolicLink(files(1).cache().resolve("link"), elsewhere);

    files(1).delete(OwnReplica.UNKNOWN);

    assertFalse(Files.exists(files(1).cache()));
    assertTrue(Files.exists(elsewhere));
  }

  private SectorFiles files(long number) {
    return new SectorFiles(root, SectorId.parse("s-t01000-" + number));
  }

  private void make(long number) throws IOException {
    SectorFiles files = files(number);
    files.createDirectories();
    Files.writeString(files.unsealed(), "data");
    Files.writeString(files.sealed(), "replica");
    Files.createDirectories(files.cache().resolve("deep"));
    Files.writeString(files.cache().resolve("deep/p_aux"), "aux");
    Files.writeString(files.manifest(), "{}");
    Files.writeString(files.seal(), "{}");
    Files.writeString(files.commit1Output(), "{}");
    Files.writeString(files.scratch().resolve(files.sector() + ".intent.json"), "{}");
    Path unseal = Files.createDirectory(files.scratch().resolve(files.sector() + "-unseal"));
    Files.writeString(unseal.resolve("data"), "data");
  }

  private Set<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> !file.equals(root))
          .map(file -> root.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
