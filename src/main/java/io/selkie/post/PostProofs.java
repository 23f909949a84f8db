package io.selkie.post;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProof;
import io.selkie.proofs.Outcome;
import io.selkie.proofs.PostWork;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProverProofs;
import io.selkie.worker.Device;
import java.util.Map;

/** What of the proofs library makes proofs of spacetime. Calls block. */
public interface PostProofs {
  /**
   * The vanilla proof of one replica: a hundred milliseconds or so of a disk. An interrupted thread
   * gives it up.
   */
  Bytes vanilla(PostWork.VanillaPost work) throws ProofsException;

  /** The Groth proof: seconds for 2 KiB, many minutes for a partition of 32 GiB sectors. */
  PostProof prove(PostWork.ProvePost work, Device device) throws ProofsException;

  /** Whether the proof holds. */
  boolean verify(PostWork.VerifyPost post) throws ProofsException;

  /**
   * Of this build.
   *
   * @param provers read and prove, each in a process of its own: one that hangs on a disk can be
   *     ended, and one that dies of what it reads takes nothing with it
   * @param local verifies
   */
  static PostProofs of(ProverProofs provers, Proofs local) {
    return new PostProofs() {
      @Override
      public Bytes vanilla(PostWork.VanillaPost work) throws ProofsException {
        return Outcome.only(provers.vanillaPost(work));
      }

      @Override
      public PostProof prove(PostWork.ProvePost work, Device device) throws ProofsException {
        ProverProofs there = provers;
        for (Map.Entry<String, String> variable : device.environment().entrySet()) {
          there = there.with(variable.getKey(), variable.getValue());
        }
        return there.provePost(work);
      }

      @Override
      public boolean verify(PostWork.VerifyPost post) throws ProofsException {
        return local.verifyPost(post);
      }
    };
  }
}
