package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  @Property
  void parsesWhatItPrints(
      @ForAll @LongRange(min = 0, max = 999_999_999_999_999_999L) long offset,
      @ForAll @LongRange(min = 1, max = 999_999_999_999_999_999L) long length) {
    ByteRange range = new ByteRange(offset, length);

    assertEquals(range, ByteRange.parse(range.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "0:",
        ":1",
        "0:0",
        "-1:1",
        "0:-1",
        "1",
        "0:1:2",
        "0: 1",
        "0x1:1",
        "a:b",
        "0:1234567890123456789",
        "١:١"
      })
  void refusesAnythingElse(String text) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> ByteRange.parse(text));

    assertEquals(
        "'" + text + "' is not OFFSET:LENGTH in bytes, such as 0:1024", refusal.getMessage());
  }
}
