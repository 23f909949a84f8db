package io.selkie.lotus.remote;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.SectorRef;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** Vanilla proofs of sectors whose files are here, for whoever makes the Groth proof elsewhere. */
public interface VanillaProofs {
  /** The vanilla proof of one sector for a proof of spacetime; a failed stage says why not. */
  CompletionStage<Bytes> single(Single request);

  /**
   * The output of Commit1; a failed stage says why not.
   *
   * @return a file, which is the caller's to remove
   */
  CompletionStage<Path> porep(Porep request);

  /** What {@code POST /remote/vanilla/single} takes. */
  record Single(MinerId miner, PostSectorChallenge sector, PostProofType proofType) {}

  /** What {@code POST /remote/vanilla/porep} takes. */
  record Porep(SectorRef sector, CommR sealed, CommD unsealed, Ticket ticket, Seed seed) {}
}
