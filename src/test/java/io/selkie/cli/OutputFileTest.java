package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path temp;

  @Test
  void getsItsNameWhenItIsWhole() throws IOException {
    try (OutputFile output = OutputFile.at(temp.resolve("out"))) {
      Files.writeString(output.temporary(), "whole");
      assertFalse(Files.exists(temp.resolve("out")));
      output.finish();
    }

    assertEquals("whole", Files.readString(temp.resolve("out")));
    assertEquals(Set.of("out"), names());
  }

  @Test
  void whatDidNotBecomeWholeGoes() throws IOException {
    Files.writeString(temp.resolve("out"), "old");
    Files.writeString(temp.resolve("out.tmp"), "mine");

    try (OutputFile output = OutputFile.at(temp.resolve("out"))) {
      Files.writeString(output.temporary(), "half");
    }

    assertEquals("old", Files.readString(temp.resolve("out")));
    assertEquals(Set.of("out", "out.tmp"), names());
  }

  @Test
  void isWrittenThroughALink() throws IOException {
    Path real = Files.writeString(temp.resolve("real"), "old");
    Path link = Files.createSymbolicLink(temp.resolve("link"), real);

    try (OutputFile output = OutputFile.at(link)) {
      Files.writeString(output.temporary(), "new");
      output.finish();
    }

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(real));
  }

  @Test
  void refusesWhatCannotBeAFile() throws IOException {
    assertEquals(temp + " is a directory", refusal(temp));
    assertEquals("/dev/null is not a regular file", refusal(Path.of("/dev/null")));
    Path below = temp.resolve("none/out");
    assertEquals(below + ": there is no directory " + temp.resolve("none"), refusal(below));
    Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));
    assertEquals(link + " is a link to nothing", refusal(link));
  }

  @Test
  void knowsWhatItLiesBelow() throws IOException {
    Path sealed = Files.createDirectories(temp.resolve("repo/sealed"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), sealed);

    try (OutputFile within = OutputFile.at(link.resolve("out"));
        OutputFile beside = OutputFile.at(temp.resolve("out"))) {
      assertTrue(within.isBelow(sealed));
      assertFalse(beside.isBelow(sealed));
      assertFalse(within.isBelow(temp.resolve("none")));
    }
  }

  private static String refusal(Path path) {
    return assertThrows(IOException.class, () -> OutputFile.at(path)).getMessage();
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
