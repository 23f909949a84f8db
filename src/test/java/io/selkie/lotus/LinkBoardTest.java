package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class LinkBoardTest {
  private final LinkBoard board = new LinkBoard();

  @Test
  void whoGaveTheLinkAwaySaysSoUntilItHasItAgain() {
    assertFalse(board.isHandedOver(), "nobody may have it yet");
    board.hold(UUID.randomUUID());
    board.handOver(false);
    assertFalse(board.isHandedOver());

    board.release();
    assertFalse(board.isHandedOver(), "the miner knows this address alone");
    board.handOver(true);
    assertTrue(board.isHandedOver());

    board.hold(UUID.randomUUID());
    assertFalse(board.isHandedOver());
  }
}
