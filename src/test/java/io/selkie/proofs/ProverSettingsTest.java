package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProverSettingsTest {
  private static final ProverSettings SETTINGS =
      new ProverSettings(
          new ProofsLibrary(Path.of("lib"), Path.of("prover"), "sha"),
          Path.of("jobs"),
          5,
          false,
          Map.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "TMPDIR",
        "RUST_LOG",
        "RAYON_NUM_THREADS",
        "EC_GPU_NUM_THREADS",
        "FIL_PROOFS_USE_MULTICORE_SDR",
        "BELLMAN_NO_GPU",
        "NEPTUNE_DEFAULT_GPU",
        "CUDA_VISIBLE_DEVICES"
      })
  void aProverInheritsWhatTheProofsRead(String name) {
    assertEquals(Map.of(name, "1"), SETTINGS.environmentFrom(Map.of(name, "1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SECRET_TOKEN",
        "FULLNODE_API_INFO",
        "MINER_API_INFO",
        "LD_PRELOAD",
        "JAVA_TOOL_OPTIONS",
        "MY_FIL_PROOFS_KEY",
        "fil_proofs_x",
        "SELKIE_TEST_STAND_IN_PROOFS",
        "SELKIE_TEST_FAILPOINTS",
        "SELKIE_TEST_FAILPOINT_DIR",
        "PATHS"
      })
  void nothingElseReachesAProver(String name) {
    assertEquals(Map.of(), SETTINGS.environmentFrom(Map.of(name, "secret")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FIL_PROOFS_PARAMETER_CACHE", "FIL_PROOFS_PARENT_CACHE"})
  void directoriesAreThoseOfThisProcessWhereverTheProverWorks(String name) {
    assertEquals(Map.of(name, "/x/y"), SETTINGS.environmentFrom(Map.of(name, "/x/y")));
    assertEquals(
        Map.of(name, Path.of("x").toAbsolutePath().toString()),
        SETTINGS.environmentFrom(Map.of(name, "x")));
    assertEquals(Map.of(), SETTINGS.environmentFrom(Map.of(name, "")));
  }

  @Test
  void whatIsSetForProversStandsAboveWhatTheyInherit() {
    ProverSettings settings = SETTINGS.with("RUST_LOG", "warn").with("ANYTHING", "x");
    assertEquals(
        Map.of("RUST_LOG", "warn", "ANYTHING", "x", "HOME", "/root"),
        settings.environmentFrom(Map.of("RUST_LOG", "debug", "HOME", "/root")));
  }

  @Test
  void aStandInIsToldSoByTheSettingsAlone() {
    ProverSettings standIn = SETTINGS.with("A", "1").asStandIn();
    assertEquals(
        Map.of(
            "A", "1",
            "SELKIE_TEST_STAND_IN_PROOFS", "on",
            "SELKIE_TEST_FAILPOINTS", "PreCommit1.after-work@s-t01000-1",
            "SELKIE_TEST_FAILPOINT_DIR", "/x",
            "SELKIE_TEST_PHASE_TIMES", "Commit2=900"),
        standIn.environmentFrom(
            Map.of(
                "SELKIE_TEST_STAND_IN_PROOFS", "off",
                "SELKIE_TEST_FAILPOINTS", "PreCommit1.after-work@s-t01000-1",
                "SELKIE_TEST_FAILPOINT_DIR", "/x",
                "SELKIE_TEST_PHASE_TIMES", "Commit2=900",
                "SELKIE_TEST_OTHER", "y")));
    assertEquals(List.of("prover", "--stand-in", "/j"), standIn.command(Path.of("/j"), false));
    assertEquals(List.of("prover", "/j"), SETTINGS.command(Path.of("/j"), false));
    assertEquals(standIn.with("B", "2").environment(), Map.of("A", "1", "B", "2"));
    assertTrue(standIn.with("B", "2").standIn());
  }

  @Test
  void oneMoreVariableLeavesTheOtherSettings() {
    ProverSettings more = SETTINGS.with("A", "1").with("A", "2");
    assertEquals(
        new ProverSettings(SETTINGS.library(), SETTINGS.jobs(), 5, false, Map.of("A", "2")), more);
    assertEquals(Map.of(), SETTINGS.environment());
  }

  @Test
  void theMapIsCopied() {
    Map<String, String> mine = new HashMap<>(Map.of("A", "1"));
    ProverSettings settings =
        new ProverSettings(SETTINGS.library(), SETTINGS.jobs(), 0, true, mine);
    mine.put("SECRET_TOKEN", "x");
    assertEquals(Map.of("A", "1"), settings.environment());
  }
}
