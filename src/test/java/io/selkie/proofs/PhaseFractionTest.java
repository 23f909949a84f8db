package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PhaseFractionTest {
  /** The stages of each operation in the order in which the native side goes through them. */
  static Stream<List<String>> stagesOfEachOperation() {
    return Stream.of(
        List.of("piece"),
        List.of("parents", "treeD", "layer"),
        List.of("treeC", "treeR", "synthetic", "trial", "digest"),
        List.of("challenges"),
        List.of("parameters", "synthesis", "proving"),
        List.of("parents", "layer", "commD"));
  }

  @ParameterizedTest
  @MethodSource("stagesOfEachOperation")
  void neverFallsWithinAnOperationAndStaysWithinTheWhole(List<String> stages) {
    long before = 0;
    for (String stage : stages) {
      for (int done = 0; done <= 4; done++) {
        long now = PhaseFraction.perMille(progress(stage, done, 4));
        assertTrue(now >= before && now <= 1000, stage + " " + done + ": " + now);
        before = now;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "layer, 0, 2, 50",
    "layer, 1, 2, 515",
    "treeR, 4, 8, 750",
    "proving, 0, 0, 300",
    "piece, 9, 4, 1000",
    "a stage of a later library, 1, 2, 500",
  })
  void countsInThousandths(String stage, long done, long total, long perMille) {
    assertEquals(perMille, PhaseFraction.perMille(progress(stage, done, total)));
  }

  @Test
  void countsWithinALayer() {
    ProofsProgress half = new ProofsProgress("preCommit1", "s-t01000-1", "layer", 1, 2, 500, "");

    assertEquals(748, PhaseFraction.perMille(half));
  }

  @ParameterizedTest
  @CsvSource({
    "layer, 0, 11, layer 1 of 11",
    "layer, 11, 11, layer",
    "treeC, 2, 8, tree C 3 of 8",
    "treeD, 0, 11, tree D",
    "parents, 4096, 65536, parent cache",
    "piece, 0, 1024, piece",
    "proving, 25, 100, proving",
  })
  void saysWhatItIsAt(String stage, long done, long total, String words) {
    assertEquals(words, PhaseFraction.words(progress(stage, done, total)));
  }

  @Test
  void saysWhatElseThereIsToSay() {
    ProofsProgress paired =
        new ProofsProgress(
            "preCommit1", "s-t01000-1", "layer", 1, 11, 0, "in lock step with s-t01000-2");

    assertEquals("layer 2 of 11, in lock step with s-t01000-2", PhaseFraction.words(paired));
  }

  private static ProofsProgress progress(String stage, long done, long total) {
    return new ProofsProgress("operation", "s-t01000-1", stage, done, total);
  }
}
