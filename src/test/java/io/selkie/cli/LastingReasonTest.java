package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.chain.NoChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastingReasonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "host a has too little memory: Commit2 of a 32GiB sector is counted with 62 GiB",
        "host a runs no tasks (selkie.max-tasks is 0)",
        "no host offers PreCommit1",
        "its files are on host a, which does not offer PreCommit2",
        "host a has too little memory: AddPiece is counted; 1 other host has no room either",
      })
  void onlyAnOperatorMendsThese(String reason) {
    assertTrue(LastingReason.is(reason));
  }

  @Test
  void aNodeWithoutAChainGetsNone() {
    assertTrue(
        LastingReason.is(
            new NoChain()
                .head()
                .toCompletableFuture()
                .handle((head, trouble) -> trouble.getMessage())
                .join()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "waits for memory on host a: Commit2 is counted with 62 GiB, of 64 GiB are 1 GiB free",
        "waits for a free PreCommit1 slot on host offer (1 of 1 in use)",
        "no host has announced itself",
        "host a takes no work: the prover program is not there",
        "waits for epoch 110, now 100",
      })
  void theseChangeByThemselves(String reason) {
    assertFalse(LastingReason.is(reason));
  }
}
