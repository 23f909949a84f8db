package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectorIdTest {
  @Property
  void everySectorSurvivesItsName(
      @ForAll @LongRange(min = 0) long miner, @ForAll @LongRange(min = 0) long number) {
    SectorId sector = new SectorId(new MinerId(miner), number);

    assertEquals("s-t0" + miner + "-" + number, sector.toString());
    assertEquals(sector, SectorId.parse(sector.toString()));
  }

  @Property
  void anAcceptedTextIsTheNameOfItsSector(@ForAll String tail) {
    String text = "s-t01000-" + tail;
    try {
      assertEquals(text, SectorId.parse(text).toString());
    } catch (IllegalArgumentException refused) {
      assertTrue(refused.getMessage().startsWith("not a sector name"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s-t01000",
        "s-t01000-",
        "s-t01000--1",
        "s-t01000-+1",
        "s-t01000-01",
        "s-t01000-00",
        "s-t001000-1",
        "s-t0-1000-1",
        "s-t0-1",
        "s-f01000-1",
        "s-t11000-1",
        "S-t01000-1",
        "t01000-1",
        "s_t01000_1",
        "s-t01000-1 ",
        "s-t01000-1\n",
        "s-t01000-1\0",
        "s-t01000-1.tmp",
        "s-t01000-1/",
        "./s-t01000-1",
        "../sealed/s-t01000-1",
        "s-t01000-1/../../etc/passwd",
        "s-t01000-..\\1",
        "s-t01000-%31",
        "s-t01000-١",
        "s-t01000-0x1",
        "s-t01000-1-2",
        "s-t01000-9223372036854775808",
        "s-t09223372036854775808-1",
        "s-t01000-99999999999999999999999999999999999"
      })
  void refusesAnotherSpelling(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> SectorId.parse(text)).getMessage();

    assertTrue(message.startsWith("not a sector name like s-t01000-1: \""), message);
    assertTrue(message.chars().allMatch(c -> c >= ' ' && c <= '~'), message);
  }

  @Test
  void errorStaysShortWhateverTheInput() {
    String text = "s-t01000-" + "9".repeat(1_000_000);

    String message =
        assertThrows(IllegalArgumentException.class, () -> SectorId.parse(text)).getMessage();

    assertTrue(message.length() < 150, message);
  }

  @Test
  void refusesANegativeNumber() {
    assertThrows(IllegalArgumentException.class, () -> new SectorId(new MinerId(1000), -1));
  }
}
