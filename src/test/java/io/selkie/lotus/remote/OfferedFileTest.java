package io.selkie.lotus.remote;

import static io.selkie.lotus.remote.RemoteHost.SECTOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of sectors that come from addresses of their own, of people who are not to be trusted. */
@Timeout(60)
class OfferedFileTest {
  private static final byte[] REPLICA = Tars.data(2048);
  private static final Sizes EXACT = Sizes.exactly(REPLICA.length);
  private static final List<OfferedFile.Header> HEADERS =
      List.of(new OfferedFile.Header("X-Key", "secret-1"));
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  @TempDir Path temp;
  private StoragePath to;
  private final RemoteClient client =
      new RemoteClient(RemoteClient.http(Duration.ofSeconds(20)), Duration.ofSeconds(20));

  @BeforeEach
  void makePath() throws IOException {
    Path repo = Files.createDirectory(temp.resolve("to")).toRealPath();
    to = StoragePaths.open(StoragePaths.Settings.ofRepo(repo)).all().get(0);
  }

  private OfferedFile offered(FileType type, URI url, Sizes sizes, OfferedFile.Check check) {
    return new OfferedFile(SECTOR, type, url, HEADERS, to, sizes, check, () -> false);
  }

  private Fetched download(FileType type, Script from, Sizes sizes) throws IOException {
    return client.download(offered(type, address(from), sizes, came -> {}));
  }

  private static URI address(Script server) {
    return URI.create(server.base() + "/a/secret-2?signature=secret-3");
  }

  private String refusal(FileType type, Script from, Sizes sizes) throws IOException {
    IOException trouble =
        assertThrows(OfferedFile.Trouble.class, () -> download(type, from, sizes));
    String message = String.valueOf(trouble.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains("secret"), message);
    assertTrue(
        message.startsWith("cannot download " + type + " of " + SECTOR + " from 127.0.0.1: "),
        message);
    assertFalse(Files.exists(place(type), LinkOption.NOFOLLOW_LINKS));
    assertNothingIsFetching(type);
    return message;
  }

  private void assertNothingIsFetching(FileType type) throws IOException {
    try (Stream<Path> left = Files.list(type.directory(to.root()).resolve("fetching"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private Path place(FileType type) {
    return type.of(to.root(), SECTOR);
  }

  private static Script.Part replica() {
    return Script.answer("200 OK", Script.FILE + "Content-Length: 2048\r\n", REPLICA);
  }

  private static Script.Part redirect(String location) {
    return Script.answer(
        "302 Found", "Content-Length: 0\r\nLocation: " + location + "\r\n", new byte[0]);
  }

  @Test
  void sendsItsHeadersAndReplacesWhatIsThere() throws Exception {
    try (Script server = new Script(replica())) {
      Files.writeString(place(FileType.SEALED), "older");
      assertEquals(2048, download(FileType.SEALED, server, EXACT).bytes());
      assertArrayEquals(REPLICA, Files.readAllBytes(place(FileType.SEALED)));
      String request = server.requests.get(0);
      assertTrue(request.startsWith("GET /remote/a/secret-2?signature=secret-3 "), request);
      assertTrue(request.contains("X-Key: secret-1"), request);
      assertFalse(request.contains("Authorization"), request);
    }
  }

  @Test
  void keepsItsHeadersFromOtherHostsThatItIsSentOnTo() throws Exception {
    try (Script other = new Script(replica());
        Script first = new Script(redirect("/elsewhere"), redirect(other.base() + "/there"))) {
      download(FileType.SEALED, first, EXACT);
      assertTrue(first.requests.get(1).startsWith("GET /elsewhere "), first.requests.get(1));
      assertTrue(first.requests.get(1).contains("X-Key: secret-1"), first.requests.get(1));
      assertTrue(other.requests.get(0).startsWith("GET /remote/there "), other.requests.get(0));
      assertFalse(other.requests.get(0).contains("secret"), other.requests.get(0));
    }
  }

  @Test
  void isSentOnTenTimesAndNoMore() throws Exception {
    Script.Part[] parts = new Script.Part[11];
    Arrays.fill(parts, redirect("/again"));
    try (Script server = new Script(parts)) {
      assertTrue(refusal(FileType.SEALED, server, EXACT).contains("redirects too often"));
      assertEquals(11, server.requests.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://example.org/x", "http:///x", "http://[", ""})
  void isSentOnToTheWebAlone(String location) throws Exception {
    try (Script server = new Script(redirect(location))) {
      String reason = refusal(FileType.SEALED, server, EXACT);
      // Nothing at all is the address itself, again.
      assertTrue(reason.contains(location.isEmpty() ? "no answer" : "no address"), reason);
    }
  }

  @Test
  void goesOnWhereTheConnectionBrokeBehindARedirect() throws Exception {
    Script.Part half =
        Script.answer(
            "200 OK", Script.FILE + "Content-Length: 2048\r\n", Arrays.copyOf(REPLICA, 1000));
    Script.Part rest =
        Script.answer(
            "206 Partial Content",
            Script.FILE + "Content-Length: 1048\r\nContent-Range: bytes 1000-2047/2048\r\n",
            Arrays.copyOfRange(REPLICA, 1000, 2048));
    try (Script server = new Script(redirect("/it"), half, redirect("/it"), rest)) {
      download(FileType.SEALED, server, EXACT);
      assertArrayEquals(REPLICA, Files.readAllBytes(place(FileType.SEALED)));
      assertTrue(server.requests.get(3).contains("Range: bytes=1000-"), server.requests.get(3));
    }
  }

  @Test
  void takesAFileWhoseLengthOnlyItsEndTells() throws Exception {
    try (Script server =
        new Script(Script.answer("200 OK", Script.FILE + CHUNKED, Script.chunks(REPLICA, true)))) {
      assertEquals(2048, download(FileType.SEALED, server, EXACT).bytes());
      assertArrayEquals(REPLICA, Files.readAllBytes(place(FileType.SEALED)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2047, true, '2047 bytes instead of 2048'",
    "2049, true, 'more than the 2048 bytes'",
    "2048, false, 'broke off'",
  })
  void takesNoOtherLengthOfOne(int length, boolean ends, String reason) throws Exception {
    try (Script server =
        new Script(
            Script.answer(
                "200 OK", Script.FILE + CHUNKED, Script.chunks(Tars.data(length), ends)))) {
      String line = refusal(FileType.SEALED, server, EXACT);
      assertTrue(line.contains(reason), line);
    }
  }

  /** The server writes until nobody reads any more. */
  @Test
  void endsWithAnAnswerThatHasNoEnd() throws Exception {
    byte[] chunk =
        Tars.join("10000\r\n".getBytes(StandardCharsets.US_ASCII), Tars.zeros(1 << 16), crlf());
    try (Script server =
        new Script(
            out -> {
              Script.answer("200 OK", Script.FILE + CHUNKED, new byte[0]).write(out);
              while (true) {
                out.write(chunk);
              }
            })) {
      String line = refusal(FileType.UNSEALED, server, new Sizes(2048, 100_000));
      assertTrue(line.contains("more than the 100000 bytes"), line);
    }
  }

  private static byte[] crlf() {
    return "\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK, application/octet-stream, 2049, '2049 bytes instead of 2048'",
    "200 OK, text/html, 2048, 'sends \"text/html\"'",
    "200 OK, application/x-tar, 2048, sends",
    "403 Forbidden, application/octet-stream, 2048, answers 403",
    "206 Partial Content, application/octet-stream, 2048, answers 206",
  })
  void takesNothingElseForAReplica(String status, String media, int length, String reason)
      throws Exception {
    String headers = "Content-Type: " + media + "\r\nContent-Length: " + length + "\r\n";
    try (Script server = new Script(Script.answer(status, headers, Tars.data(length)))) {
      String line = refusal(FileType.SEALED, server, EXACT);
      assertTrue(line.contains(reason), line);
    }
  }

  static Stream<Arguments> archives() {
    return Stream.of(
        Arguments.of("a way out", Tars.file("../../sealed/s-t01000-2", 64), "no file of a cache"),
        Arguments.of("a root", Tars.file("/etc/passwd", 64), "no file of a cache"),
        Arguments.of("a link", Tars.header("p_aux", '2', 0), "no plain file"),
        Arguments.of("too much", Tars.file("sc-02-data-layer-1.dat", 5000), "more than the 4096"),
        Arguments.of("too long", Tars.file("p_aux", 65), "65 bytes, and may have 64"),
        Arguments.of("no archive", Tars.data(3000), ""),
        Arguments.of("nothing", Tars.zeros(1024), "no files"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void takesNoArchiveOfAnythingElse(String what, byte[] archive, String reason) throws Exception {
    String headers = Script.ARCHIVE + "Content-Length: " + archive.length + "\r\n";
    try (Script server = new Script(Script.answer("200 OK", headers, archive))) {
      String line = refusal(FileType.CACHE, server, new Sizes(0, 4096));
      assertTrue(line.contains(reason), line);
    }
  }

  @Test
  void whatFailsItsCheckReplacesNothing() throws Exception {
    try (Script server = new Script(replica())) {
      Files.writeString(place(FileType.UNSEALED), "older");
      OfferedFile bad =
          offered(
              FileType.UNSEALED,
              address(server),
              EXACT,
              came -> {
                assertArrayEquals(REPLICA, Files.readAllBytes(came));
                throw new IOException("it is none");
              });
      IOException trouble = assertThrows(OfferedFile.Trouble.class, () -> client.download(bad));
      assertTrue(String.valueOf(trouble.getMessage()).endsWith(": it is none"));
      assertEquals("older", Files.readString(place(FileType.UNSEALED)));
      assertNothingIsFetching(FileType.UNSEALED);
    }
  }

  @Test
  void isAskedForAtTheWebAlone() {
    URI good = URI.create("HTTPS://example.org:8443/x?y=z");
    assertDoesNotThrow(() -> OfferedFile.requireAskable(good, HEADERS));
    for (String bad :
        List.of("ftp://example.org/x", "file:///x", "/x", "mailto:a@b", "http:///x")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> OfferedFile.requireAskable(URI.create(bad), List.of()),
          bad);
    }
    for (OfferedFile.Header header :
        List.of(
            new OfferedFile.Header("Host", "secret"),
            new OfferedFile.Header("a b", "secret"),
            new OfferedFile.Header("", "secret"),
            new OfferedFile.Header("X", "secret\r\nY: z"))) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> OfferedFile.requireAskable(good, List.of(header)));
      assertFalse(String.valueOf(refusal.getMessage()).contains("secret"), refusal.getMessage());
    }
  }

  @Test
  void keepsSecretsOutOfTexts() {
    String text =
        offered(FileType.SEALED, URI.create("http://h/secret-2"), EXACT, came -> {}).toString();
    assertFalse(text.contains("secret"), text);
    assertFalse(HEADERS.toString().contains("secret"));
  }
}
