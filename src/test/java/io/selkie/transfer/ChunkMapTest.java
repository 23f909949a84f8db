package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkMapTest {
  @Test
  void aTornLineCountsAsNotArrived() {
    ChunkMap map = ChunkMap.parse(5, "0 0000000a\n3 ffffffff\n4 00");

    assertTrue(map.has(0));
    assertEquals(-1, map.sum(3));
    assertEquals(List.of(new ChunkMap.Range(1, 2), new ChunkMap.Range(4, 4)), map.missing());
  }

  @Test
  void whatIsBehindNonsenseCountsAsNotArrived() {
    for (String nonsense : List.of("x\n", "5 00000000\n", "0\n", "\n", "0 0000000A\n")) {
      assertEquals(1, ChunkMap.parse(5, "2 00000001\n" + nonsense + "1 00000000\n").count());
    }
  }

  @Test
  void anEmptyFileIsComplete() {
    assertTrue(new ChunkMap(0).isComplete());
    assertEquals(List.of(), new ChunkMap(0).missing());
  }

  /** Whatever arrives in whatever order, and wherever the journal is cut, nothing is invented. */
  @Test
  void aJournalCutAnywhereGivesNoChunkThatWasNotThere() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int chunks = 1 + random.nextInt(40);
      ChunkMap map = new ChunkMap(chunks);
      StringBuilder journal = new StringBuilder();
      for (int i = random.nextInt(2 * chunks); i > 0; i--) {
        int chunk = random.nextInt(chunks);
        int sum = random.nextInt();
        map.put(chunk, sum);
        journal.append(ChunkMap.line(chunk, sum));
      }
      assertEquals(map.missing(), ChunkMap.parse(chunks, journal.toString()).missing());
      assertEquals(map.missing(), ChunkMap.parse(chunks, map.journal()).missing());

      ChunkMap cut =
          ChunkMap.parse(chunks, journal.substring(0, random.nextInt(journal.length() + 1)));
      long missing =
          cut.missing().stream().mapToLong(range -> range.to() - range.from() + 1L).sum();
      assertEquals(chunks, cut.count() + missing, "seed " + seed);
      for (int chunk = 0; chunk < chunks; chunk++) {
        assertFalse(cut.has(chunk) && !map.has(chunk), "seed " + seed);
      }
    }
  }
}
