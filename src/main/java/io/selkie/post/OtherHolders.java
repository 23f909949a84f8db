package io.selkie.post;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Who else has sectors, such as the miner itself. Calls block; an interrupted thread gives up. */
public interface OtherHolders {
  /**
   * Where the sector is read, the best first.
   *
   * @return empty if nobody but this host has it
   * @throws IOException if that cannot be told; one line
   */
  List<URI> having(SectorId sector, boolean update) throws IOException;

  /**
   * The vanilla proof that one of those makes.
   *
   * @throws IOException if it makes none; one line
   */
  Bytes vanilla(URI holder, SectorId sector, PostProofType type, ChallengedSector challenged)
      throws IOException;
}
