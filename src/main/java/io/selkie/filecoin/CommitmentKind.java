package io.selkie.filecoin;

/** How a commitment becomes a CID (go-fil-commcid, multicodec table). */
enum CommitmentKind {
  /** fil-commitment-unsealed under sha2-256-trunc254-padded: commP and commD. */
  UNSEALED(0xf101, 0x1012),
  /** fil-commitment-sealed under poseidon-bls12_381-a2-fc1: commR. */
  SEALED(0xf102, 0xb401);

  private final long codec;
  private final long multihashCode;

  CommitmentKind(long codec, long multihashCode) {
    this.codec = codec;
    this.multihashCode = multihashCode;
  }

  Cid cidOf(Bytes32 commitment) {
    return Cid.v1(codec, multihashCode, Bytes.of(commitment.toByteArray()));
  }

  /**
   * The commitment that a CID holds.
   *
   * @throws IllegalArgumentException if codec, hash function or digest length is not of this kind
   */
  Bytes32 commitmentIn(Cid cid) {
    boolean fits =
        cid.version() == 1
            && cid.codec() == codec
            && cid.multihashCode() == multihashCode
            && cid.digest().size() == Bytes32.SIZE;
    if (!fits) {
      throw new IllegalArgumentException(
          cid
              + " is not the CID of "
              + (this == SEALED ? "a sealed" : "an unsealed")
              + " commitment");
    }
    return Bytes32.of(cid.digest().toByteArray());
  }
}
