package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedPathsTest {
  @TempDir Path temp;

  @Test
  void whatIsServedIsKnownAfterARestartUntilItIsNotServedAnyMore() throws Exception {
    Path file = temp.resolve("served.json");
    ServedPaths paths = ServedPaths.open(file);
    assertFalse(paths.has("i1"));

    paths.add("i1");
    paths.add("i2");
    paths.remove("i2");
    paths.remove("i3");

    assertTrue(ServedPaths.open(file).has("i1"));
    assertFalse(ServedPaths.open(file).has("i2"));
  }

  @Test
  void aDamagedListIsOneLine() throws Exception {
    Path file = Files.writeString(temp.resolve("served.json"), "[\"i1\"");

    IOException trouble = assertThrows(IOException.class, () -> ServedPaths.open(file));

    assertTrue(trouble.getMessage().contains(file + " is damaged"), trouble.getMessage());
  }
}
