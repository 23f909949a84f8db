package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MinerIdTest {
  @Property
  void everyIdSurvivesItsText(@ForAll @LongRange(min = 0) long id) {
    MinerId miner = new MinerId(id);

    assertEquals(miner, MinerId.parse(miner.toString()));
    assertEquals(miner, MinerId.parse("f0" + id));
  }

  @ParameterizedTest
  @CsvSource({
    "t00,0",
    "t01000,1000",
    "f01000,1000",
    "t09223372036854775807,9223372036854775807",
  })
  void parsesAnIdAddress(String text, long id) {
    assertEquals(new MinerId(id), MinerId.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "t",
        "t0",
        "1000",
        "t1000",
        "t001000",
        "t000",
        "T01000",
        "x01000",
        "t0-1",
        "t0+1",
        "t01000 ",
        " t01000",
        "t01000\n",
        "t01e3",
        "t0١",
        "t0/1",
        "t0..",
        "t09223372036854775808",
        "t018446744073709551616",
        "t2c3srrdzcbsfhgxgcw4irkqsssdcyojrxp5oojkq"
      })
  void refusesAnotherSpelling(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> MinerId.parse(text)).getMessage();

    assertTrue(message.startsWith("not a miner's ID address like t01000: \""), message);
  }

  @Test
  void refusesANegativeId() {
    assertThrows(IllegalArgumentException.class, () -> new MinerId(-1));
  }

  @ParameterizedTest
  @CsvSource({"0,420000", "127,42007f", "1000,4300e807", "1027,43008308", "128,43008001"})
  void writesTheAddressInCbor(long id, String cbor) {
    assertEquals(Bytes.of(HexFormat.of().parseHex(cbor)), new MinerId(id).addressCbor());
  }
}
