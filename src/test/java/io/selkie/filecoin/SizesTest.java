package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  private static final long LARGEST_UNPADDED = 127L << 55;

  @Property
  void paddedAndUnpaddedAreInverse(@ForAll @IntRange(min = 7, max = 62) int power) {
    PaddedSize padded = new PaddedSize(1L << power);

    assertEquals(127L << (power - 7), padded.unpadded().bytes());
    assertEquals(padded, padded.unpadded().padded());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -128, 0, 1, 64, 127, 129, 192, 2047, Long.MAX_VALUE})
  void refusesAPaddedSizeThatIsNoPowerOfTwo(long bytes) {
    assertThrows(IllegalArgumentException.class, () -> new PaddedSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -127, 0, 1, 126, 128, 381, 2048, 127L << 56})
  void refusesAnUnpaddedSizeThatIsNoPiece(long bytes) {
    assertThrows(IllegalArgumentException.class, () -> new UnpaddedSize(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "1,127",
    "126,127",
    "127,127",
    "128,254",
    "254,254",
    "255,508",
    "508,508",
    "509,1016",
    "1017,2032",
    "2032,2032",
    "2033,4064"
  })
  void findsTheSmallestPiece(long length, long expected) {
    assertEquals(new UnpaddedSize(expected), UnpaddedSize.smallestFor(length));
  }

  @Property
  void theSmallestPieceHoldsTheDataAndItsHalfDoesNot(
      @ForAll @LongRange(min = 1, max = LARGEST_UNPADDED) long length) {
    long bytes = UnpaddedSize.smallestFor(length).bytes();

    assertTrue(bytes >= length);
    assertTrue(bytes == 127 || bytes / 2 < length);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, LARGEST_UNPADDED + 1, Long.MAX_VALUE})
  void refusesALengthThatNoPieceHolds(long length) {
    assertThrows(IllegalArgumentException.class, () -> UnpaddedSize.smallestFor(length));
  }

  @ParameterizedTest
  @CsvSource({
    "KIB_2,2048,2032,2KiB",
    "MIB_8,8388608,8323072,8MiB",
    "MIB_512,536870912,532676608,512MiB",
    "GIB_32,34359738368,34091302912,32GiB",
    "GIB_64,68719476736,68182605824,64GiB",
  })
  void sectorSizesAreThoseOfFilecoin(SectorSize size, long bytes, long unpadded, String text) {
    assertEquals(bytes, size.bytes());
    assertEquals(unpadded, size.unpadded().bytes());
    assertEquals(text, size.toString());
  }

  @ParameterizedTest
  @EnumSource
  void parsesASectorSizeInAnyCaseOrInBytes(SectorSize size) {
    assertEquals(size, SectorSize.parse(size.toString()));
    assertEquals(size, SectorSize.parse(size.toString().toLowerCase(Locale.ROOT)));
    assertEquals(size, SectorSize.parse(size.toString().toUpperCase(Locale.ROOT)));
    assertEquals(size, SectorSize.parse(Long.toString(size.bytes())));
    assertEquals(size, SectorSize.ofBytes(size.bytes()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2KB", "2 KiB", "-2048", "02048", "+2048", "4KiB", "GIB_32"})
  void refusesAnotherSectorSize(String text) {
    assertThrows(IllegalArgumentException.class, () -> SectorSize.parse(text));
  }

  @Test
  void errorListsTheLegalSectorSizes() {
    String text =
        assertThrows(IllegalArgumentException.class, () -> SectorSize.parse("1GiB")).getMessage();
    String bytes =
        assertThrows(IllegalArgumentException.class, () -> SectorSize.ofBytes(0)).getMessage();

    assertEquals("no sector size \"1GiB\": legal are 2KiB, 8MiB, 512MiB, 32GiB, 64GiB", text);
    assertEquals("no sector size of 0 bytes: legal are 2KiB, 8MiB, 512MiB, 32GiB, 64GiB", bytes);
  }
}
