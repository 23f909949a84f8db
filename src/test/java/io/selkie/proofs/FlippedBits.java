package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.Bytes32;
import java.util.ArrayList;
import java.util.List;

/** A value that differs in one bit must not pass a check; nor may it make the check fail. */
final class FlippedBits {
  private FlippedBits() {}

  /** Says whether something holds with another value in it. */
  @FunctionalInterface
  interface Check<T> {
    boolean holds(T other) throws ProofsException;
  }

  static void assertRefused(Bytes32 value, Check<Bytes32> check) {
    refused(value.toByteArray(), other -> check.holds(Bytes32.of(other)));
  }

  static void assertRefused(Bytes value, Check<Bytes> check) {
    refused(value.toByteArray(), other -> check.holds(Bytes.of(other)));
  }

  private static void refused(byte[] value, Check<byte[]> check) {
    List<Integer> accepted = new ArrayList<>();
    for (int bit = 0; bit < 8 * value.length; bit++) {
      byte[] other = value.clone();
      other[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        if (check.holds(other)) {
          accepted.add(bit);
        }
      } catch (ProofsException e) {
        throw new AssertionError("bit " + bit + ": not false but " + e.failure(), e);
      }
    }
    assertEquals(List.of(), accepted, "bits that may be flipped");
  }
}
