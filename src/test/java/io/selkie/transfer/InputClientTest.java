package io.selkie.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
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

@Timeout(60)
class InputClientTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @TempDir Path temp;
  private final InputClient client =
      new InputClient(Optional.empty(), Duration.ofSeconds(20), Duration.ofSeconds(20));
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
                    (sector, digest) -> Optional.empty(),
                    SealingPlaces.none(),
                    temp.resolve("state"),
                    "source",
                    sector -> new SectorFiles(temp.resolve("repo"), sector),
                    tokens,
                    file -> "blake3:00",
                    Runnable::run))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private FileSource source(Permission permission) {
    return new FileSource(
        new HostId("source"), url, tokens.create(permission, Duration.ofHours(1), "farm"));
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

    client.fetch(source(Permission.WRITE), SECTOR, target);

    assertEquals(-1, java.util.Arrays.mismatch(content, Files.readAllBytes(target)));
    assertTrue(Files.notExists(temp.resolve("c1.json.part")));
  }

  @Test
  void whatIsNotThereIsOneLine() {
    Path target = temp.resolve("c1.json");

    IOException missing =
        assertThrows(
            IOException.class, () -> client.fetch(source(Permission.WRITE), SECTOR, target));

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
      FileSource from = new FileSource(new HostId("slow"), url, "token");
      InputClient hasty =
          new InputClient(Optional.empty(), Duration.ofSeconds(20), Duration.ofSeconds(1));

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

  @Test
  void aTokenForReadingIsNotEnough() throws IOException {
    makeOutput(new byte[1]);

    IOException refused =
        assertThrows(
            IOException.class,
            () -> client.fetch(source(Permission.READ), SECTOR, temp.resolve("c1.json")));

    assertTrue(refused.getMessage().endsWith("it answers 403"), refused.getMessage());
  }
}
