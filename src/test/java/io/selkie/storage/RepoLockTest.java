package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepoLockTest {
  @TempDir Path repo;

  @Test
  void isHeldOnceInAProcess() throws Exception {
    try (RepoLock held = RepoLock.take(repo).orElseThrow()) {
      assertTrue(RepoLock.take(repo).isEmpty());
    }
    RepoLock.take(repo).orElseThrow().close();
  }

  @Test
  void isHeldAgainstOtherProcessesEvenAfterASecondAttemptOfThisOne() throws Exception {
    assertEquals("free", LockProbe.ask(repo));
    try (RepoLock held = RepoLock.take(repo).orElseThrow()) {
      // Closing a second channel to the file would release the lock of the process.
      assertTrue(RepoLock.take(repo).isEmpty());
      assertEquals("busy", LockProbe.ask(repo));
    }
    assertEquals("free", LockProbe.ask(repo));
  }

  @Test
  void isTheSameByWhateverPathTheRepoIsReached() throws Exception {
    try (RepoLock held = RepoLock.take(repo).orElseThrow()) {
      assertTrue(RepoLock.take(repo.resolve(".")).isEmpty());
    }
  }

  @Test
  void isBusyWhenAnotherChannelHasTheFile() throws Exception {
    try (FileChannel other =
            FileChannel.open(
                repo.resolve(RepoLock.NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = other.lock()) {
      assertTrue(RepoLock.take(repo).isEmpty());
    }
  }

  @Test
  void needsARepo() {
    assertThrows(NoSuchFileException.class, () -> RepoLock.take(repo.resolve("none")));
  }
}
