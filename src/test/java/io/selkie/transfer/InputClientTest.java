package io.selkie.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.auth.Tickets;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class InputClientTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @TempDir Path temp;
  private final TokenSecret farm = TokenSecret.of(new byte[32]);
  private final Tickets ofFetcher = new Tickets(farm, "fetcher", Clock.systemUTC());
  private final InputClient client = client(ofFetcher, Duration.ofSeconds(20));
  private ActorTestKit kit;
  private Tokens tokens;
  private URI url;

  @BeforeEach
  void start() throws Exception {
    kit =
        ActorTestKit.create(
            "transfer",
            ConfigFactory.parseString(
                    "akka.loglevel = OFF, akka.stdout-loglevel = OFF,"
                        + "selkie.transfer { port = 0, data-port = 0 }")
                .withFallback(ConfigFactory.load()));
    tokens = new Tokens(TokenSecret.in(temp), Clock.systemUTC());
    url =
        TransferServer.start(
                kit.system(),
                new TransferServer.Parts(
                    TransferSettings.of(kit.system().settings().config()),
                    List::of,
                    Destinations.none(),
                    (sector, digest) -> Optional.empty(),
                    SealingPlaces.none(),
                    temp.resolve("state"),
                    "source",
                    sector -> new SectorFiles(temp.resolve("repo"), sector),
                    tokens,
                    Optional.of(new Tickets(farm, "source", Clock.systemUTC())),
                    file -> "blake3:00",
                    Runnable::run))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static InputClient client(Tickets tickets, Duration deadline) {
    return new InputClient(
        Optional.empty(), Optional.of(tickets), Duration.ofSeconds(20), deadline);
  }

  private FileSource source() {
    return new FileSource(new HostId("source"), url);
  }

  private void makeOutput(byte[] content) throws IOException {
    Path output = new SectorFiles(temp.resolve("repo"), SECTOR).commit1Output();
    Files.createDirectories(output.getParent());
    Files.write(output, content);
  }

  @Test
  void theOutputOfCommit1ComesWhole() throws IOException {
    byte[] content = new byte[3_000_001];
    content[3_000_000] = 7;
    makeOutput(content);
    Path target = temp.resolve("c1.json");

    client.fetch(source(), SECTOR, target);

    assertEquals(-1, java.util.Arrays.mismatch(content, Files.readAllBytes(target)));
    assertTrue(Files.notExists(temp.resolve("c1.json.part")));
  }

  @Test
  void whatIsNotThereIsOneLine() {
    Path target = temp.resolve("c1.json");

    IOException missing =
        assertThrows(IOException.class, () -> client.fetch(source(), SECTOR, target));

    assertEquals(
        "cannot fetch the output of Commit1 of s-t01000-1 from host source at "
            + url
            + ": it answers 404",
        missing.getMessage());
    assertTrue(Files.notExists(target));
  }

  @Test
  void whatComesTooSlowlyIsGivenUpAsAWhole() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer = new Thread(() -> drip(slow));
      peer.setDaemon(true);
      peer.start();
      URI url = URI.create("http://127.0.0.1:" + slow.getLocalPort());
      FileSource from = new FileSource(new HostId("slow"), url);
      InputClient hasty = client(ofFetcher, Duration.ofSeconds(1));

      IOException late =
          assertThrows(IOException.class, () -> hasty.fetch(from, SECTOR, temp.resolve("c1.json")));

      assertTrue(late.getMessage().endsWith("it did not come whole within 1 s"), late.getMessage());
      assertTrue(Files.notExists(temp.resolve("c1.json")));
      assertTrue(Files.notExists(temp.resolve("c1.json.part")));
    }
  }

  /** Sends a byte now and then, so that the connection is never silent. */
  private static void drip(ServerSocket server) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(US_ASCII));
      while (!server.isClosed()) {
        out.write(1);
        out.flush();
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (IOException | InterruptedException e) {
      Thread.currentThread().interrupt(); // the client has gone
    }
  }

  private String refusal(InputClient of) {
    return assertThrows(
            IOException.class, () -> of.fetch(source(), SECTOR, temp.resolve("c1.json")))
        .getMessage()
        .replaceFirst(".*: ", "");
  }

  @Test
  void aHostOfAnotherFarmFetchesNothing() throws IOException {
    makeOutput(new byte[1]);
    byte[] other = new byte[32];
    other[0] = 1;
    Tickets strangers = new Tickets(TokenSecret.of(other), "fetcher", Clock.systemUTC());

    assertEquals("it answers 401", refusal(client(strangers, Duration.ofSeconds(20))));
    assertEquals(
        "this host shares no secret with it, so they are of no farm",
        refusal(
            new InputClient(
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20))));
  }

  private int status(String method, String path, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + TransferServer.BASE + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(20))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private String ticket(String to, SectorId sector, Tickets.Use use) {
    return ofFetcher.create(to, sector, use);
  }

  @Test
  void aTicketOpensWhatItIsForAndNothingElse() throws Exception {
    makeOutput(new byte[1]);
    SectorId other = SectorId.parse("s-t01000-2");
    String input = "/sectors/" + SECTOR + "/commit1";
    String arrival = "/sectors/" + SECTOR + "/" + "0".repeat(32);
    String fetch = ticket("source", SECTOR, Tickets.Use.FETCH);
    String bring = ticket("source", SECTOR, Tickets.Use.BRING);

    assertEquals(200, status("GET", input, fetch));
    assertEquals(404, status("GET", arrival, bring));

    assertEquals(403, status("DELETE", arrival, bring));
    assertEquals(403, status("GET", input, bring));
    assertEquals(403, status("GET", input, ticket("source", other, Tickets.Use.FETCH)));
    assertEquals(401, status("GET", input, ticket("elsewhere", SECTOR, Tickets.Use.FETCH)));
    for (String token : List.of(fetch, ticket("source", other, Tickets.Use.BRING))) {
      assertEquals(403, status("GET", arrival, token));
      assertEquals(403, status("DELETE", arrival, token));
      assertEquals(403, status("POST", arrival + "/commit", token));
      assertEquals(403, status("PUT", "/sectors/" + SECTOR, token));
    }
  }

  @Test
  void theLogNamesTheHostThatMadeATicket() throws Exception {
    makeOutput(new byte[1]);
    Logger logger = (Logger) LoggerFactory.getLogger(TransferServer.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Level before = logger.getLevel();
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
    logger.setLevel(Level.INFO);
    try {
      String fetch = ticket("source", SECTOR, Tickets.Use.FETCH);
      assertEquals(200, status("GET", "/sectors/" + SECTOR + "/commit1", fetch));
      assertEquals(403, status("PUT", "/sectors/" + SECTOR, fetch));
    } finally {
      logger.setLevel(before);
      logger.setAdditive(true);
      logger.detachAppender(lines);
    }

    assertEquals(
        List.of(
            "host fetcher fetches the output of Commit1 of " + SECTOR,
            "host fetcher was refused for "
                + SECTOR
                + ": the ticket is for another sector, or for something else"),
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  @Test
  void aTicketBringsNoSealedSector() throws Exception {
    Offer sealed =
        new Offer(
            SECTOR,
            Offer.CHUNK,
            List.of(
                new SectorCopy.File(FileNames.sealed(SECTOR), 2048, "blake3:" + "00".repeat(32))));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + TransferServer.BASE + "/sectors/" + SECTOR))
            .PUT(HttpRequest.BodyPublishers.ofString(TransferJson.write(sealed)))
            .header("Authorization", "Bearer " + ticket("source", SECTOR, Tickets.Use.BRING))
            .timeout(Duration.ofSeconds(20))
            .build();

    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

    assertEquals(403, answer.statusCode(), answer.body());
  }

  /** Of a chunk, over a data connection. */
  private String chunk(String token) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dataPort())) {
      socket.setSoTimeout(20_000);
      String head =
          "PUT %s/sectors/%s/%s/0/0 HTTP/1.1\r\nAuthorization: Bearer %s\r\n"
              .formatted(TransferServer.BASE, SECTOR, "0".repeat(32), token);
      socket
          .getOutputStream()
          .write(
              (head + "Selkie-Crc32c: 00000000\r\nContent-Length: 0\r\n\r\n").getBytes(US_ASCII));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return new String(status, US_ASCII).substring("HTTP/1.1 ".length());
    }
  }

  private int dataPort() throws IOException {
    try {
      HttpRequest about =
          HttpRequest.newBuilder(URI.create(url + TransferServer.BASE))
              .header("Authorization", "Bearer " + ticket("source", SECTOR, Tickets.Use.BRING))
              .build();
      String text =
          HttpClient.newHttpClient().send(about, HttpResponse.BodyHandlers.ofString()).body();
      return TransferJson.read(text, TransferServer.About.class).dataPort();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aChunkNeedsATicketForBringingItsSector() throws IOException {
    assertEquals("404", chunk(ticket("source", SECTOR, Tickets.Use.BRING)));
    assertEquals("403", chunk(ticket("source", SECTOR, Tickets.Use.FETCH)));
    assertEquals("403", chunk(ticket("source", SectorId.parse("s-t01000-2"), Tickets.Use.BRING)));
    assertEquals("401", chunk(ticket("elsewhere", SECTOR, Tickets.Use.BRING)));
  }

  @Test
  void aTokenOfAnOperatorNeedsToCarryWrite() throws Exception {
    makeOutput(new byte[1]);
    String input = "/sectors/" + SECTOR + "/commit1";
    Duration hour = Duration.ofHours(1);

    assertEquals(200, status("GET", input, tokens.create(Permission.WRITE, hour, "ops")));
    assertEquals(
        200, status("GET", input, tokens.forTransfer().create(Permission.WRITE, hour, "ops")));
    assertEquals(403, status("GET", input, tokens.create(Permission.READ, hour, "ops")));
  }
}
