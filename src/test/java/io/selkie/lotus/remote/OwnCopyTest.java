package io.selkie.lotus.remote;

import static io.selkie.lotus.remote.RemoteHost.SECTOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.FileType;
import io.selkie.storage.PathSettings;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that go from one path of a host to another one. */
class OwnCopyTest {
  @TempDir Path temp;
  private StoragePath from;
  private StoragePath to;
  private final RemoteClient client =
      new RemoteClient(RemoteClient.http(Duration.ofSeconds(1)), Duration.ofSeconds(1));

  @BeforeEach
  void makePaths() throws IOException {
    Path repo = Files.createDirectory(temp.resolve("from")).toRealPath();
    StoragePaths paths = StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
    from = paths.all().get(0);
    to =
        paths.attach(
            Files.createDirectory(temp.resolve("to")),
            Optional.of(PathSettings.fresh(10, false, true, 0, List.of())));
  }

  private static Path place(StoragePath path, FileType type) {
    return type.of(path.root(), SECTOR);
  }

  private void put(StoragePath path, FileType type, String name, String content)
      throws IOException {
    Path file = name.isEmpty() ? place(path, type) : place(path, type).resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
  }

  private void assertNothingIsFetching(FileType type) throws IOException {
    try (Stream<Path> left = Files.list(type.directory(to.root()).resolve("fetching"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bringsAFile(boolean moved) throws IOException {
    put(from, FileType.UPDATE, "", "replica");
    put(to, FileType.UPDATE, "", "an older one");

    Fetched fetched = client.take(SECTOR, FileType.UPDATE, from, to, moved);

    assertEquals(place(to, FileType.UPDATE), fetched.file());
    assertEquals(7, fetched.bytes());
    assertEquals("replica", Files.readString(place(to, FileType.UPDATE)));
    assertEquals(!moved, Files.exists(place(from, FileType.UPDATE)));
    assertNothingIsFetching(FileType.UPDATE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bringsADirectory(boolean moved) throws IOException {
    put(from, FileType.UPDATE_CACHE, "p_aux", "p");
    put(from, FileType.UPDATE_CACHE, "t_aux", "");
    put(to, FileType.UPDATE_CACHE, "older", "x");

    assertEquals(1, client.take(SECTOR, FileType.UPDATE_CACHE, from, to, moved).bytes());

    Path there = place(to, FileType.UPDATE_CACHE);
    try (Stream<Path> files = Files.list(there)) {
      assertEquals(
          List.of(there.resolve("p_aux"), there.resolve("t_aux")), files.sorted().toList());
    }
    assertEquals("p", Files.readString(there.resolve("p_aux")));
    assertEquals(!moved, Files.exists(place(from, FileType.UPDATE_CACHE)));
    assertNothingIsFetching(FileType.UPDATE_CACHE);
  }

  @Test
  void copiesNothingThatALinkLeadsTo() throws IOException {
    put(from, FileType.UPDATE_CACHE, "p_aux", "p");
    Path secret = Files.writeString(temp.resolve("secret"), "secret");
    Files.createSymbolicLink(place(from, FileType.UPDATE_CACHE).resolve("t_aux"), secret);
    put(to, FileType.UPDATE_CACHE, "older", "x");

    assertThrows(
        IOException.class, () -> client.take(SECTOR, FileType.UPDATE_CACHE, from, to, false));

    assertTrue(Files.exists(place(to, FileType.UPDATE_CACHE).resolve("older")), "it stays");
    assertNothingIsFetching(FileType.UPDATE_CACHE);
  }

  @Test
  void nothingToBringReplacesNothing() throws IOException {
    put(to, FileType.UPDATE, "", "an older one");

    for (boolean moved : new boolean[] {false, true}) {
      assertThrows(IOException.class, () -> client.take(SECTOR, FileType.UPDATE, from, to, moved));
    }

    assertEquals("an older one", Files.readString(place(to, FileType.UPDATE)));
  }

  @Test
  void tellsWhetherTwoPathsHaveTheSame() throws IOException {
    put(from, FileType.UPDATE_CACHE, "p_aux", "p");
    put(to, FileType.UPDATE_CACHE, "p_aux", "p");
    assertTrue(RemoteClient.isSame(SECTOR, FileType.UPDATE_CACHE, from, to));
    put(to, FileType.UPDATE_CACHE, "p_aux", "q");
    assertFalse(RemoteClient.isSame(SECTOR, FileType.UPDATE_CACHE, from, to));
    put(to, FileType.UPDATE_CACHE, "p_aux", "p");
    put(to, FileType.UPDATE_CACHE, "t_aux", "");
    assertFalse(RemoteClient.isSame(SECTOR, FileType.UPDATE_CACHE, from, to));
    put(from, FileType.UPDATE, "", "p");
    put(to, FileType.UPDATE, "", "pp");
    assertFalse(RemoteClient.isSame(SECTOR, FileType.UPDATE, from, to));
  }
}
