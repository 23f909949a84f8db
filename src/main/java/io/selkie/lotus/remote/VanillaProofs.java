package io.selkie.lotus.remote;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Cid;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.nio.file.Path;
import java.util.List;
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

  /**
   * What {@code POST /remote/vanilla/single} takes.
   *
   * @param miner actor id
   */
  record Single(long miner, Challenge sector, PostProofType proofType) {
    /** Refuses a missing part. */
    public Single {
      requireNonNull(sector, "Sector");
      requireNonNull(proofType, "ProofType");
    }

    SectorId id() {
      return new SectorId(new MinerId(miner), sector.sectorNumber());
    }
  }

  /**
   * A sector and what of it is asked for.
   *
   * @param challenge numbers of leaves
   * @param update whether the updated replica is meant
   */
  record Challenge(
      long sectorNumber,
      @JsonProperty("SealedCID") Cid sealedCid,
      List<Long> challenge,
      boolean update) {
    /** Refuses a missing part. */
    public Challenge {
      requireNonNull(sealedCid, "SealedCID");
      challenge = List.copyOf(requireNonNull(challenge, "Challenge"));
    }
  }

  /** What {@code POST /remote/vanilla/porep} takes. */
  record Porep(Ref sector, Cid sealed, Cid unsealed, Bytes ticket, Bytes seed) {
    /** Refuses a missing part. */
    public Porep {
      requireNonNull(sector, "Sector");
      requireNonNull(sealed, "Sealed");
      requireNonNull(unsealed, "Unsealed");
      requireNonNull(ticket, "Ticket");
      requireNonNull(seed, "Seed");
    }

    SectorId id() {
      return new SectorId(new MinerId(sector.id().miner()), sector.id().number());
    }
  }

  /** A sector with its proof type. */
  record Ref(@JsonProperty("ID") Numbers id, SealProofType proofType) {
    /** Refuses a missing part. */
    public Ref {
      requireNonNull(id, "ID");
      requireNonNull(proofType, "ProofType");
    }
  }

  /** Miner and number of a sector. */
  record Numbers(long miner, long number) {}
}
