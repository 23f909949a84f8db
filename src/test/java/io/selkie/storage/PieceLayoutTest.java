package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.storage.PieceLayout.Slot;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PieceLayoutTest {
  /** Up to four, each at most an eighth of what the sector holds, which always fit. */
  record Files(SectorSize sector, List<Long> lengths) {}

  @Provide
  Arbitrary<Files> files() {
    return Arbitraries.of(SectorSize.class)
        .flatMap(
            sector ->
                Arbitraries.longs()
                    .between(1, sector.unpadded().bytes() / 8)
                    .list()
                    .ofMaxSize(4)
                    .map(lengths -> new Files(sector, lengths)));
  }

  @Property
  void slotsFillTheSectorExactly(@ForAll("files") Files files) {
    long bytes = fill(files).stream().mapToLong(slot -> slot.size().bytes()).sum();

    assertEquals(files.sector().bytes(), bytes);
  }

  @Property
  void everySlotBeginsAtAMultipleOfItsSize(@ForAll("files") Files files) {
    long at = 0;
    for (Slot slot : fill(files)) {
      assertEquals(0, at % slot.size().bytes());
      at += slot.size().bytes();
    }
  }

  @Property
  void sourcesKeepTheirOrderAndGetTheSmallestPieceThatHoldsThem(@ForAll("files") Files files) {
    List<Slot> sources = fill(files).stream().filter(slot -> slot.source().isPresent()).toList();

    assertEquals(files.lengths().size(), sources.size());
    for (int i = 0; i < sources.size(); i++) {
      assertEquals(OptionalInt.of(i), sources.get(i).source());
      assertEquals(
          UnpaddedSize.smallestFor(files.lengths().get(i)).padded(), sources.get(i).size());
    }
  }

  /** A gap of n bytes takes at least as many powers of two as n has bits set. */
  @Property
  void noGapHasMoreFillersThanItNeeds(@ForAll("files") Files files) {
    long gap = 0;
    int fillers = 0;
    for (Slot slot : fill(files)) {
      if (slot.source().isPresent()) {
        assertEquals(Long.bitCount(gap), fillers);
        gap = 0;
        fillers = 0;
      } else {
        gap += slot.size().bytes();
        fillers++;
      }
    }
    assertEquals(Long.bitCount(gap), fillers);
  }

  @Test
  void aFileAsLargeAsTheSectorIsTheOnlyPiece() {
    assertEquals(List.of(source(2048, 0)), PieceLayout.fill(SectorSize.KIB_2, List.of(2032L)));
  }

  @Test
  void withoutFilesTheSectorIsOneFiller() {
    assertEquals(List.of(filler(2048)), PieceLayout.fill(SectorSize.KIB_2, List.of()));
  }

  @Test
  void fillersGoBeforeALargerPieceAndBehindTheLast() {
    assertEquals(
        List.of(
            source(128, 0),
            filler(128),
            source(256, 1),
            source(128, 2),
            filler(128),
            filler(256),
            filler(1024)),
        PieceLayout.fill(SectorSize.KIB_2, List.of(127L, 200L, 1L)));
  }

  @Test
  void refusesAFileThatIsLargerThanTheSector() {
    assertEquals(
        "a file of 2033 bytes does not fit into a sector of 2KiB, which holds 2032 bytes",
        refusal(List.of(2033L)));
  }

  @Test
  void refusesFilesThatDoNotFitTogether() {
    assertEquals(
        "the files do not fit into one sector of 2KiB: as pieces the first 2 take 4096 of 2048"
            + " padded bytes",
        refusal(List.of(1L, 1500L)));
    assertTrue(refusal(List.of(1016L, 1016L, 1L)).contains("the first 3 take 2176 of 2048"));
  }

  private static List<Slot> fill(Files files) {
    return PieceLayout.fill(files.sector(), files.lengths());
  }

  private static String refusal(List<Long> lengths) {
    return assertThrows(
            IllegalArgumentException.class, () -> PieceLayout.fill(SectorSize.KIB_2, lengths))
        .getMessage();
  }

  private static Slot source(long bytes, int index) {
    return new Slot(new PaddedSize(bytes), OptionalInt.of(index));
  }

  private static Slot filler(long bytes) {
    return new Slot(new PaddedSize(bytes), OptionalInt.empty());
  }
}
