package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealRequestTest {
  @TempDir Path temp;

  @Test
  void takesTheFilesInOrderByTheirRealPaths() throws IOException {
    Path one = file("one", 700);
    Path link = Files.createSymbolicLink(temp.resolve("link"), file("two", 300));

    SealRequest request = request(one, link);

    assertEquals(
        List.of(one.toRealPath(), temp.resolve("two").toRealPath()),
        request.sources().stream().map(SealRequest.Source::file).toList());
    assertEquals(
        List.of(700L, 300L), request.sources().stream().map(SealRequest.Source::length).toList());
    assertEquals(SealProofType.STACKED_DRG_2KIB_V1_1, request.proofType());
  }

  @Test
  void refusesWhatCannotBeSealed() throws IOException {
    Path missing = temp.resolve("missing");
    assertEquals(missing + ": no such file", refusal(missing));
    Path dangling = Files.createSymbolicLink(temp.resolve("dangling"), missing);
    assertEquals(dangling + ": no such file", refusal(dangling));
    assertEquals(temp + ": not a regular file", refusal(temp));
    Path device = Path.of("/dev/zero");
    assertEquals(device + ": not a regular file", refusal(device));
    Path empty = file("empty", 0);
    assertEquals(empty + ": the file is empty, there is nothing to seal", refusal(empty));
    Path large = file("large", 2033);
    assertEquals(
        large + ": a file of 2033 bytes does not fit into a sector of 2KiB, which holds 2032 bytes",
        refusal(large));
  }

  @Test
  void refusesFilesThatDoNotFitTogether() throws IOException {
    assertEquals(
        "the files do not fit into one sector of 2KiB: as pieces the first 2 take 4096 of 2048"
            + " padded bytes",
        refusal(file("a", 1), file("b", 1500)));
  }

  @Test
  void noticesThatAFileChanged() throws IOException {
    Path file = file("file", 700);
    SealRequest request = request(file);
    request.requireUnchanged();

    Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));

    IOException refusal = assertThrows(IOException.class, request::requireUnchanged);
    assertEquals(file.toRealPath() + " changed while it was read", refusal.getMessage());
  }

  @Test
  void isDescribedOtherwiseOnceAFileChanged() throws IOException {
    Path file = file("file", 700);
    SealRequest before = request(file);

    Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));

    assertNotEquals(before.describe(), request(file).describe());
    assertEquals(700, before.bytes());
  }

  private Path file(String name, int length) throws IOException {
    return Files.write(temp.resolve(name), new byte[length]);
  }

  private String refusal(Path... files) {
    return assertThrows(IOException.class, () -> request(files)).getMessage();
  }

  private SealRequest request(Path... files) throws IOException {
    return SealRequest.of(List.of(files), SectorSize.KIB_2);
  }
}
