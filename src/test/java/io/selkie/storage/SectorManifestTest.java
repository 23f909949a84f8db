package io.selkie.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorManifestTest {
  private static final CommD COMM_D =
      CommD.ofHex("fc7e928296e516faade986b28f92d44a4f24b9354852233376799027bc18f833");

  private static final String DIGEST =
      "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  @TempDir Path temp;

  /** The same file is read by a test of the native side, which writes manifests. */
  @Test
  void readsVersion1() throws IOException, URISyntaxException {
    Path file = Path.of(getClass().getResource("/manifest/manifest-v1.json").toURI());

    assertEquals(
        Optional.of(
            new SectorManifest(
                1,
                SectorId.parse("s-t01000-1"),
                SealProofType.STACKED_DRG_2KIB_V1_1,
                List.of(
                    new SectorManifest.Piece(
                        new PaddedSize(1024),
                        CommP.ofHex(
                            "297a7d9b0dba4b61c5d2d4d9a8d9f0a1cbd5c6a1f0e2d3c4b5a697887766550f"),
                        700,
                        Optional.of("hello.txt"))),
                Optional.of(
                    new SectorManifest.PreCommit1(
                        Ticket.ofHex("01".repeat(32)),
                        COMM_D,
                        List.of(
                            new SectorManifest.Layer(1, 2048, DIGEST),
                            new SectorManifest.Layer(2, 2048, DIGEST)))),
                Optional.of(
                    new SectorManifest.PreCommit2(
                        "done",
                        Ticket.ofHex("01".repeat(32)),
                        Optional.of(CommR.ofHex("04".repeat(32))),
                        Optional.of(COMM_D),
                        Optional.of(DIGEST),
                        List.of(new SectorManifest.CacheFile("p_aux", DIGEST)))))),
        SectorManifest.read(file));
  }

  @Test
  void readsASectorThatIsOnlyBegun() throws IOException {
    Path file = write("{\"version\":1,\"sector\":\"s-t01000-1\",\"proofType\":5}");

    SectorManifest manifest = SectorManifest.read(file).orElseThrow();

    assertEquals(List.of(), manifest.pieces());
    assertTrue(manifest.preCommit1().isEmpty());
    assertTrue(manifest.preCommit2().isEmpty());
  }

  @Test
  void isEmptyWhereThereIsNone() throws IOException {
    assertEquals(Optional.empty(), SectorManifest.read(temp.resolve("none.json")));
  }

  @Test
  void refusesANewerVersionWhateverElseIsInIt() throws IOException {
    Path file = write("{\"version\":2,\"sector\":{\"of\":\"another kind\"}}");

    assertEquals(file + " has version 2, newer than this program's 1", refusal(file));
  }

  @Test
  void refusesInOneLineWhatIsNoManifest() throws IOException {
    for (String text : List.of("", "{", "{\n\"version\":1,\n\"sector\":\"x\"}", "[]", "null")) {
      Path file = write(text);

      String refusal = refusal(file);

      assertTrue(refusal.startsWith(file + " is not a sector manifest: "), refusal);
      assertEquals(1, refusal.lines().count());
    }
  }

  @Test
  void refusesAManifestOfNoSector() throws IOException {
    Path file = write("{\"version\":1,\"proofType\":5}");

    assertEquals(file + " is not a sector manifest: it names no sector", refusal(file));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(temp.resolve("s-t01000-1.json"), text);
  }

  private static String refusal(Path file) {
    return assertThrows(IOException.class, () -> SectorManifest.read(file)).getMessage();
  }
}
