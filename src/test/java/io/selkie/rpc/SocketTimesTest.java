package io.selkie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SocketTimesTest {
  @Test
  void waitsGrowByHalfUpToTheirLimits() {
    SocketTimes usual = SocketTimes.USUAL;

    assertEquals(Duration.ofMillis(100), usual.untilReconnect(0));
    assertEquals(Duration.ofMillis(150), usual.untilReconnect(1));
    assertEquals(Duration.ofMillis(225), usual.untilRetry(2));
    assertEquals(Duration.ofSeconds(5), usual.untilReconnect(10));
    assertEquals(Duration.ofMinutes(10), usual.untilRetry(1_000_000));
  }
}
