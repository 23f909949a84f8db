package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/** What tests expect of trials. */
final class Verdicts {
  private Verdicts() {}

  static void allPass(List<Verdict> verdicts, int count) {
    assertEquals(List.of(), verdicts.stream().filter(verdict -> !verdict.passed()).toList());
    assertEquals(count, verdicts.size());
  }
}
