package io.selkie.chain;

import io.selkie.filecoin.Bytes32;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** How the chain draws randomness (Lotus {@code chain/rand}; FIP-0024 for negative epochs). */
final class Randomness {
  /** The domain of a seal ticket ({@code SealRandomness}). */
  static final long SEAL_TICKET = 5;

  /** The domain of the seed for Commit1 ({@code InteractiveSealChallengeSeed}). */
  static final long INTERACTIVE_SEED = 6;

  private Randomness() {}

  /**
   * Draws 32 bytes.
   *
   * @param base what the chain has for the epoch: the ticket of its block, or its beacon entry
   * @param domain what the draw is for
   * @param epoch the one asked for, which may be negative
   * @param entropy such as the miner's address
   */
  static Bytes32 draw(byte[] base, long domain, long epoch, byte[] entropy) {
    ByteBuffer preimage =
        ByteBuffer.allocate(Long.BYTES + Bytes32.SIZE + Long.BYTES + entropy.length)
            .order(ByteOrder.BIG_ENDIAN)
            .putLong(domain)
            .put(blake2b256(base))
            .putLong(epoch)
            .put(entropy);
    return Bytes32.of(blake2b256(preimage.array()));
  }

  /** BLAKE2b with 32 bytes of output. */
  static byte[] blake2b256(byte[] input) {
    Blake2bDigest blake = new Blake2bDigest(8 * Bytes32.SIZE);
    blake.update(input, 0, input.length);
    byte[] digest = new byte[Bytes32.SIZE];
    blake.doFinal(digest, 0);
    return digest;
  }
}
