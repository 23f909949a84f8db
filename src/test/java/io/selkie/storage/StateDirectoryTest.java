package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path temp;

  @Test
  void theEnvironmentNamesIt() throws IOException {
    assertEquals(
        new StateDirectory(Path.of("/somewhere/else")),
        StateDirectory.of(temp, Map.of("SELKIE_STATE_DIR", "/somewhere/else")));
  }

  @Test
  void aRelativePathFromTheEnvironmentIsMadeAbsolute() throws IOException {
    assertEquals(
        Path.of("state").toAbsolutePath(),
        StateDirectory.of(temp, Map.of("SELKIE_STATE_DIR", "state")).path());
  }

  @Test
  void eachRepoHasItsOwn() throws IOException {
    Path one = Files.createDirectory(temp.resolve("one"));
    Path two = Files.createDirectory(temp.resolve("two"));

    assertNotEquals(StateDirectory.of(one, Map.of()), StateDirectory.of(two, Map.of()));
    assertNotEquals(StateDirectory.of(one, Map.of()), StateDirectory.withoutRepo(Map.of()));
  }

  @Test
  void aRepoHasOneByWhateverPathItIsReached() throws IOException {
    Path repo = Files.createDirectory(temp.resolve("repo"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), repo);

    assertEquals(StateDirectory.of(repo, Map.of()), StateDirectory.of(link, Map.of()));
    assertEquals(
        StateDirectory.of(repo, Map.of()), StateDirectory.of(repo.resolve("../repo"), Map.of()));
  }

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    StateDirectory state = new StateDirectory(temp.resolve("new/state"));

    state.create();
    state.create();

    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state.path())));
  }
}
