package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.api.Operations.SpooledPiece;
import io.selkie.auth.Permission;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadTest {
  private static final String SEAL = "/sectors/seal?sectorSize=2KiB";
  private static final byte[] SMALL = "some data".getBytes(StandardCharsets.UTF_8);
  private static final long MIB = 1 << 20;

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    Path spool = Files.createDirectory(state.resolve("spool"));
    Files.write(spool.resolve("left-by-a-crash.part"), SMALL);
    Files.write(spool.resolve("of-a-sector"), SMALL);
    node =
        new TestNode(
            state,
            settings ->
                new ApiSettings(
                    settings.host(),
                    settings.port(),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    settings.requestTimeout(),
                    settings.idleTimeout(),
                    settings.heartbeat(),
                    settings.maxUnseals(),
                    2,
                    settings.tls()));
    assertEquals(List.of(spool.resolve("of-a-sector")), node.spooled());
    Files.delete(spool.resolve("of-a-sector"));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private void assertRefused(int status, HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response = node.send(request);

    assertEquals(status, response.statusCode(), response.body());
    assertEquals(List.of(), node.spooled());
    assertEquals(List.of(), node.operations.calls);
  }

  @Test
  void aFileBecomesAPieceOfASector() throws Exception {
    HttpResponse<String> response = node.send(new Form().file(SMALL).post(node.to(SEAL)));

    assertEquals(201, response.statusCode(), response.body());
    assertEquals("{\"sector\":\"s-t01000-1\"}", response.body());
    assertEquals(List.of("seal 2KiB 1"), node.operations.calls);
    SpooledPiece piece = node.operations.pieces.get(0);
    assertEquals(SMALL.length, piece.bytes());
    assertEquals(Optional.of("x"), piece.name());
    assertArrayEquals(SMALL, Files.readAllBytes(piece.file()));
    assertEquals(List.of(piece.file()), node.spooled());
    assertTrue(node.audited().get(1).endsWith("\"sector\":\"s-t01000-1\",\"status\":201}"));
  }

  @Test
  void filesKeepTheirOrder() throws Exception {
    Form form = new Form();
    for (int i = 0; i < 4; i++) {
      form.file(new byte[] {(byte) i});
    }

    assertEquals(201, node.send(form.post(node.to(SEAL))).statusCode());

    List<Byte> contents = new ArrayList<>();
    for (SpooledPiece piece : node.operations.pieces) {
      contents.add(Files.readAllBytes(piece.file())[0]);
    }
    assertEquals(List.of((byte) 0, (byte) 1, (byte) 2, (byte) 3), contents);
  }

  @Test
  void aSectorMayBeFullToTheLastByte() throws Exception {
    HttpResponse<String> response = node.send(new Form().file(new byte[2032]).post(node.to(SEAL)));

    assertEquals(201, response.statusCode(), response.body());
  }

  @Test
  void whatDoesNotFitIsRefusedAndLeavesNothing() throws Exception {
    assertRefused(413, new Form().file(new byte[2033]).post(node.to(SEAL)));
    assertRefused(413, new Form().file(new byte[2000]).file(new byte[33]).post(node.to(SEAL)));
    // 1100 bytes fit beside 900 as bytes, but not as padded pieces.
    assertRefused(413, new Form().file(new byte[900]).file(new byte[1100]).post(node.to(SEAL)));
    Form many = new Form();
    for (int i = 0; i < 17; i++) {
      many.file(SMALL);
    }
    assertRefused(413, many.post(node.to(SEAL)));
    assertRefused(413, new Form().file(new byte[(int) (3 * MIB)]).post(node.to(SEAL)));
  }

  @Test
  void moreFilesThanAnySectorTakesAreRefused() throws Exception {
    Form many = new Form();
    for (int i = 0; i < 600; i++) {
      many.file(SMALL);
    }

    assertRefused(413, many.post(node.to("/sectors/seal?sectorSize=8MiB")));
  }

  @Test
  void aFormThatIsNoneIsRefusedAndLeavesNothing() throws Exception {
    byte[] truncated =
        ("--" + Form.boundary() + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nda")
            .getBytes(StandardCharsets.UTF_8);

    assertRefused(400, new Form().post(node.to(SEAL)));
    assertRefused(400, new Form().file(new byte[0]).post(node.to(SEAL)));
    assertRefused(400, new Form().file(SMALL).file(new byte[0]).post(node.to(SEAL)));
    assertRefused(
        400, new Form().file("other", new ByteArrayInputStream(SMALL)).post(node.to(SEAL)));
    assertRefused(400, Form.contentType(node.to(SEAL)).POST(BodyPublishers.ofByteArray(truncated)));
    assertRefused(400, Form.contentType(node.to(SEAL)).POST(BodyPublishers.noBody()));
    assertRefused(400, Form.contentType(node.to(SEAL)).POST(BodyPublishers.ofString("nonsense")));
    assertRefused(400, node.to(SEAL).header("Content-Type", "multipart/form-data").POST(noise()));
    assertRefused(
        415, node.to(SEAL).header("Content-Type", "multipart/mixed; boundary=x").POST(noise()));
    assertRefused(
        415, node.to(SEAL).header("Content-Type", "application/octet-stream").POST(noise()));
  }

  private static HttpRequest.BodyPublisher noise() {
    return BodyPublishers.ofString("noise");
  }

  @Test
  void aSizeOrARequestThatCannotBeIsRefusedBeforeAnythingIsRead() throws Exception {
    assertRefused(400, new Form().file(SMALL).post(node.to("/sectors/seal")));
    assertRefused(400, new Form().file(SMALL).post(node.to("/sectors/seal?sectorSize=3KiB")));
    assertRefused(400, new Form().file(SMALL).post(node.to(SEAL + "&request=1-1-1-1-1")));
    assertRefused(400, new Form().file(SMALL).post(node.to(SEAL + "&sectorSize=2KiB")));
  }

  @Test
  void theSameRequestAgainIsTheSameSectorAndKeepsNoSecondCopy() throws Exception {
    String again = SEAL + "&request=0f8fad5b-d9cb-469f-a165-70867728950e";

    String first = node.send(new Form().file(SMALL).post(node.to(again))).body();
    List<Path> files = node.spooled();
    String second = node.send(new Form().file(SMALL).post(node.to(again))).body();

    assertEquals(first, second);
    assertEquals(files, node.spooled());
  }

  @Test
  void filesGoWhenTheNodeRefuses() throws Exception {
    node.operations.instead =
        Optional.of(
            CompletableFuture.failedStage(
                new OperationException(
                    OperationException.Kind.UNAVAILABLE, "the disk is full: free some")));

    HttpResponse<String> response = node.send(new Form().file(SMALL).post(node.to(SEAL)));

    assertEquals(503, response.statusCode());
    assertEquals(List.of(), node.spooled());
  }

  @Test
  void filesStayWhenASectorMayHaveThem() throws Exception {
    node.operations.instead = Optional.of(new CompletableFuture<>());

    HttpResponse<String> response = node.send(new Form().file(SMALL).post(node.to(SEAL)));

    assertEquals(503, response.statusCode());
    assertEquals("timeout", TestNode.error(response));
    assertEquals(node.operations.pieces.stream().map(SpooledPiece::file).toList(), node.spooled());
  }

  @Test
  void filesGoWhenTheNodeRefusesLate() throws Exception {
    CompletableFuture<Void> late = new CompletableFuture<>();
    node.operations.instead = Optional.of(late);

    HttpResponse<String> response = node.send(new Form().file(SMALL).post(node.to(SEAL)));
    assertEquals("timeout", TestNode.error(response));
    assertEquals(1, node.spooledQuietly());
    late.completeExceptionally(
        new OperationException(OperationException.Kind.UNAVAILABLE, "the disk is full: free some"));

    TestNode.await(() -> node.spooledQuietly() == 0);
  }

  @Test
  void filesStayWhenTheOperationEndsLateAndNobodyKnowsHow() throws Exception {
    CompletableFuture<Void> late = new CompletableFuture<>();
    node.operations.instead = Optional.of(late);

    node.send(new Form().file(SMALL).post(node.to(SEAL)));
    late.completeExceptionally(new TimeoutException("no answer of the driver"));
    node.operations.instead = Optional.empty();
    node.send(new Form().file(SMALL).post(node.to(SEAL)));

    assertEquals(2, node.spooledQuietly());
  }

  private RawClient begun() throws Exception {
    return begun(1);
  }

  /** One that has begun, as which it is. */
  private RawClient begun(int which) throws Exception {
    RawClient client = new RawClient(node.server.url());
    client.send(
        "POST /api/v1"
            + SEAL
            + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1500\r\nAuthorization: Bearer "
            + node.token(Permission.WRITE)
            + "\r\nContent-Type: multipart/form-data; boundary="
            + Form.boundary()
            + "\r\n\r\n--"
            + Form.boundary()
            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"
            + "0".repeat(500));
    TestNode.await(() -> node.spooledQuietly() == which);
    return client;
  }

  @Test
  void onlySoManyAreUnderWay() throws Exception {
    try (RawClient one = begun();
        RawClient other = begun(2)) {
      HttpResponse<String> refused = node.send(new Form().file(SMALL).post(node.to(SEAL)));

      assertEquals(503, refused.statusCode());
      assertEquals("too_many_uploads", TestNode.error(refused));
      one.reset();
      other.reset();
    }
    TestNode.await(() -> node.spooledQuietly() == 0);
    for (int i = 0; i < 4; i++) {
      assertEquals(201, node.send(new Form().file(SMALL).post(node.to(SEAL))).statusCode());
    }
  }

  @Test
  void aConnectionThatIsCutLeavesNothing() throws Exception {
    try (RawClient client = begun()) {
      client.reset();
    }
    TestNode.await(() -> node.spooledQuietly() == 0);

    try (RawClient client = begun()) {
      client.close();
    }
    TestNode.await(() -> node.spooledQuietly() == 0);
    assertEquals(List.of(), node.operations.calls);
  }

  @Test
  void anUploadThatStallsIsGivenUp() throws Exception {
    try (RawClient client = begun()) {
      String answer = client.readUntil("}}");

      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertEquals(0, node.spooledQuietly());
    }
  }

  @Test
  void anUploadThatStallsBetweenItsFilesIsGivenUp() throws Exception {
    try (RawClient client = begun()) {
      client.send("\r\n--" + Form.boundary() + "\r\nContent-Disp");
      String answer = client.readUntil("}}");

      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertEquals(0, node.spooledQuietly());
    }
  }

  @Test
  void theRestOfAnUploadThatIsTooLargeIsNotAwaited() throws Exception {
    try (RawClient client = begun()) {
      client.send("0".repeat(900) + "\r\n--" + Form.boundary() + "\r\nno header\r\n");
      String answer = client.readUntil("}}");

      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }
  }

  /** What was sent and is not on disk is somewhere in memory, here or in the kernel. */
  @Test
  void aLargeFileIsNeverInMemory() throws Exception {
    long length = 64 * MIB;
    MessageDigest sent = MessageDigest.getInstance("SHA-256");
    Noise noise = new Noise(length, node.spool);

    HttpResponse<String> response =
        node.send(
            new Form()
                .file("file", new DigestInputStream(noise, sent))
                .post(node.to("/sectors/seal?sectorSize=512MiB")));

    assertEquals(201, response.statusCode(), response.body());
    Path file = node.operations.pieces.get(0).file();
    assertEquals(length, Files.size(file));
    assertArrayEquals(sent.digest(), digest(file));
    assertTrue(noise.mostBetween < length / 2, "on the way were " + noise.mostBetween);
  }

  private static byte[] digest(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return digest.digest();
  }

  /** So many bytes of noise, made as they are read; it looks how many of them are on disk. */
  private static final class Noise extends InputStream {
    private final Random random = new Random(7);
    private final long length;
    private final Path spool;
    private long made;
    private long mostBetween;

    Noise(long length, Path spool) {
      this.length = length;
      this.spool = spool;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("nobody reads single bytes");
    }

    @Override
    public int read(byte[] buffer, int offset, int most) throws IOException {
      if (made == length) {
        return -1;
      }
      byte[] noise = new byte[(int) Math.min(Math.min(most, length - made), 1 << 16)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, buffer, offset, noise.length);
      made += noise.length;
      mostBetween = Math.max(mostBetween, made - stored());
      return noise.length;
    }

    private long stored() throws IOException {
      try (Stream<Path> files = Files.list(spool)) {
        return files.mapToLong(file -> file.toFile().length()).sum();
      }
    }
  }
}
