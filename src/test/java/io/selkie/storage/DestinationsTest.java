package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.storage.Destinations.Candidate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  private static final MinerId MINER = new MinerId(1000);

  @Test
  void takesThePathWithMostWeightTimesRoom() {
    Candidate light = candidate("light", 1, 1000, 900, false);
    Candidate heavy = candidate("heavy", 10, 1000, 500, false);

    assertEquals(Optional.of("heavy"), choose(List.of(light, heavy), 100, 100));
  }

  @Test
  void aPathWithoutWeightIsTheLastResort() {
    Candidate none = candidate("none", 0, 1000, 900, false);
    Candidate some = candidate("some", 1, 1000, 200, false);

    assertEquals(Optional.of("some"), choose(List.of(none, some), 100, 100));
    assertEquals(Optional.of("none"), choose(List.of(none, some), 300, 100));
  }

  @Test
  void aPathThatHasFilesOfTheSectorComesFirst() {
    Candidate empty = candidate("empty", 10, 1000, 900, false);
    Candidate holding = candidate("holding", 1, 1000, 200, true);

    assertEquals(Optional.of("holding"), choose(List.of(empty, holding), 100, 100));
  }

  @Test
  void anAlmostFullPathTakesNoMore() {
    Candidate full = candidate("full", 10, 1000, 60, false);

    assertEquals(Optional.of("full"), choose(List.of(full), 10, 95));
    assertEquals(Optional.empty(), choose(List.of(full), 11, 95));
    assertEquals(Optional.empty(), choose(List.of(full), 61, 100));
  }

  @Test
  void saysWhyAPathIsNotPossible() {
    Candidate full = candidate("full", 10, 1000, 60, false);

    String reason =
        String.valueOf(Destinations.choose(List.of(full), wish(61, 100)).reasons().get("full"));

    assertTrue(reason.contains("60 bytes"), reason);
  }

  private static Optional<String> choose(List<Candidate> candidates, long bytes, int fullAt) {
    return Destinations.choose(candidates, wish(bytes, fullAt)).chosen();
  }

  private static Destinations.Wish wish(long bytes, int fullAt) {
    return new Destinations.Wish(
        MINER, Set.of(FileType.SEALED), bytes, settings("from", 10, false), fullAt);
  }

  private static Candidate candidate(
      String id, long weight, long capacity, long available, boolean holds) {
    return new Candidate(settings(id, weight, true), new PathSpace(capacity, available), holds);
  }

  private static PathSettings settings(String id, long weight, boolean canStore) {
    return new PathSettings(
        id, weight, !canStore, canStore, 0, List.of(), List.of(), Set.of(), Set.of(), Set.of(),
        Set.of());
  }
}
