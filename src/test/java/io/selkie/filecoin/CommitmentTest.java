package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CommitmentTest {
  private static final String COMM_R =
      "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
  private static final String COMM_R_CID =
      "bagboea4b5abcaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4hza";
  private static final String COMM_D =
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
  private static final String COMM_D_CID =
      "baga6ea4seaqcaijcemsckjrhfausukzmfuxc6mbrgiztinjwg44dsor3hq6t4py";

  @Test
  void cidsAreThoseOfLotus() {
    assertEquals(COMM_R_CID, CommR.ofHex(COMM_R).cid().toString());
    assertEquals(COMM_D_CID, CommD.ofHex(COMM_D).cid().toString());
    assertEquals(COMM_D_CID, CommP.ofHex(COMM_D).cid().toString());
  }

  @Property
  void everyCommitmentSurvivesItsCid(@ForAll @Size(32) byte[] bytes) {
    Bytes32 commitment = Bytes32.of(bytes);

    assertEquals(commitment, CommR.ofCid(CommR.of(commitment).cid()).bytes());
    assertEquals(commitment, CommD.ofCid(CommD.of(commitment).cid()).bytes());
    assertEquals(commitment, CommP.ofCid(CommP.of(commitment).cid()).bytes());
  }

  @Test
  void refusesTheCidOfAnotherKind() {
    Cid sealed = Cid.parse(COMM_R_CID);
    Cid unsealed = Cid.parse(COMM_D_CID);

    String message =
        assertThrows(IllegalArgumentException.class, () -> CommR.ofCid(unsealed)).getMessage();

    assertEquals(COMM_D_CID + " is not the CID of a sealed commitment", message);
    assertThrows(IllegalArgumentException.class, () -> CommD.ofCid(sealed));
    assertThrows(IllegalArgumentException.class, () -> CommP.ofCid(sealed));
  }

  @Test
  void refusesACidWithTheRightCodecOnly() {
    Bytes digest = Bytes.of(new byte[32]);
    Bytes shortDigest = Bytes.of(new byte[31]);

    assertThrows(IllegalArgumentException.class, () -> CommR.ofCid(Cid.v1(0xf102, 0x12, digest)));
    assertThrows(IllegalArgumentException.class, () -> CommD.ofCid(Cid.v1(0xf102, 0x1012, digest)));
    assertThrows(
        IllegalArgumentException.class, () -> CommR.ofCid(Cid.v1(0xf102, 0xb401, shortDigest)));
    assertThrows(IllegalArgumentException.class, () -> CommP.ofCid(new Cid(0, 0x70, 0x12, digest)));
  }

  @Test
  void postRandomnessIsBelowTheFieldOrder() {
    PostRandomness reduced = PostRandomness.ofHex("ff".repeat(32));

    assertEquals("ff".repeat(31) + "3f", reduced.toString());
    assertEquals(reduced, PostRandomness.of(reduced.bytes()));
    assertEquals(reduced, new PostRandomness(Bytes32.ofHex("FF".repeat(32))));
  }

  @Test
  void theSame32BytesAreNotEqualInAnotherRole() {
    Object ticket = Ticket.ofHex(COMM_R);
    Object seed = Seed.ofHex(COMM_R);

    assertNotEquals(ticket, seed);
    assertEquals(COMM_R, ticket.toString());
    assertEquals(COMM_R, seed.toString());
    assertTrue(ticket.equals(Ticket.of(Bytes32.ofHex(COMM_R))));
  }
}
