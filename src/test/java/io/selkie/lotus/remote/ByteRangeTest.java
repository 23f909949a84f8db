package io.selkie.lotus.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "'bytes=0-15', 0, 16",
    "'bytes= 5 - 6 ', 5, 2",
    "'bytes=2000-', 2000, 48",
    "'bytes=-48', 2000, 48",
    "'bytes=-9999', 0, 2048",
    "'bytes=2040-999999', 2040, 8",
    "'bytes=5-5,', 5, 1",
  })
  void findsAPart(String header, long start, long length) throws Exception {
    assertEquals(Optional.of(new ByteRange(start, length)), ByteRange.parse(header, 2048));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=", "bytes=,", "bytes=0-1,4-5"})
  void givesAllWhereThereIsNotOnePart(String header) throws Exception {
    assertEquals(Optional.empty(), ByteRange.parse(header, 2048));
  }

  @ParameterizedTest
  @CsvSource({
    "'bytes=2048-', true",
    "'bytes=9999-10000', true",
    "'bytes=-0', true",
    "'bytes=5-4', false",
    "'bytes=-', false",
    "'bytes=a-b', false",
    "'bytes=1', false",
    "'bytes=--1', false",
    "'items=0-1', false",
    "'bytes=0-99999999999999999999', false",
  })
  void refusesOthers(String header, boolean beyond) {
    ByteRange.Unfit refusal =
        assertThrows(ByteRange.Unfit.class, () -> ByteRange.parse(header, 2048));
    assertEquals(beyond, refusal.beyond());
  }
}
