package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Lotus made of the same data, tickets and seeds, byte for byte. */
class GoldenVectorsIT {
  private static final String TICKET_KEY = "\"_lotus_SealRandomness\":\"[^\"]*\",";

  @TempDir Path temp;

  static Stream<LotusSector> lotusSectors() {
    return LotusSector.all().stream();
  }

  @ParameterizedTest
  @MethodSource("lotusSectors")
  void sealsLikeLotus(LotusSector lotus) throws Exception {
    Proofs proofs = RealProofs.provers(temp.resolve("jobs"));
    TestSector sector = withPieces(lotus, proofs);
    assertEquals(lotus.commDCid(), proofs.dataCommitment(lotus.proofType(), sector.pieces()).cid());

    SealWork.PreCommit1Result labels =
        RealProofs.only(proofs.preCommit1(List.of(sector.preCommit1())));
    assertEquals(lotus.commDCid(), labels.commD().cid());
    assertEquals(
        lotus.outputFor(sector.files().cache().toString()),
        new String(labels.output().toByteArray(), StandardCharsets.UTF_8));

    // As the miner hands it to another worker: with the paths of the one that labelled.
    SealWork.PreCommit2Result replica =
        RealProofs.only(proofs.preCommit2(List.of(sector.preCommit2(lotus.preCommit1Output()))));
    assertEquals(lotus.commRCid(), replica.commR().cid());
    assertEquals(lotus.commDCid(), replica.commD().cid());

    for (LotusSector.Commit1 expected : lotus.commit1()) {
      SealWork.Commit1Result made =
          RealProofs.only(
              proofs.commit1(
                  List.of(sector.commit1(replica.commR(), replica.commD(), expected.seed()))));
      assertEquals(expected.bytes(), made.bytes());
      assertEquals(expected.sha256(), sha256(made.path()));
    }
  }

  @Test
  void sealsAllSectorsOfLotusInOneJobInThisProcess() throws Exception {
    Proofs proofs = RealProofs.here();
    List<LotusSector> lotus = LotusSector.all();
    List<TestSector> sectors = new ArrayList<>();
    for (LotusSector one : lotus) {
      sectors.add(withPieces(one, proofs));
    }

    List<Outcome<SealWork.PreCommit1Result>> labels =
        proofs.preCommit1(sectors.stream().map(TestSector::preCommit1).toList());
    List<SealWork.PreCommit2> work = new ArrayList<>();
    for (int i = 0; i < lotus.size(); i++) {
      Bytes output = labels.get(i).orThrow().output();
      // The proofs library's own form, which has no ticket.
      String plain =
          new String(output.toByteArray(), StandardCharsets.UTF_8).replaceFirst(TICKET_KEY, "");
      work.add(sectors.get(i).preCommit2(Bytes.of(plain.getBytes(StandardCharsets.UTF_8))));
    }
    List<String> commitments = new ArrayList<>();
    for (Outcome<SealWork.PreCommit2Result> replica : proofs.preCommit2(work)) {
      commitments.add(replica.orThrow().commR().cid().toString());
    }

    assertEquals(lotus.stream().map(LotusSector::commR).toList(), commitments);
  }

  @Test
  void readsCommitmentsFromCidsAsLotusWritesThem() {
    for (LotusSector lotus : LotusSector.all()) {
      assertEquals(lotus.commD(), CommD.ofCid(lotus.commDCid()).cid().toString());
      assertEquals(lotus.commR(), CommR.ofCid(lotus.commRCid()).cid().toString());
    }
  }

  private TestSector withPieces(LotusSector lotus, Proofs proofs)
      throws IOException, ProofsException {
    TestSector sector =
        TestSector.in(temp.resolve("repo"), lotus.sector().number(), lotus.proofType())
            .with(lotus.ticket());
    for (LotusSector.Piece piece : lotus.pieces()) {
      PieceSource source = PieceSource.zeros();
      if (piece.bytes().isPresent()) {
        Path file = Files.write(temp.resolve("pushed"), piece.bytes().get().toByteArray());
        source = PieceSource.file(file, Files.size(file));
      }
      sector = sector.added(proofs, source, piece.size());
      assertEquals(
          piece.cid(), sector.pieces().get(sector.pieces().size() - 1).commP().cid().toString());
    }
    return sector;
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
