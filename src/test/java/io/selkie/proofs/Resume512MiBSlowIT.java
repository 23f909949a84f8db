package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.SealProofType;
import io.selkie.proofs.SealWork.PreCommit1Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A 512 MiB PreCommit1 dies in layer 2. Takes 5 GB below the temporary directory, and minutes: its
 * parent cache is made once per machine.
 */
class Resume512MiBSlowIT {
  @TempDir Path temp;

  @Test
  void aRepeatedPreCommit1KeepsTheLayerThatWasComplete() throws Exception {
    ProverSettings settings = RealProofs.settings(temp.resolve("jobs"));
    Proofs proofs = new ProverProofs(settings);
    TestSector added =
        TestSector.in(temp.resolve("added"), 1, SealProofType.STACKED_DRG_512MIB_V1_1)
            .filledFrom(proofs, PieceSource.zeros());
    TestSector killed = Resume.killedInLayer2(settings, added, temp.resolve("killed"));
    PreCommit1Result resumed = RealProofs.only(proofs.preCommit1(List.of(killed.preCommit1())));
    PreCommit1Result reference = RealProofs.only(proofs.preCommit1(List.of(added.preCommit1())));

    assertEquals(1, resumed.keptLayers());
    assertEquals(0, reference.keptLayers());
    assertEquals(reference.commD(), resumed.commD());
    Resume.assertSameLayers(added, killed);
  }
}
