package io.selkie.node;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import io.selkie.worker.MissingFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Files of other workers: a node knows who brings them when it has begun to work for a miner. */
final class LaterFiles implements MissingFiles {
  private volatile MissingFiles known = NONE;

  /** From now on they are brought so. */
  void are(MissingFiles now) {
    known = now;
  }

  @Override
  public boolean bring(
      SectorId sector, SealProofType proofType, FileType type, Path root, boolean moved)
      throws IOException {
    return known.bring(sector, proofType, type, root, moved);
  }
}
