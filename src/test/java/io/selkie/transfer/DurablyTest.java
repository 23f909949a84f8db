package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurablyTest {
  @TempDir Path temp;
  private Path from;
  private Path to;

  @BeforeEach
  void setUp() throws IOException {
    from = Files.writeString(temp.resolve("from"), "ours");
    to = temp.resolve("there/to");
  }

  private void rename(Runnable afterFirst) throws IOException {
    Durably.rename(List.of(new Durably.Move(from, to)), afterFirst);
  }

  @Test
  void renamesIntoADirectoryThatItMakes() throws IOException {
    rename(() -> {});
    rename(() -> {});

    assertEquals("ours", Files.readString(to));
    assertFalse(Files.exists(from));
  }

  @Test
  void overwritesNothingThatAnotherMadeInBetween() throws IOException {
    Path second = Files.writeString(temp.resolve("second"), "ours, too");
    Path target = temp.resolve("there/second");

    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                Durably.rename(
                    List.of(new Durably.Move(from, to), new Durably.Move(second, target)),
                    () -> write(target)));

    assertTrue(refusal.getMessage().contains("is there already"), refusal.getMessage());
    assertEquals("another's", Files.readString(target));
    assertEquals("ours, too", Files.readString(second));
  }

  @Test
  void goesOnAfterACrashBetweenLinkAndUnlink() throws IOException {
    Files.createDirectories(to.getParent());
    Files.createLink(to, from);

    rename(() -> {});

    assertEquals("ours", Files.readString(to));
    assertFalse(Files.exists(from));
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, "another's");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One that answers a question about a sector, and one that has just received it. */
  @Test
  void twoRemoveADirectoryAtATime() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 300; round++) {
        Path directory = Files.createDirectory(temp.resolve("arrival-" + round));
        for (int file = 0; file < 3; file++) {
          Files.writeString(directory.resolve(file + ".part"), "");
        }
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<Boolean> removes =
            () -> {
              start.await();
              Durably.removeFlat(directory);
              return true;
            };
        Future<Boolean> theirs = other.submit(removes);
        assertTrue(removes.call() && theirs.get());
        assertFalse(Files.exists(directory));
      }
    } finally {
      other.shutdown();
    }
  }
}
