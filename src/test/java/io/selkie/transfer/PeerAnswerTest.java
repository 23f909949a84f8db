package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.scheduler.Failure;
import org.junit.jupiter.api.Test;

class PeerAnswerTest {
  private static final PeerConnection.Answer NO_CHUNK =
      new PeerConnection.Answer(
          400, "{\"error\":{\"code\":\"invalid\",\"message\":\"the request is no chunk\"}}");

  /** A bit of its head was flipped on the wire. */
  @Test
  void aChunkThatThePeerDoesNotUnderstandIsSentAgain() {
    Failure failure = NO_CHUNK.chunkTrouble("peer").failure();

    assertEquals(Failure.Action.RETRY, failure.action());
    assertFalse(TransferPlan.isLasting(failure.code()), "for then the place would be given up");
    assertEquals("peer: the request is no chunk", failure.message());
  }

  @Test
  void anOfferThatThePeerDoesNotUnderstandIsNot() {
    assertEquals(Failure.Action.ABANDON, NO_CHUNK.trouble("peer").failure().action());
  }
}
