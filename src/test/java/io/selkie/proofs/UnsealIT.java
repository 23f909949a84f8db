package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Ticket;
import io.selkie.proofs.SealWork.Form;
import io.selkie.proofs.SealWork.Unseal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What went into a 2 KiB sector comes out of its replica. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsealIT {
  @TempDir static Path temp;

  private ProverProofs provers;
  private TestSector.Replica replica;
  private byte[] content;
  private Path scratch;

  @BeforeAll
  void makeAReplica() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    replica = TestSector.ofTwoFiles(temp.resolve("repo"), provers).replica(provers);
    content = TestSector.twoFiles();
  }

  @BeforeEach
  void takeADirectory(TestInfo test) throws Exception {
    scratch = Files.createDirectory(temp.resolve(test.getTestMethod().orElseThrow().getName()));
  }

  @Test
  void theFilesComeBack() throws Exception {
    Unseal whole = unseal(0, content.length, Form.UNPADDED);
    assertEquals(content.length, RealProofs.only(provers.unseal(List.of(whole))));
    assertArrayEquals(content, Files.readAllBytes(whole.output()));
    assertEquals(List.of("output"), List.of(scratch.toFile().list()));
  }

  @Test
  void anyRangeComesBack() throws Exception {
    int[][] ranges = {{0, 1}, {1, 126}, {127, 127}, {1000, 33}, {1015, 2}, {2031, 1}, {5, 2020}};
    for (int[] range : ranges) {
      Unseal work = unseal(range[0], range[1], Form.UNPADDED);
      assertEquals(range[1], RealProofs.only(provers.unseal(List.of(work))));
      assertArrayEquals(
          Arrays.copyOfRange(content, range[0], range[0] + range[1]),
          Files.readAllBytes(work.output()));
    }
  }

  @Test
  void thePaddedFormIsTheUnsealedFile() throws Exception {
    byte[] unsealed = Files.readAllBytes(replica.sector().files().unsealed());
    Unseal whole = unseal(0, content.length, Form.PADDED);
    RealProofs.only(provers.unseal(List.of(whole)));
    assertArrayEquals(unsealed, Files.readAllBytes(whole.output()));

    Unseal part = unseal(127, 254, Form.PADDED);
    RealProofs.only(provers.unseal(List.of(part)));
    assertArrayEquals(Arrays.copyOfRange(unsealed, 128, 384), Files.readAllBytes(part.output()));
  }

  @Test
  void theUnsealedFileIsNotNeeded() throws Exception {
    TestSector.Replica copy = replica.copiedTo(scratch.resolve("copy"));
    Files.delete(copy.sector().files().unsealed());
    Unseal work = unseal(copy, copy.sector().ticket(), 3, 5, Form.UNPADDED);
    RealProofs.only(provers.unseal(List.of(work)));
    assertArrayEquals(Arrays.copyOfRange(content, 3, 8), Files.readAllBytes(work.output()));
  }

  @Test
  void anotherTicketIsRefusedAndLeavesNothing() throws Exception {
    Unseal wrong = unseal(replica, TestSector.OTHER_TICKET, 0, 10, Form.UNPADDED);
    assertRefused(wrong, "wrong ticket");
  }

  @Test
  void aDamagedReplicaIsRefusedAndLeavesNothing() throws Exception {
    TestSector.Replica copy = replica.copiedTo(temp.resolve("damaged"));
    TestSector.flipABit(copy.sector().files().sealed());
    // The damage lies beyond the range.
    Unseal work = unseal(copy, copy.sector().ticket(), 0, 10, Form.UNPADDED);
    assertRefused(work, "a damaged replica");
  }

  private void assertRefused(Unseal work, String words) throws Exception {
    ProofsFailure failure = RealProofs.failure(provers.unseal(List.of(work)).get(0));
    assertTrue(failure.describe().contains(words), failure.describe());
    assertEquals(1, failure.describe().lines().count(), failure.describe());
    assertEquals(0, scratch.toFile().list().length);
  }

  @Test
  void commit1GivesTheSameAfterIt() throws Exception {
    Path output = RealProofs.only(provers.commit1(List.of(replica.commit1()))).path();
    byte[] before = Files.readAllBytes(output);
    RealProofs.only(provers.unseal(List.of(unseal(0, 1, Form.UNPADDED))));
    RealProofs.only(provers.commit1(List.of(replica.commit1())));
    assertArrayEquals(before, Files.readAllBytes(output));
  }

  private Unseal unseal(long offset, long length, Form form) {
    return unseal(replica, replica.sector().ticket(), offset, length, form);
  }

  private Unseal unseal(
      TestSector.Replica from, Ticket ticket, long offset, long length, Form form) {
    return new Unseal(
        from.sector().id(),
        from.sector().type(),
        from.sector().files().paths(),
        ticket,
        from.commD(),
        offset,
        length,
        form,
        scratch.resolve("output"),
        scratch);
  }
}
