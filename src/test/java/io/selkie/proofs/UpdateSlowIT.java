package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.UpdateProof;
import io.selkie.filecoin.UpdateProofType;
import io.selkie.proofs.UpdateWork.UpdateEncode;
import io.selkie.proofs.UpdateWork.UpdateEncodeResult;
import io.selkie.proofs.UpdateWork.UpdatePaths;
import io.selkie.proofs.UpdateWork.VerifyUpdate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** SnapDeals: data goes into a 2 KiB sector of zeros, is proved, and comes out again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpdateSlowIT {
  private static final SealProofType SEAL_TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final UpdateProofType TYPE = UpdateProofType.STACKED_DRG_2KIB_V1;

  @TempDir static Path temp;

  private ProverProofs provers;
  private NativeProofs here;
  private TestSector.Replica zeros;
  private TestSector data;
  private UpdatePaths paths;
  private UpdateEncodeResult encoded;
  private VerifyUpdate update;

  @BeforeAll
  void updateASectorOfZeros() throws Exception {
    provers = RealProofs.provers(temp.resolve("jobs"));
    here = RealProofs.here();
    zeros =
        TestSector.in(temp.resolve("repo"), 1, SEAL_TYPE)
            .filledFrom(provers, PieceSource.zeros())
            .replica(provers);
    Path file = Files.write(temp.resolve("file"), TestSector.data(2032, 5));
    data =
        TestSector.in(temp.resolve("data"), 1, SEAL_TYPE)
            .filledFrom(provers, PieceSource.file(file, 2032));
    paths = pathsTo("update");
    encoded = RealProofs.only(provers.updateEncode(List.of(encode(paths))));
    List<Bytes> vanilla = RealProofs.only(provers.updateVanilla(List.of(vanilla(paths))));
    UpdateProof proof =
        RealProofs.only(
            provers.updateProve(
                List.of(
                    new UpdateWork.UpdateProve(
                        data.id(),
                        TYPE,
                        zeros.commR(),
                        encoded.commRNew(),
                        encoded.commDNew(),
                        vanilla))));
    update = new VerifyUpdate(TYPE, zeros.commR(), encoded.commRNew(), encoded.commDNew(), proof);
  }

  private UpdatePaths pathsTo(String name) {
    return new UpdatePaths(
        zeros.sector().files().sealed(),
        zeros.sector().files().cache(),
        temp.resolve(name),
        temp.resolve(name + "-cache"));
  }

  private UpdateEncode encode(UpdatePaths to) {
    return new UpdateEncode(data.id(), TYPE, to, data.files().unsealed(), data.pieces());
  }

  private UpdateWork.UpdateVanilla vanilla(UpdatePaths of) {
    return new UpdateWork.UpdateVanilla(
        data.id(), TYPE, of, zeros.commR(), encoded.commRNew(), encoded.commDNew());
  }

  @Test
  void theUpdateHoldsInAnotherProcess() throws Exception {
    assertTrue(here.verifyUpdate(update));
    assertEquals(provers.dataCommitment(SEAL_TYPE, data.pieces()), encoded.commDNew());
  }

  @Test
  void encodingAgainGivesTheSameReplica() throws Exception {
    UpdatePaths again = pathsTo("again");
    assertEquals(encoded, RealProofs.only(provers.updateEncode(List.of(encode(again)))));
    assertEquals(encoded, RealProofs.only(provers.updateEncode(List.of(encode(again)))));
    assertEquals(-1, Files.mismatch(paths.update(), again.update()));
  }

  @Test
  void theDataComesOutAgain() throws Exception {
    Path output = temp.resolve("decoded");
    UpdateWork.UpdateDecode decode =
        new UpdateWork.UpdateDecode(data.id(), TYPE, paths, encoded.commDNew(), output);
    assertEquals(2048, RealProofs.only(provers.updateDecode(List.of(decode))));
    assertArrayEquals(Files.readAllBytes(data.files().unsealed()), Files.readAllBytes(output));
  }

  @Test
  void anyFlippedBitOfTheOldCommRIsRefused() {
    FlippedBits.assertRefused(
        update.commROld().bytes(),
        bits -> verifies(CommR.of(bits), update.commRNew(), update.commDNew()));
  }

  @Test
  void anyFlippedBitOfTheNewCommRIsRefused() {
    FlippedBits.assertRefused(
        update.commRNew().bytes(),
        bits -> verifies(update.commROld(), CommR.of(bits), update.commDNew()));
  }

  @Test
  void anyFlippedBitOfTheNewCommDIsRefused() {
    FlippedBits.assertRefused(
        update.commDNew().bytes(),
        bits -> verifies(update.commROld(), update.commRNew(), CommD.of(bits)));
  }

  @Test
  void anyFlippedBitOfTheProofIsRefused() {
    FlippedBits.assertRefused(
        update.proof().bytes(),
        bits ->
            here.verifyUpdate(
                new VerifyUpdate(
                    TYPE,
                    update.commROld(),
                    update.commRNew(),
                    update.commDNew(),
                    new UpdateProof(bits))));
  }

  @Test
  void aDamagedVanillaProofIsRefused() throws Exception {
    List<Bytes> vanilla = RealProofs.only(provers.updateVanilla(List.of(vanilla(paths))));
    byte[] damaged = vanilla.get(0).toByteArray();
    damaged[damaged.length / 2] ^= 1;
    UpdateWork.UpdateProve work =
        new UpdateWork.UpdateProve(
            data.id(),
            TYPE,
            zeros.commR(),
            encoded.commRNew(),
            encoded.commDNew(),
            List.of(Bytes.of(damaged)));
    assertThrows(ProofsException.class, () -> RealProofs.only(provers.updateProve(List.of(work))));
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    UpdatePaths gone = pathsTo("gone");
    ProofsFailure failure =
        RealProofs.failure(provers.updateVanilla(List.of(vanilla(gone))).get(0));
    assertEquals(ProofsFailure.Kind.MISSING, failure.kind());
    assertTrue(failure.message().contains(gone.update().toString()), failure.message());
    assertFalse(Files.exists(gone.updateCache()));
  }

  private boolean verifies(CommR commROld, CommR commRNew, CommD commDNew) throws ProofsException {
    return here.verifyUpdate(new VerifyUpdate(TYPE, commROld, commRNew, commDNew, update.proof()));
  }
}
