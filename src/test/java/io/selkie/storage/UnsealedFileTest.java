package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsealedFileTest {
  private static final int SECTOR = 2048;

  @TempDir Path temp;
  private Path file;
  private UnsealedFile unsealed;

  @BeforeEach
  void inAPath() throws IOException {
    file = Files.createDirectories(temp.resolve("unsealed")).resolve("s-t01000-1");
    Path own = Files.createDirectories(temp.resolve("selkie"));
    unsealed = new UnsealedFile(file, own.resolve("s-t01000-1.unsealed.new"), SECTOR);
  }

  private Path data(int bytes, int value) throws IOException {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) value);
    return Files.write(temp.resolve("part"), content);
  }

  private String trailer() throws IOException {
    byte[] all = Files.readAllBytes(file);
    return HexFormat.of().formatHex(all, SECTOR, all.length);
  }

  private byte[] part(int from, int to) throws IOException {
    return Arrays.copyOfRange(Files.readAllBytes(file), from, to);
  }

  private static byte[] filled(int bytes, int value) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) value);
    return content;
  }

  @Test
  void aFirstRangeMakesTheFile() throws IOException {
    assertFalse(unsealed.has(0, 128));

    unsealed.put(data(768, 7), 256);

    assertTrue(unsealed.has(256, 768));
    assertFalse(unsealed.has(0, 256));
    assertEquals("0050004003" + "05000000", trailer());
    assertArrayEquals(new byte[256], part(0, 256));
    assertArrayEquals(filled(768, 7), part(256, 1024));
    assertEquals(0, leftovers());
  }

  @Test
  void moreRangesAreAdded() throws IOException {
    unsealed.put(data(1024, 1), 1024);
    unsealed.put(data(512, 2), 0);
    assertFalse(unsealed.has(0, SECTOR));

    unsealed.put(data(512, 3), 512);

    assertTrue(unsealed.has(0, SECTOR));
    assertEquals("041002" + "03000000", trailer());
    assertArrayEquals(filled(512, 2), part(0, 512));
    assertArrayEquals(filled(512, 3), part(512, 1024));
    assertArrayEquals(filled(1024, 1), part(1024, 2048));
    assertEquals(0, leftovers());
  }

  @Test
  void aFileWithNothingBehindItsDataHasAll() throws IOException {
    Files.write(file, new byte[SECTOR]);

    assertTrue(unsealed.has(0, SECTOR));
  }

  /** The longer trailer of before is still at the end of the file. */
  @Test
  void aKillWithinTheNewRangesIsMended() throws IOException {
    unsealed.put(data(128, 1), 128);
    unsealed.put(data(128, 1), 512);
    byte[] before = Files.readAllBytes(file);
    byte[] whole = HexFormat.of().parseHex("041002" + "03000000");
    System.arraycopy(whole, 0, before, SECTOR, whole.length);
    Files.write(file, before);
    assertThrows(IOException.class, () -> unsealed.has(0, SECTOR));
    Files.write(temp.resolve("selkie/s-t01000-1.unsealed.new.ranges"), whole);

    assertTrue(unsealed.has(0, SECTOR));
    assertEquals("041002" + "03000000", trailer());
    assertEquals(0, leftovers());
  }

  @Test
  void aNoteOfAFileThatIsGoneSaysNothing() throws IOException {
    Files.write(temp.resolve("selkie/s-t01000-1.unsealed.new.ranges"), new byte[4]);

    assertFalse(unsealed.has(0, 128));
    assertEquals(0, leftovers());
  }

  @Test
  void whatAKillLeftOfANewFileIsReplaced() throws IOException {
    Files.write(temp.resolve("selkie/s-t01000-1.unsealed.new"), new byte[3000]);

    unsealed.put(data(2048, 5), 0);

    assertEquals("041002" + "03000000", trailer());
  }

  @Test
  void dataThatIsNotOfTheSectorIsRefused() {
    assertThrows(IOException.class, () -> unsealed.put(data(2048, 5), 128));
    assertThrows(IOException.class, () -> unsealed.put(data(0, 5), 128));
    assertFalse(Files.exists(file));
  }

  private long leftovers() throws IOException {
    try (var files = Files.list(temp.resolve("selkie"))) {
      return files.count();
    }
  }
}
