package io.selkie.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLookTest {
  @TempDir Path temp;

  @Test
  void tellsWhatIsThereFromWhatIsNot() throws IOException {
    Path file = Files.write(temp.resolve("file"), new byte[3]);
    Path dangling = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));

    assertTrue(FileLook.isFile(file, 3));
    assertFalse(FileLook.isFile(file, 2));
    assertTrue(FileLook.exists(dangling));
    assertFalse(FileLook.isFile(dangling, 0));
    assertFalse(FileLook.isDirectory(dangling));
    assertTrue(FileLook.isDirectory(temp));
    assertEquals(Optional.empty(), FileLook.at(temp.resolve("nowhere/else")));
    assertEquals(Optional.empty(), FileLook.at(file.resolve("below/a/file")));
  }

  /** A link to itself refuses every look below it, as a disk does that fails. */
  @Test
  void whatCannotBeLookedAtIsNotTakenForNothing() throws IOException {
    Path loop = temp.resolve("loop");
    Files.createSymbolicLink(loop, loop);

    assertThrows(IOException.class, () -> FileLook.exists(loop.resolve("file")));
    assertThrows(IOException.class, () -> FileLook.isFile(loop.resolve("file"), 1));
    assertThrows(IOException.class, () -> FileLook.isDirectory(loop));
    assertTrue(FileLook.exists(loop));
  }
}
