package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.storage.OwnReplica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Steps of the tests that kill a prover and repeat its request. */
final class Resume {
  private static final int ATTEMPTS = 10;

  private Resume() {}

  /** A copy of a sector whose PreCommit1 was killed after layer 1 and before the end of layer 2. */
  static TestSector killedInLayer2(ProverSettings settings, TestSector from, Path root)
      throws IOException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      TestSector sector = from.copiedTo(root.resolve("killed-" + attempt));
      ProofsException killed =
          KilledProver.kill(
              settings,
              progress -> progress.stage().equals("layer") && progress.done() == 1,
              () -> recordedLayers(sector) == 1,
              proofs -> RealProofs.only(proofs.preCommit1(List.of(sector.preCommit1()))));
      // Layer 2 may have been quicker than the kill.
      if (killed != null && !Files.exists(sector.layer(2))) {
        assertEquals(ProofsFailure.Kind.DIED, killed.failure().kind(), killed.getMessage());
        return sector;
      }
      sector.files().delete(OwnReplica.UNKNOWN);
    }
    throw new AssertionError("no kill came between layer 1 and the end of layer 2");
  }

  /** How many layers the manifest of a sector has on record. */
  static int recordedLayers(TestSector sector) throws IOException {
    try {
      JsonNode manifest = JsonProofs.JSON.readTree(Files.readAllBytes(sector.files().manifest()));
      return manifest.path("preCommit1").path("layers").size();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  static void assertSameLayers(TestSector expected, TestSector actual) throws IOException {
    for (int layer = 1; layer <= expected.type().layers(); layer++) {
      assertEquals(
          -1, Files.mismatch(expected.layer(layer), actual.layer(layer)), "layer " + layer);
    }
    assertFalse(Files.exists(actual.layer(expected.type().layers() + 1)));
  }
}
