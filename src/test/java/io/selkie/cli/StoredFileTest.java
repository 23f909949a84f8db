package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredFileTest {
  private static final List<SectorManifest.Piece> TWO_FILES =
      List.of(piece(128, 100), piece(128, 0), piece(256, 254), piece(512, 0));
  private static final List<SectorManifest.Piece> ONE_FILE = List.of(piece(2048, 700));
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @Test
  void liesBehindThePiecesAndFillersBeforeIt() throws IOException {
    assertEquals(new StoredFile(0, 100), StoredFile.choose(SECTOR, TWO_FILES, Optional.of(0)));
    assertEquals(new StoredFile(254, 254), StoredFile.choose(SECTOR, TWO_FILES, Optional.of(1)));
  }

  @Test
  void theOnlyFileNeedsNoNumber() throws IOException {
    assertEquals(new StoredFile(0, 700), StoredFile.choose(SECTOR, ONE_FILE, Optional.empty()));
  }

  @Test
  void oneOfSeveralNeedsANumber() {
    assertEquals(
        "s-t01000-1 holds 2 files: choose one with --piece 0 to --piece 1",
        refusal(() -> StoredFile.choose(SECTOR, TWO_FILES, Optional.empty())));
  }

  @Test
  void refusesANumberThatIsNotThere() {
    assertEquals(
        "s-t01000-1 has no piece 2: it holds 2 files, counted from 0",
        refusal(() -> StoredFile.choose(SECTOR, TWO_FILES, Optional.of(2))));
    assertEquals(
        "s-t01000-1 has no piece -1: it holds 1 file, counted from 0",
        refusal(() -> StoredFile.choose(SECTOR, ONE_FILE, Optional.of(-1))));
    assertEquals(
        "s-t01000-1 has no piece 0: it holds 0 files, counted from 0",
        refusal(() -> StoredFile.choose(SECTOR, List.of(piece(2048, 0)), Optional.empty())));
  }

  @Test
  void aPartLiesWithinTheFile() throws IOException {
    StoredFile file = new StoredFile(254, 200);

    assertEquals(new StoredFile(254, 200), file.part(ByteRange.parse("0:200")));
    assertEquals(new StoredFile(453, 1), file.part(ByteRange.parse("199:1")));
    for (String beyond : List.of("0:201", "200:1", "999999999999999999:999999999999999999")) {
      assertEquals(
          "the range " + beyond + " ends beyond the 200 bytes of the file",
          refusal(() -> file.part(ByteRange.parse(beyond))));
    }
  }

  private interface Choice {
    StoredFile make() throws IOException;
  }

  private static String refusal(Choice choice) {
    return assertThrows(IOException.class, choice::make).getMessage();
  }

  private static SectorManifest.Piece piece(long padded, long bytes) {
    return new SectorManifest.Piece(
        new PaddedSize(padded), CommP.ofHex("01".repeat(32)), bytes, Optional.empty());
  }
}
