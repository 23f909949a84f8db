package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealTableTest {
  private static final CommP COMM_P = CommP.ofHex("01".repeat(32));
  private static final CommD COMM_D = CommD.ofHex("02".repeat(32));
  private static final CommR COMM_R = CommR.ofHex("03".repeat(32));

  @Test
  void showsPhasesPiecesCommitmentsAndTheVerdict() {
    assertEquals(
        List.of(
            "sector       s-t01000-1 (StackedDrg2KiBV1_1)",
            "AddPiece     0.012 s",
            "Commit2      61.500 s",
            "piece        " + COMM_P.cid() + "  700 bytes of a.bin",
            "commD        " + COMM_D.cid(),
            "commR        " + COMM_R.cid(),
            "ticket       " + "04".repeat(32),
            "seed         " + "05".repeat(32),
            "proof        verified"),
        table("a.bin", Optional.of(true)));
  }

  @Test
  void saysLoudlyThatAProofDoesNotVerify() {
    assertTrue(table("a.bin", Optional.of(false)).contains("proof        DOES NOT VERIFY"));
  }

  @Test
  void hasNoRowForWhatIsNotKnown() {
    assertTrue(table("a.bin", Optional.empty()).stream().noneMatch(row -> row.startsWith("proof")));
  }

  @Test
  void keepsAFileNameOnOneRow() {
    assertTrue(
        table("a\nb\u001b[31m", Optional.empty())
            .contains("piece        " + COMM_P.cid() + "  700 bytes of a?b?[31m"));
  }

  private static List<String> table(String name, Optional<Boolean> verified) {
    return SealTable.of(
            new SealRecord(
                SectorId.parse("s-t01000-1"),
                SealProofType.STACKED_DRG_2KIB_V1_1,
                List.of(
                    new SectorManifest.Piece(new PaddedSize(1024), COMM_P, 700, Optional.of(name)),
                    new SectorManifest.Piece(new PaddedSize(1024), COMM_P, 0, Optional.empty())),
                Optional.of(COMM_D),
                Optional.of(COMM_R),
                Optional.of(Ticket.ofHex("04".repeat(32))),
                Optional.of(Seed.ofHex("05".repeat(32))),
                Optional.empty(),
                List.of(
                    new SealRecord.PhaseTime("AddPiece", 12),
                    new SealRecord.PhaseTime("Commit2", 61_500)),
                verified))
        .lines()
        .toList();
  }
}
