package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.storage.DiskLedger.Charge;
import io.selkie.storage.DiskLedger.Volume;
import io.selkie.storage.SectorSpace.Part;
import io.selkie.storage.SectorSpace.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiskLedgerTest {
  private static final long GIB = 1L << 30;
  private static final SealProofType LARGE = SealProofType.STACKED_DRG_32GIB_V1_1;

  private static final Map<Part, String> DEVICES =
      Map.of(Part.CACHE, "1", Part.UNSEALED, "2", Part.SEALED, "2", Part.OWN, "2", Part.JOBS, "2");

  private static Charge charge(Stage stage, Map<Part, Long> onDisk) {
    return new Charge(LARGE, Optional.of(stage), false, DEVICES, onDisk);
  }

  @Test
  void thePeakIsThatOfTheFieldWithWhatIsNotInIt() {
    Map<Part, Long> peak = SectorSpace.peak(LARGE, Stage.SEALING);

    long cache = peak.getOrDefault(Part.CACHE, 0L);
    assertTrue(cache >= 451.2 * GIB && cache < 455 * GIB, "FIELD.md 3.3: 451.2 GiB, " + cache);
    assertEquals(32 * GIB + (256 << 10), peak.get(Part.UNSEALED));
    assertEquals(32 * GIB + (256 << 10), peak.get(Part.SEALED));
    assertEquals(32 * GIB + (64 << 20) + (256 << 10), peak.get(Part.OWN));
    assertEquals(1L << 20, peak.get(Part.JOBS));
  }

  @Test
  void whatIsOnDiskIsNotKeptAgain() {
    Map<Part, Long> kept =
        DiskLedger.kept(
            charge(Stage.SEALING, Map.of(Part.CACHE, 300 * GIB, Part.UNSEALED, 40 * GIB)));

    assertEquals(0, kept.get(Part.UNSEALED));
    assertEquals(
        SectorSpace.peak(LARGE, Stage.SEALING).getOrDefault(Part.CACHE, 0L) - 300 * GIB,
        kept.get(Part.CACHE));
  }

  @Test
  void eachVolumeLosesWhatItsPartsMayGet() {
    List<Volume> volumes =
        List.of(
            new Volume("1", "/ssd", Set.of(Part.CACHE), 1000 * GIB),
            new Volume(
                "2", "/disk", Set.of(Part.UNSEALED, Part.SEALED, Part.OWN, Part.JOBS), 1000 * GIB));
    List<Charge> sectors = List.of(charge(Stage.SEALING, Map.of()), charge(Stage.SEALED, Map.of()));

    List<Long> free = DiskLedger.free(volumes, sectors);

    Map<Part, Long> peak = SectorSpace.peak(LARGE, Stage.SEALING);
    long cache = peak.getOrDefault(Part.CACHE, 0L);
    long all = peak.values().stream().mapToLong(bytes -> bytes).sum();
    assertEquals(List.of(1000 * GIB - cache, 1000 * GIB - (all - cache)), free);
  }

  @Test
  void unsealingTakesWhatTheNativeSideAsksFor() {
    Charge unsealing = new Charge(LARGE, Optional.empty(), true, DEVICES, Map.of());

    assertTrue(DiskLedger.kept(unsealing).getOrDefault(Part.OWN, 0L) >= (11 + 2 + 1) * 32 * GIB);
  }

  @Test
  void syntheticProofsTakeMore() {
    assertTrue(
        SectorSpace.peak(SealProofType.STACKED_DRG_32GIB_V1_1_SYNTHETIC, Stage.SEALING)
                .getOrDefault(Part.CACHE, 0L)
            > SectorSpace.peak(LARGE, Stage.SEALING).getOrDefault(Part.CACHE, 0L) + 11 * GIB);
  }
}
