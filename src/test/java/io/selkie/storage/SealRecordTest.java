package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealRecordTest {
  private static final SealRecord WHOLE =
      new SealRecord(
          SectorId.parse("s-t01000-1"),
          SealProofType.STACKED_DRG_2KIB_V1_1,
          List.of(
              new SectorManifest.Piece(
                  new PaddedSize(1024),
                  CommP.ofHex("01".repeat(32)),
                  700,
                  Optional.of("größe \"1\".txt")),
              new SectorManifest.Piece(
                  new PaddedSize(1024), CommP.ofHex("02".repeat(32)), 0, Optional.empty())),
          Optional.of(CommD.ofHex("03".repeat(32))),
          Optional.of(CommR.ofHex("04".repeat(32))),
          Optional.of(Ticket.ofHex("05".repeat(32))),
          Optional.of(Seed.ofHex("06".repeat(32))),
          Optional.of(new SealProof(Bytes.of(new byte[] {1, 2, 3}))),
          List.of(new SealRecord.PhaseTime("AddPiece", 12)),
          Optional.of(true));

  private static final SealRecord BEGUN =
      new SealRecord(
          WHOLE.sector(),
          WHOLE.proofType(),
          List.of(),
          WHOLE.commD(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());

  @TempDir Path temp;

  @Test
  void readsWhatItWrote() throws IOException {
    for (SealRecord record : List.of(WHOLE, BEGUN)) {
      Path file = temp.resolve("record.json");
      record.write(file);

      assertEquals(record, SealRecord.read(file));
    }
  }

  @Test
  void isOneLineOfAscii() {
    assertEquals(
        "{\"sector\":\"s-t01000-1\",\"proofType\":5,\"pieces\":["
            + "{\"size\":1024,\"commP\":\""
            + "01".repeat(32)
            + "\",\"bytes\":700,\"name\":\"gr\\u00F6\\u00DFe \\\"1\\\".txt\"},"
            + "{\"size\":1024,\"commP\":\""
            + "02".repeat(32)
            + "\",\"bytes\":0}],"
            + "\"commD\":\""
            + "03".repeat(32)
            + "\",\"commR\":\""
            + "04".repeat(32)
            + "\",\"ticket\":\""
            + "05".repeat(32)
            + "\",\"seed\":\""
            + "06".repeat(32)
            + "\",\"proof\":\"AQID\",\"phases\":[{\"phase\":\"AddPiece\",\"millis\":12}],"
            + "\"verified\":true}",
        WHOLE.toJson());
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    assertEquals(
        "{\"sector\":\"s-t01000-1\",\"proofType\":5,\"pieces\":[],\"commD\":\""
            + "03".repeat(32)
            + "\",\"phases\":[]}",
        BEGUN.toJson());
  }

  @Test
  void readsARecordOfALaterProgram() throws IOException {
    Path file = temp.resolve("record.json");
    Files.writeString(file, "{\"sector\":\"s-t01000-1\",\"proofType\":5,\"new\":[1]}");

    assertEquals(SectorId.parse("s-t01000-1"), SealRecord.read(file).sector());
  }

  @Test
  void replacesTheFileAndLeavesNothingBeside() throws IOException {
    Path file = Files.writeString(temp.resolve("record.json"), "old");

    WHOLE.write(file);

    assertEquals(WHOLE.toJson() + "\n", Files.readString(file));
    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFailedWriteLeavesNothingBeside() throws IOException {
    Path file = Files.createDirectories(temp.resolve("record.json/full")).getParent();

    assertThrows(IOException.class, () -> WHOLE.write(file));

    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void refusesInOneLineWhatIsNoRecord() throws IOException {
    for (String text : List.of("", "{", "null", "[]", "{}", WHOLE.toJson() + "x", "hello\nworld")) {
      Path file = Files.writeString(temp.resolve("record.json"), text);

      String refusal = assertThrows(IOException.class, () -> SealRecord.read(file)).getMessage();

      assertTrue(refusal.startsWith(file + " is not the record of a seal: "), refusal);
      assertEquals(1, refusal.lines().count());
    }
  }
}
