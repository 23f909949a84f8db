package io.selkie.proofs;

import io.selkie.filecoin.AggregateProof;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.UpdateProof;
import io.selkie.params.ParameterSet;
import java.nio.file.Path;
import java.util.List;

/**
 * The Filecoin proofs. Calls block until the answer is there, from a millisecond to hours.
 *
 * <p>Operations on sectors take one or more and answer with one outcome for each, in order. They
 * may be repeated after any crash: what an interrupted attempt left is used again where its digests
 * match, and wiped otherwise. Times and sizes in the comments are for 2 KiB sectors on one core,
 * from the proofs library 19.1.0.
 *
 * <p>Every method throws {@link ProofsException} when there is no answer at all, for instance
 * because the prover process was killed.
 */
public interface Proofs {
  /** What this build of the proofs library is and how it is set. */
  ProofsBuild about() throws ProofsException;

  /** The commitment of a piece, read from its source. */
  PieceInfo pieceCommitment(SealProofType proofType, PieceSource source, PaddedSize size)
      throws ProofsException;

  /** The commitment of a sector's data: its pieces must fill it. No pieces means all zeros. */
  CommD dataCommitment(SealProofType proofType, List<PieceInfo> pieces) throws ProofsException;

  /** Writes pieces into unsealed files (6 to 85 ms). */
  List<Outcome<PieceInfo>> addPiece(List<SealWork.AddPiece> work) throws ProofsException;

  /** Labels sectors (3 to 34 ms; 3 hours at 32 GiB). */
  List<Outcome<SealWork.PreCommit1Result>> preCommit1(List<SealWork.PreCommit1> work)
      throws ProofsException;

  /** Encodes replicas and builds their trees (14 to 160 ms; 10 to 90 minutes at 32 GiB). */
  List<Outcome<SealWork.PreCommit2Result>> preCommit2(List<SealWork.PreCommit2> work)
      throws ProofsException;

  /** Makes vanilla proofs for a seed (10 to 110 ms). */
  List<Outcome<SealWork.Commit1Result>> commit1(List<SealWork.Commit1> work) throws ProofsException;

  /** Makes Groth proofs (90 CPU-seconds, 2.8 GB) and verifies them. Needs parameters. */
  List<Outcome<SealProof>> commit2(List<SealWork.Commit2> work) throws ProofsException;

  /** True if the seal holds (1.5 ms). Needs the verifying key. */
  boolean verifySeal(SealWork.VerifySeal seal) throws ProofsException;

  /** Takes data out of replicas, checked against commD; gives the bytes written. */
  List<Outcome<Long>> unseal(List<SealWork.Unseal> work) throws ProofsException;

  /** Removes scratch files; gives how many. */
  List<Outcome<Integer>> clearCache(List<SealWork.ClearCache> work) throws ProofsException;

  /** The places of the sectors that a winning PoSt has to prove among the eligible ones. */
  List<Long> winningSectors(PostWork.WinningSectors draw) throws ProofsException;

  /** The vanilla proof of each replica; a failed one is a faulty sector. */
  List<Outcome<Bytes>> vanillaPost(PostWork.VanillaPost work) throws ProofsException;

  /** The Groth proof of a PoSt (5 s window, 15 s winning). Needs parameters. */
  PostProof provePost(PostWork.ProvePost work) throws ProofsException;

  /** True if the PoSt holds (17 to 43 ms). */
  boolean verifyPost(PostWork.VerifyPost post) throws ProofsException;

  /** Encodes data into sectors of zeros (60 ms). */
  List<Outcome<UpdateWork.UpdateEncodeResult>> updateEncode(List<UpdateWork.UpdateEncode> work)
      throws ProofsException;

  /** Vanilla proofs of updates. */
  List<Outcome<List<Bytes>>> updateVanilla(List<UpdateWork.UpdateVanilla> work)
      throws ProofsException;

  /** Groth proofs of updates (57 CPU-seconds, 1.5 GB). Needs parameters. */
  List<Outcome<UpdateProof>> updateProve(List<UpdateWork.UpdateProve> work) throws ProofsException;

  /** True if the update holds (6 ms). */
  boolean verifyUpdate(UpdateWork.VerifyUpdate update) throws ProofsException;

  /** Takes the data out of updated sectors (2 ms); gives the padded bytes written. */
  List<Outcome<Long>> updateDecode(List<UpdateWork.UpdateDecode> work) throws ProofsException;

  /** One proof for many seals. Needs the inner product key. */
  AggregateProof aggregate(AggregateWork.Aggregate work) throws ProofsException;

  /** True if the aggregate holds. */
  boolean verifyAggregate(AggregateWork.VerifyAggregate aggregate) throws ProofsException;

  /**
   * Generates parameters of one set into the directory that this instance uses for parameters (16
   * CPU-minutes for {@link ParameterSet#POREP}).
   */
  void generateParameters(SectorSize size, ParameterSet set) throws ProofsException;

  /** The digest of a file's content, {@code blake3:…}. */
  String digest(Path file) throws ProofsException;
}
