package io.selkie.storage;

import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.UnpaddedSize;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How pieces fill a sector: a piece begins at a multiple of its padded size, and fillers of zeros
 * take every gap, so that the pieces make up the whole sector (Filecoin spec, piece inclusion;
 * Lotus's {@code fillersFromRem}).
 */
public final class PieceLayout {
  private PieceLayout() {}

  /**
   * A place in the sector.
   *
   * @param source index of the source that goes there; empty: a filler
   */
  public record Slot(PaddedSize size, OptionalInt source) {}

  /**
   * Places sources in the order given.
   *
   * @param lengths bytes of each source, at least 1
   * @return slots that fill the sector
   * @throws IllegalArgumentException if they do not fit; the message is one line
   */
  public static List<Slot> fill(SectorSize sector, List<Long> lengths) {
    List<Slot> slots = new ArrayList<>();
    long end = 0;
    for (int i = 0; i < lengths.size(); i++) {
      PaddedSize size = pieceFor(sector, lengths.get(i));
      end = fillTo(slots, end, roundUp(end, size.bytes()));
      slots.add(new Slot(size, OptionalInt.of(i)));
      end += size.bytes();
      if (end > sector.bytes()) {
        throw new IllegalArgumentException(
            "the files do not fit into one sector of "
                + sector
                + ": as pieces the first "
                + (i + 1)
                + " take "
                + end
                + " of "
                + sector.bytes()
                + " padded bytes");
      }
    }
    fillTo(slots, end, sector.bytes());
    return List.copyOf(slots);
  }

  private static PaddedSize pieceFor(SectorSize sector, long length) {
    if (length > sector.unpadded().bytes()) {
      throw new IllegalArgumentException(
          "a file of "
              + length
              + " bytes does not fit into a sector of "
              + sector
              + ", which holds "
              + sector.unpadded().bytes()
              + " bytes");
    }
    return UnpaddedSize.smallestFor(length).padded();
  }

  private static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  /** Adds the fewest aligned fillers from {@code start} to {@code end}. */
  private static long fillTo(List<Slot> slots, long start, long end) {
    long at = start;
    while (at < end) {
      long aligned = at == 0 ? Long.highestOneBit(end) : Long.lowestOneBit(at);
      long size = Math.min(aligned, Long.highestOneBit(end - at));
      slots.add(new Slot(new PaddedSize(size), OptionalInt.empty()));
      at += size;
    }
    return at;
  }
}
