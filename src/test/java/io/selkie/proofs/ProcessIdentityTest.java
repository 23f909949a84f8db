package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessIdentityTest {
  private static final String BOOT = "0b6ac6d0-5f65-4d6a-9c3c-0d5c2a7b9e11";
  private static final ProcessIdentity PROVER = new ProcessIdentity(BOOT, 4711, 987_654);

  @TempDir Path proc;

  @BeforeEach
  void aHost() throws IOException {
    Path bootId = proc.resolve("sys/kernel/random/boot_id");
    Files.createDirectories(bootId.resolveSibling(""));
    Files.writeString(bootId, BOOT + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"R", "S", "D", "T", "t", "I"})
  void aProcessInAnyOfTheseStatesLives(String state) throws IOException {
    run(state);
    assertTrue(PROVER.isAlive(proc));
    assertEquals(Optional.of(PROVER), ProcessIdentity.of(4711, proc));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Z", "X"})
  void aDeadOneThatNobodyReapedIsDead(String state) throws IOException {
    run(state);
    assertFalse(PROVER.isAlive(proc));
  }

  @Test
  void oneThatIsGoneIsDead() throws IOException {
    assertFalse(PROVER.isAlive(proc));
  }

  @Test
  void anotherStartOrAnotherBootIsAnotherProcess() throws IOException {
    run("S");
    assertFalse(new ProcessIdentity(BOOT, 4711, 987_653).isAlive(proc));
    assertFalse(new ProcessIdentity("another", 4711, 987_654).isAlive(proc));
  }

  @Test
  void itIsReadFromWhatAProverWrites() throws IOException {
    Path file =
        Files.writeString(
            proc.resolve("prover.json"),
            "{\"bootId\":\"" + BOOT + "\",\"pid\":4711,\"startTime\":987654,\"later\":1}");
    assertEquals(Optional.of(PROVER), ProcessIdentity.read(file));
    assertEquals(Optional.empty(), ProcessIdentity.read(proc.resolve("none")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "null", "{\"pid\":1,\"startTime\":1}"})
  void whatIsNoneIsRefused(String content) throws IOException {
    Path file = Files.writeString(proc.resolve("prover.json"), content);
    assertThrows(JsonProcessingException.class, () -> ProcessIdentity.read(file));
  }

  /** A process with a name that is hard to read over. */
  private void run(String state) throws IOException {
    Path stat = proc.resolve("4711/stat");
    Files.createDirectories(stat.resolveSibling(""));
    Files.writeString(
        stat, "4711 (a) (b 1 2) " + state + " 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 25 5 1 0 987654 0 0\n");
  }
}
