package io.selkie.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {
  @TempDir Path temp;

  @Test
  void replacesAFileAsAWhole() throws IOException {
    Path file = temp.resolve("file");
    Durable.replace(file, bytes("a long first content"));

    Durable.replace(file, bytes("short"));

    assertEquals("short", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void whatCannotBeReplacedIsAsItWas() throws IOException {
    Path directory = Files.createDirectories(temp.resolve("file/inside"));

    assertThrows(IOException.class, () -> Durable.replace(temp.resolve("file"), bytes("x")));

    assertTrue(Files.isDirectory(directory));
    assertEquals(List.of("file"), names());
  }

  @Test
  void whatIsThereIsNotMadeAgain() throws IOException {
    Path file = temp.resolve("file");

    assertTrue(Durable.create(file, bytes("first")));
    assertFalse(Durable.create(file, bytes("second")));

    assertEquals("first", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void deletesLinksAndNotWhatTheyLeadTo() throws IOException {
    Path precious = Files.createDirectories(temp.resolve("precious"));
    Files.createFile(precious.resolve("file"));
    Path tree = Files.createDirectories(temp.resolve("tree/inside"));
    Files.createSymbolicLink(tree.resolve("link"), precious);
    Path link = Files.createSymbolicLink(temp.resolve("link"), precious);

    FileTree.delete(temp.resolve("tree"));
    FileTree.delete(link);
    FileTree.delete(temp.resolve("never-there"));

    assertEquals(List.of("precious"), names());
    assertTrue(Files.exists(precious.resolve("file")));
  }

  private List<String> names() {
    return List.of(temp.toFile().list());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
