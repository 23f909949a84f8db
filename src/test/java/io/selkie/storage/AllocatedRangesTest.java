package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocatedRangesTest {
  private static final int SECTOR = 2048;

  @TempDir Path temp;

  private AllocatedRanges ranges(int data, String behind) throws IOException {
    byte[] tail = HexFormat.of().parseHex(behind);
    Path file = temp.resolve("unsealed");
    Files.write(file, joined(data, tail));
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      return AllocatedRanges.of(channel, SECTOR);
    }
  }

  private static byte[] joined(int zeros, byte[] tail) {
    byte[] all = new byte[zeros + tail.length];
    System.arraycopy(tail, 0, all, zeros, tail.length);
    return all;
  }

  private static String trailer(AllocatedRanges ranges) {
    return HexFormat.of().formatHex(ranges.trailer());
  }

  private static AllocatedRanges.Range range(long start, long length) {
    return new AllocatedRanges.Range(start, length);
  }

  @Test
  void writesWhatLotusWrites() {
    assertEquals("041002" + "03000000", trailer(AllocatedRanges.none().with(range(0, SECTOR))));
    assertEquals("0050004003" + "05000000", trailer(AllocatedRanges.none().with(range(256, 768))));
    assertEquals("00000000", trailer(AllocatedRanges.none()));
  }

  @Test
  void rangesThatMeetAreOne() {
    AllocatedRanges halves =
        AllocatedRanges.none().with(range(1024, 1024)).with(range(0, 1024)).with(range(512, 9));

    assertEquals("041002" + "03000000", trailer(halves));
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    for (long length : new long[] {1, 2, 3, 7, 8, 15, 16, 127, 128, 900}) {
      AllocatedRanges written =
          AllocatedRanges.none().with(range(3, length)).with(range(1000, length));
      byte[] trailer = written.trailer();
      List<AllocatedRanges.Range> read =
          AllocatedRanges.parse(java.util.Arrays.copyOf(trailer, trailer.length - 4), SECTOR);

      assertEquals(List.of(range(3, length), range(1000, length)), read);
    }
  }

  private static List<AllocatedRanges.Range> parse(String field) throws IOException {
    return AllocatedRanges.parse(HexFormat.of().parseHex(field), SECTOR);
  }

  @Test
  void readsWhatLotusWroteBehindAFullSector() throws IOException {
    // given the 7 bytes of a real unsealed file of 2 KiB
    AllocatedRanges ranges = ranges(SECTOR, "041002" + "03000000");
    // then
    assertTrue(ranges.contain(0, SECTOR));
    assertFalse(ranges.contain(0, SECTOR + 1));
    assertFalse(ranges.contain(SECTOR, 1));
  }

  @Test
  void takesAFileWithNothingBehindForFull() throws IOException {
    assertTrue(ranges(SECTOR, "").contain(128, SECTOR - 128));
  }

  @Test
  void knowsWhatIsNotThere() throws IOException {
    // given what go-bitfield 0.2.4 writes for 256 zeros, then 768 ones
    AllocatedRanges ranges = ranges(SECTOR, "0050004003" + "05000000");
    // then
    assertTrue(ranges.contain(256, 768));
    assertTrue(ranges.contain(512, 128));
    assertTrue(ranges.contain(0, 0));
    assertFalse(ranges.contain(255, 2));
    assertFalse(ranges.contain(900, 128));
    assertFalse(ranges.contain(0, SECTOR));
    assertFalse(ranges(SECTOR, "00000000").contain(0, 1), "an empty field has nothing");
  }

  /** The zeros at the end of a run are left out where they would fill a byte. */
  @ParameterizedTest
  @CsvSource({
    "2048, 041002",
    "8388608, 04101090",
    "536870912, 0410101050",
    "34359738368, 041010101030",
    "68719476736, 041010101050",
  })
  void readsFullSectorsAsGoBitfieldWritesThem(long bytes, String field) throws IOException {
    assertEquals(
        List.of(new AllocatedRanges.Range(0, bytes)),
        AllocatedRanges.parse(HexFormat.of().parseHex(field), bytes));
  }

  @Test
  void readsRunsOfEveryForm() throws IOException {
    // given what go-bitfield 0.2.4 writes for a one, 15 zeros and 1000 ones
    assertEquals(
        List.of(new AllocatedRanges.Range(0, 1), new AllocatedRanges.Range(16, 1000)),
        parse("ec837e"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "zeros at the end, 0410020000",
    "another version, 0510",
    "longer than the sector, 042002",
    "a run of nothing in the long form, 0480",
    "a run of nothing in the short form, 1402",
    "a run of more than any number, 04f0ffffffffffffffffffff1f",
  })
  void refusesFieldsThatAreNone(String what, String field) {
    assertThrows(IOException.class, () -> parse(field), what);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "shorter than the sector, 2047, ''",
    "a length alone that is cut, 2048, 0300",
    "another length, 2048, 04100204000000",
    "a negative length, 2048, 041002ffffffff",
  })
  void refusesFilesThatAreNoneOfTheSector(String what, int data, String behind) {
    assertThrows(IOException.class, () -> ranges(data, behind), what);
  }
}
