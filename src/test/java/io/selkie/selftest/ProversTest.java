package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProversTest {
  @TempDir Path temp;
  private Process ours;
  private Process other;

  /** A shell by the name of a prover, until its input ends. */
  private Process prover(Path job) throws IOException {
    Path program = temp.resolve("selkie-prover");
    if (!Files.exists(program)) {
      Files.copy(Path.of("/bin/sh"), program, StandardCopyOption.COPY_ATTRIBUTES);
    }
    return new ProcessBuilder(program.toString(), "-c", "read line", "sh", job.toString()).start();
  }

  @AfterEach
  void tearDown() {
    ours.destroyForcibly();
    other.destroyForcibly();
  }

  @Test
  void proversOfOneDirectoryAreGoneAndOthersLiveOn() throws Exception {
    Path mine = temp.resolve("my node");
    ours = prover(mine.resolve("state/jobs/idle-1"));
    other = prover(temp.resolve("my node 2/state/jobs/idle-1"));
    assertEquals(List.of(ours.toHandle()), Provers.below(mine));

    Provers.killBelow(mine);

    assertFalse(ours.isAlive());
    assertTrue(other.isAlive());
    assertEquals(List.of(), Provers.below(mine));
  }
}
