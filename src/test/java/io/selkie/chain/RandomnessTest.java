package io.selkie.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.filecoin.Bytes32;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RandomnessTest {
  /** Draws of a Lotus 1.36 devnet, recomputed from captured traffic. */
  @Test
  void drawsWhatLotusDraws() throws IOException {
    try (InputStream in = RandomnessTest.class.getResourceAsStream("/vectors/randomness.json")) {
      JsonNode draws = new ObjectMapper().readTree(in);
      assertEquals(35, draws.size());

      for (JsonNode draw : draws) {
        Bytes32 drawn =
            Randomness.draw(
                hex(draw, "base_hex"),
                draw.path("dst").asLong(),
                draw.path("epoch").asLong(),
                hex(draw, "entropy_hex"));

        assertEquals(draw.path("result_hex").asText(), drawn.hex(), draw::toString);
      }
    }
  }

  private static byte[] hex(JsonNode draw, String field) {
    return HexFormat.of().parseHex(draw.path(field).asText());
  }
}
