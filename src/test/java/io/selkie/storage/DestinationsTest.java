package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  private static final MinerId MINER = new MinerId(1000);
  private static final Destinations.Wish WISH =
      new Destinations.Wish(MINER, Set.of(FileType.SEALED, FileType.CACHE), 100);

  @Test
  void anAlmostFullPathTakesNoMore() {
    PathSpace full = new PathSpace(1000, 60);

    assertEquals(Optional.empty(), Destinations.reasonOfSpace(full, 10, 95));
    assertEquals(
        Optional.of("it would be more than 95 % full"), Destinations.reasonOfSpace(full, 11, 95));
    assertEquals(
        Optional.of("it has room for 60 bytes and 61 are needed"),
        Destinations.reasonOfSpace(full, 61, 100));
  }

  @Test
  void roomIsWhatMayComeUntilAPathIsTooFull() {
    assertEquals(10, Destinations.room(new PathSpace(1000, 60), 95));
    assertEquals(60, Destinations.room(new PathSpace(1000, 60), 100));
    assertEquals(0, Destinations.room(new PathSpace(1000, 60), 90));
  }

  @Test
  void filtersOfTypeAndMinerRefuse() {
    assertEquals(Optional.empty(), refusal(Set.of(), Set.of(), Set.of(), Set.of()));
    assertEquals(
        Optional.of("its filters refuse cache files of t01000"),
        refusal(Set.of(FileType.SEALED), Set.of(), Set.of(), Set.of()));
    assertEquals(
        Optional.of("its filters refuse sealed files of t01000"),
        refusal(Set.of(), Set.of(FileType.SEALED), Set.of(), Set.of()));
    assertEquals(
        Optional.of("its filters refuse sealed files of t01000"),
        refusal(Set.of(), Set.of(), Set.of(new MinerId(1001)), Set.of()));
    assertEquals(
        Optional.of("its filters refuse sealed files of t01000"),
        refusal(Set.of(), Set.of(), Set.of(), Set.of(MINER)));
  }

  private static Optional<String> refusal(
      Set<FileType> allowTypes,
      Set<FileType> denyTypes,
      Set<MinerId> allowMiners,
      Set<MinerId> denyMiners) {
    return Destinations.refusalOfKind(
        new PathSettings(
            "store",
            10,
            false,
            true,
            0,
            List.of(),
            List.of(),
            allowTypes,
            denyTypes,
            allowMiners,
            denyMiners),
        WISH);
  }
}
