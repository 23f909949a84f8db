package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestFileTest {
  @TempDir Path temp;

  @Test
  void isTheSameRequestUntilItEnds() throws IOException {
    Path file = temp.resolve("x.request");
    RequestFile first = RequestFile.resumeOrBegin(file);
    UUID request = first.request();
    assertEquals(Optional.empty(), first.sector());

    first.begun(Reports.SECTOR);
    RequestFile again = RequestFile.resumeOrBegin(file);
    assertEquals(request, again.request());
    assertEquals(Optional.of(Reports.SECTOR), again.sector());

    again.end();
    assertFalse(Files.exists(file));
    assertNotEquals(request, RequestFile.resumeOrBegin(file).request());
  }

  @Test
  void begunAnewItIsAnotherRequest() throws IOException {
    Path file = temp.resolve("x.request");
    RequestFile request = RequestFile.resumeOrBegin(file);
    request.begun(Reports.SECTOR);
    UUID before = request.request();

    request.beginAnew();

    RequestFile read = RequestFile.resumeOrBegin(file);
    assertNotEquals(before, read.request());
    assertEquals(Optional.empty(), read.sector());
  }

  @Test
  void damagedIsAsGoodAsMissing() throws IOException {
    for (String content : List.of("", "{", "{}", "null", "[1]", "{\"request\":\"x\"}")) {
      Path file = Files.writeString(temp.resolve("x.request"), content);

      RequestFile request = RequestFile.resumeOrBegin(file);

      assertEquals(request.request(), RequestFile.resumeOrBegin(file).request(), content);
    }
  }

  @Test
  void isToldApartByFilesTimesSizeAndNode() throws IOException {
    Path file = Files.write(temp.resolve("file"), new byte[700]);
    Path before = place(SectorSize.KIB_2, "");

    assertEquals(before, place(SectorSize.KIB_2, ""));
    assertNotEquals(before, place(SectorSize.MIB_8, ""));
    assertNotEquals(before, place(SectorSize.KIB_2, "http://other"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));
    assertNotEquals(before, place(SectorSize.KIB_2, ""));
  }

  private Path place(SectorSize size, String node) throws IOException {
    return RequestFile.in(temp, SealRequest.of(List.of(temp.resolve("file")), size), node);
  }
}
