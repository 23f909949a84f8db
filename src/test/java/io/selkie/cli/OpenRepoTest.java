package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenRepoTest {
  @TempDir Path temp;
  private Path repo;
  private Map<String, String> environment;

  @BeforeEach
  void setUp() {
    repo = temp.resolve("some/new/repo");
    environment = Map.of("SELKIE_STATE_DIR", temp.resolve("state").toString());
  }

  @Test
  void aNewOneIsGoneAgainIfNothingCameToLieInIt() throws IOException {
    Path there = Files.createDirectory(temp.resolve("some"));

    try (OpenRepo open = OpenRepo.open(repo, environment)) {
      new SectorFiles(open.path(), SectorId.parse("s-t01000-1")).createDirectories();
      new StateDirectory(temp.resolve("state")).create();
    }

    assertFalse(Files.exists(there.resolve("new")));
    assertTrue(Files.exists(there));
    assertFalse(Files.exists(temp.resolve("state")));
  }

  @Test
  void aNewOneStaysIfASectorCameToLieInIt() throws IOException {
    SectorFiles files = new SectorFiles(repo, SectorId.parse("s-t01000-1"));

    try (OpenRepo open = OpenRepo.open(repo, environment)) {
      files.createDirectories();
      Files.writeString(files.sealed(), "replica");
    }

    assertTrue(Files.exists(files.sealed()));
  }

  @Test
  void anEmptyOneIsAsItWas() throws IOException {
    Files.createDirectories(repo);
    Path state = Files.createDirectory(temp.resolve("state"));

    try (OpenRepo open = OpenRepo.open(repo, environment)) {
      new SectorFiles(open.path(), SectorId.parse("s-t01000-1")).createDirectories();
    }

    try (Stream<Path> files = Files.list(repo)) {
      assertEquals(List.of(), files.toList());
    }
    assertTrue(Files.exists(state));
  }

  @Test
  void isBusyWhileAnotherHasIt() throws IOException {
    try (OpenRepo open = OpenRepo.open(repo, environment)) {
      assertEquals(repo + " is busy: another selkie process works there", refusal(repo));
    }
  }

  @Test
  void aFileIsNoRepo() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");

    assertEquals(file + ": not a directory", refusal(file));
    assertTrue(refusal(file.resolve("below")).startsWith(file.toString()));
  }

  private String refusal(Path path) {
    IOException refusal =
        assertThrows(IOException.class, () -> OpenRepo.open(path, environment).close());
    return CommandTask.describe(refusal);
  }
}
