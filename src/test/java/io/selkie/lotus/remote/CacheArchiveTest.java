package io.selkie.lotus.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CacheArchiveTest {
  private static final byte[] END = Tars.zeros(2 * TarHeader.BLOCK);
  private static final String LAYER = "sc-02-data-layer-1.dat";

  @TempDir Path temp;
  private Path cache;

  @BeforeEach
  void makeDirectory() throws IOException {
    cache = Files.createDirectory(temp.resolve("cache"));
  }

  private long unpack(byte[] archive) throws IOException {
    return CacheArchive.unpack(
        new ByteArrayInputStream(archive), cache, Long.MAX_VALUE, written -> {});
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  static byte[] lotus() throws IOException {
    String name = "/lotus/cache-s-t01000-2-finalized.tar";
    try (InputStream in = CacheArchiveTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void unpacksWhatLotusSendsWithoutItsEnd() throws IOException {
    // given an archive of a real miner, which stops right after the last byte of its last file
    byte[] archive = lotus();
    assertEquals(3000, archive.length);
    List<Long> progress = new ArrayList<>();
    // when
    long bytes =
        CacheArchive.unpack(
            new ByteArrayInputStream(archive), cache, Long.MAX_VALUE, progress::add);
    // then
    assertEquals(64 + 32 + 440, bytes);
    assertEquals(List.of("p_aux", "sc-02-data-tree-r-last.dat", "t_aux"), names(cache));
    assertArrayEquals(
        Arrays.copyOfRange(archive, 512, 512 + 64), Files.readAllBytes(cache.resolve("p_aux")));
    assertArrayEquals(
        Arrays.copyOfRange(archive, 2560, 3000), Files.readAllBytes(cache.resolve("t_aux")));
    assertEquals(List.of(64L, 96L, 536L), progress);
  }

  @Test
  void writesTheHeadersThatLotusWrites() throws IOException {
    // given the headers of a real miner
    byte[] archive = lotus();
    // when the same files are sent from here, but with nobody's name
    byte[] ours = TarHeader.encode("p_aux", 64, 0_15300255054L);
    // then all but the names of the owner, and so the checksum, is the same byte for byte
    byte[] theirs = Arrays.copyOf(archive, TarHeader.BLOCK);
    Arrays.fill(theirs, 265, 329, (byte) 0);
    Arrays.fill(theirs, 148, 156, (byte) 0);
    Arrays.fill(ours, 148, 156, (byte) 0);
    assertArrayEquals(theirs, ours);
  }

  @Test
  void takesAWholeArchiveAndOneOfTheLargestRecords() throws IOException {
    byte[] file = Tars.file("p_aux", 64);
    assertEquals(64, unpack(Tars.join(file, END)));
    Files.delete(cache.resolve("p_aux"));
    assertEquals(64, unpack(Tars.join(file, Tars.zeros(20 * TarHeader.BLOCK))));
    Files.delete(cache.resolve("p_aux"));
    assertEquals(64, unpack(Tars.join(file, Tars.zeros(TarHeader.BLOCK))));
    Files.delete(cache.resolve("p_aux"));
    assertEquals(64, unpack(file), "an end after the padding");
  }

  @Test
  void takesEmptyFiles() throws IOException {
    assertEquals(0, unpack(Tars.join(Tars.file("t_aux", 0), Tars.file("p_aux", 0))));
    assertEquals(List.of("p_aux", "t_aux"), names(cache));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 511, 512, 8_589_934_591L, 8_589_934_592L, 34_359_738_368L, 69_793_218_560L})
  void saysAnySizeOfALayer(long size) throws IOException {
    // given 8 GiB and more do not fit into the octal digits of a header
    byte[] blocks = TarHeader.encode(LAYER, size, 1_795_250_732L);
    assertEquals(size > 8_589_934_591L ? 3 * TarHeader.BLOCK : TarHeader.BLOCK, blocks.length);
    // when
    Optional<TarHeader> header = new TarReader(new ByteArrayInputStream(blocks)).next();
    // then
    assertEquals(Optional.of(new TarHeader(LAYER, '0', size)), header);
  }

  @Test
  void readsLargeSizesInGnusForm() throws IOException {
    byte[] block =
        new Tars.Header(LAYER, '0', 0)
            .text(257, "ustar  \0")
            .fill(124, 12, 0)
            .fill(124, 1, 0x80)
            .fill(131, 1, 8)
            .bytes();
    assertEquals(
        8L << 32, new TarReader(new ByteArrayInputStream(block)).next().orElseThrow().size());
  }

  @Test
  void takesWhatElseAnExtendedHeaderOfGoSays() throws IOException {
    byte[] archive =
        Tars.extended(
            "21 uname=\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\n20 uid=100000000000\n",
            Tars.file("p_aux", 64));
    assertEquals(64, unpack(archive));
  }

  static Stream<Arguments> hostile() {
    byte[] good = Tars.file("p_aux", 64);
    byte[] broken = Tars.file("p_aux", 64);
    broken[0] ^= 1;
    return Stream.of(
        Arguments.of("a link", Tars.header("p_aux", '2', 0), "no plain file"),
        Arguments.of("a hard link", Tars.header("p_aux", '1', 0), "no plain file"),
        Arguments.of("a character device", Tars.header("p_aux", '3', 0), "no plain file"),
        Arguments.of("a block device", Tars.header("p_aux", '4', 0), "no plain file"),
        Arguments.of("a directory", Tars.header("p_aux", '5', 0), "no plain file"),
        Arguments.of("a pipe", Tars.header("p_aux", '6', 0), "no plain file"),
        Arguments.of("a contiguous file", Tars.header("p_aux", '7', 0), "no plain file"),
        Arguments.of("a sparse file", Tars.header("p_aux", 'S', 0), "no plain file"),
        Arguments.of("a long name of GNU", Tars.header("p_aux", 'L', 4), "no plain file"),
        Arguments.of("a global header", Tars.header("p_aux", 'g', 4), "no plain file"),
        Arguments.of("upwards", Tars.file("../p_aux", 1), "no file of a cache"),
        Arguments.of("absolute", Tars.file("/etc/passwd", 1), "no file of a cache"),
        Arguments.of("in a directory", Tars.file("cache/p_aux", 1), "no file of a cache"),
        Arguments.of("with a dot", Tars.file("./p_aux", 1), "no file of a cache"),
        Arguments.of("no name", Tars.file("", 1), "no file of a cache"),
        Arguments.of("another case", Tars.file("P_AUX", 1), "no file of a cache"),
        Arguments.of(
            "small sectors after PreCommit2", Tars.file("sc-02-data-tree-c.dat", 32), "no file"),
        Arguments.of("layer 12", Tars.file("sc-02-data-layer-12.dat", 32), "no file"),
        Arguments.of("layer 01", Tars.file("sc-02-data-layer-01.dat", 32), "no file"),
        Arguments.of(
            "a prefix",
            new Tars.Header("p_aux", '0', 0).text(345, "..").bytes(),
            "no file of a cache"),
        Arguments.of("control characters", Tars.file("p\n\u001b[2J", 1), "\"p??[2J\""),
        Arguments.of("twice", Tars.join(good, good), "twice"),
        Arguments.of("too large", Tars.header("p_aux", '0', 65), "may have 64"),
        Arguments.of(
            "a huge layer",
            new Tars.Header(LAYER, '0', 0).fill(124, 12, 0x7f).fill(124, 1, 0xbf).bytes(),
            "larger than any file"),
        Arguments.of(
            "a negative size",
            new Tars.Header("p_aux", '0', 0).fill(124, 12, 0xff).bytes(),
            "negative"),
        Arguments.of(
            "a size with a sign",
            new Tars.Header("p_aux", '0', 0).text(124, "-0000000001").bytes(),
            "cannot be read"),
        Arguments.of(
            "a size of no digits",
            new Tars.Header("p_aux", '0', 0).fill(124, 12, 0).bytes(),
            "cannot be read"),
        Arguments.of(
            "a size that is none",
            new Tars.Header("p_aux", '0', 0).text(124, "9999999999x").bytes(),
            "cannot be read"),
        Arguments.of("a wrong checksum", broken, "checksum"),
        Arguments.of("no archive", Tars.data(4096), "no tar archive"),
        Arguments.of("an empty answer", Tars.zeros(0), "no files"),
        Arguments.of("nothing but an end", END, "no files"),
        Arguments.of("cut in a header", Arrays.copyOf(good, 100), "within a block"),
        Arguments.of("cut in a file", Arrays.copyOf(good, 512 + 63), "1 bytes are missing"),
        Arguments.of("cut before a file", Arrays.copyOf(good, 512), "64 bytes are missing"),
        Arguments.of("cut in the padding", Arrays.copyOf(good, 700), "within a block"),
        Arguments.of(
            "cut in the end", Arrays.copyOf(Tars.join(good, END), 1024 + 700), "within a block"),
        Arguments.of("something behind the end", Tars.join(good, END, good), "follows the end"),
        Arguments.of("no end of zeros", Tars.join(good, Tars.zeros(100 * 512)), "has no end"),
        Arguments.of(
            "a name in an extended header",
            Tars.extended("20 path=/etc/passwd\n", good),
            "another name"),
        Arguments.of(
            "a sparse file of pax",
            Tars.extended("22 GNU.sparse.major=1\n", good),
            "another name or form"),
        Arguments.of(
            "a negative size in an extended header",
            Tars.extended("11 size=-1\n", good),
            "cannot be read"),
        Arguments.of(
            "a size beyond all numbers",
            Tars.extended("29 size=99999999999999999999\n", good),
            "cannot be read"),
        Arguments.of("two sizes", Tars.extended("10 size=1\n10 size=2\n", good), "cannot be read"),
        Arguments.of(
            "a record of a wrong length", Tars.extended("99 size=1\n", good), "is damaged"),
        Arguments.of("a record of no length", Tars.extended("size=1\n", good), "is damaged"),
        Arguments.of("a record of length 0", Tars.extended("0 size=1\n", good), "is damaged"),
        Arguments.of(
            "two extended headers",
            Tars.extended("10 size=1\n", Tars.extended("10 size=1\n", good)),
            "two extended headers"),
        Arguments.of(
            "nothing behind an extended header",
            Tars.extended("10 size=1\n", Tars.zeros(0)),
            "ends after"),
        Arguments.of("a huge extended header", Tars.header("x", 'x', 1 << 30), "is too large"),
        Arguments.of(
            "cut in an extended header",
            Arrays.copyOf(Tars.extended("10 size=1\n", good), 515),
            "within an extended header"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void refusesInOneLine(String what, byte[] archive, String reason) throws IOException {
    IOException refusal = assertThrows(IOException.class, () -> unpack(archive), what);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(reason), message);
    assertFalse(message.contains("\n") || message.contains("\u001b"), message);
    assertEquals(List.of("cache"), names(temp), "nothing is written anywhere else");
  }

  @Test
  void refusesMoreThanAllFilesMayHaveTogether() throws IOException {
    byte[] archive = Tars.join(Tars.file("p_aux", 64), Tars.file("t_aux", 440), END);
    assertEquals(
        504,
        CacheArchive.unpack(
            new ByteArrayInputStream(archive),
            Files.createDirectory(temp.resolve("enough")),
            504,
            written -> {}));
    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                CacheArchive.unpack(new ByteArrayInputStream(archive), cache, 503, written -> {}));
    assertTrue(String.valueOf(refusal.getMessage()).contains("more than the 503 bytes"));
  }

  @Test
  void refusesAnArchiveWithoutEnd() {
    InputStream endless = Tars.endless(Tars.file("p_aux", 64));
    assertThrows(
        IOException.class,
        () -> CacheArchive.unpack(endless, cache, Long.MAX_VALUE, written -> {}));
  }

  @Test
  void doesNotSendNamesThatItWouldNotTake() {
    for (String name : List.of("a/b", "", "a b", "\u00fc", "x".repeat(81), "a\nb")) {
      assertThrows(IOException.class, () -> TarHeader.encode(name, 1, 0), name);
    }
  }

  @Test
  void knowsTheFilesOfEverySectorSize() {
    assertEquals(Optional.of(65L << 30), CacheNames.most("sc-02-data-layer-11.dat"));
    assertEquals(Optional.of(5L << 30), CacheNames.most("sc-02-data-tree-c-15.dat"));
    assertEquals(Optional.of(10_000_000L), CacheNames.most("sc-02-data-tree-r-last-15.dat"));
    assertEquals(Optional.of(130L << 30), CacheNames.most("sc-02-data-tree-d.dat"));
    assertTrue(CacheNames.most("sc-02-data-tree-c-16.dat").isEmpty());
    assertTrue(CacheNames.most("syn-porep-vanilla-proofs.dat").isEmpty());
  }
}
