package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.auth.TestCertificates;
import io.selkie.auth.Tickets;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.HostId;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts of one farm, and those who are not of it. */
@Timeout(120)
class TlsTransferTest {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final String DIGEST = "blake3:" + "00".repeat(32);
  private static final int CHUNK = 64 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir static Path farm;
  private static TlsFiles receiver;
  private static TlsFiles sender;
  private static TlsFiles stranger;

  /** Of a farm in which both ends have the same name. */
  private static final Tickets TICKETS =
      new Tickets(TokenSecret.of(new byte[32]), "receiver", Clock.systemUTC());

  @TempDir Path temp;
  private final byte[] content = new byte[20 * CHUNK + 7];
  private ActorTestKit kit;
  private Tokens tokens;
  private Path token;
  private Path store;
  private Path source;
  private int dataPort;

  @BeforeAll
  static void issue() throws IOException {
    receiver = TestCertificates.issue(farm, "receiver", "127.0.0.1");
    sender = TestCertificates.issue(farm, "sender", "10.0.0.2");
    stranger = TestCertificates.issue(farm.resolve("strangers"), "one", "127.0.0.1");
  }

  @BeforeEach
  void prepare() throws IOException {
    kit =
        ActorTestKit.create(
            "transfer",
            ConfigFactory.parseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF")
                .withFallback(ConfigFactory.load()));
    tokens = new Tokens(TokenSecret.in(temp), Clock.systemUTC());
    token =
        Files.writeString(
            temp.resolve("token"), tokens.create(Permission.WRITE, Duration.ofHours(1), "test"));
    store = Files.createDirectory(temp.resolve("store"));
    source = temp.resolve("sealed");
    new Random(1).nextBytes(content);
    Files.write(source, content);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dataPort = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private URI serve(String tls) throws Exception {
    Config config =
        ConfigFactory.parseString(
                "selkie.transfer { port = 0, data-port = " + dataPort + " }\n" + tls)
            .withFallback(ConfigFactory.load());
    return TransferServer.start(
            kit.system(),
            new TransferServer.Parts(
                TransferSettings.of(config),
                () -> List.of(store),
                Destinations.none(),
                (sector, digest) -> Optional.empty(),
                SealingPlaces.none(),
                temp.resolve("state"),
                "receiver",
                sector -> new SectorFiles(temp.resolve("repo"), sector),
                tokens,
                Optional.of(TICKETS),
                file -> DIGEST,
                Executors.newCachedThreadPool()))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private URI secured() throws Exception {
    return serve(TestCertificates.settings("selkie.transfer.tls", receiver));
  }

  private SectorCopy send(URI to, Optional<TlsIdentity> as) throws Exception {
    TransferSettings.Peer peer = new TransferSettings.Peer(to, token, Optional.empty());
    return new PeerDestination(
            new PeerConnection(kit.system(), peer, as, 3, PATIENCE),
            peer,
            3,
            PATIENCE,
            file -> DIGEST,
            new RateLimit(0))
        .bring(offer(), List.of(source), () -> {}, new Control(SECTOR));
  }

  private Offer offer() {
    return new Offer(
        SECTOR,
        CHUNK,
        List.of(new SectorCopy.File(FileNames.sealed(SECTOR), content.length, DIGEST)));
  }

  private String refusal(URI to, Optional<TlsIdentity> as) {
    TransferTrouble trouble = assertThrows(TransferTrouble.class, () -> send(to, as));
    assertEquals("unreachable", trouble.failure().code());
    assertFalse(trouble.failure().message().contains("\n"), trouble.failure().message());
    return trouble.failure().message();
  }

  @Test
  void aSectorArrivesWholeBetweenHostsOfOneFarm() throws Exception {
    URI url = secured();

    SectorCopy copy = send(url, Optional.of(TlsIdentity.open(sender)));

    assertEquals("https", url.getScheme());
    assertEquals("receiver", copy.host());
    assertArrayEquals(content, Files.readAllBytes(new SectorFiles(store, SECTOR).sealed()));
  }

  @Test
  void aSectorArrivesWholeInTheClearAsBefore() throws Exception {
    SectorCopy copy = send(serve(""), Optional.of(TlsIdentity.open(sender)));

    assertEquals("receiver", copy.host());
    assertArrayEquals(content, Files.readAllBytes(new SectorFiles(store, SECTOR).sealed()));
  }

  @Test
  void whoShowsNoCertificateIsRefusedForControl() throws Exception {
    URI url = secured();
    HttpClient caller =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TlsIdentity.ofCaller(receiver.authority(), Optional.empty()))
            .build();
    HttpRequest about =
        HttpRequest.newBuilder(URI.create(url + TransferServer.BASE))
            .header("Authorization", "Bearer " + Files.readString(token))
            .timeout(PATIENCE)
            .build();

    assertThrows(IOException.class, () -> caller.send(about, HttpResponse.BodyHandlers.ofString()));
  }

  @Test
  void whoShowsNoCertificateIsRefusedForData() throws Exception {
    URI url = secured();
    SSLContext caller = TlsIdentity.ofCaller(receiver.authority(), Optional.empty());

    try (SSLSocket socket =
        (SSLSocket) caller.getSocketFactory().createSocket(url.getHost(), dataPort)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      assertTrue(isRefused(socket), "somebody without a certificate got an answer");
    }
  }

  private static boolean isRefused(SSLSocket socket) {
    try {
      socket.startHandshake();
      socket.getOutputStream().write("PUT / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return !(e instanceof java.net.SocketTimeoutException);
    }
  }

  @Test
  void aHostOfAnotherFarmIsToldSo() throws Exception {
    URI url = secured();

    String refusal = refusal(url, Optional.of(TlsIdentity.open(stranger)));

    assertEquals(
        url + " shows a certificate that is not of this farm: another authority signed it",
        refusal);
  }

  @Test
  void whoSpeaksPlainToATlsPortIsToldSo() throws Exception {
    URI url = URI.create(secured().toString().replace("https", "http"));

    String refusal = refusal(url, Optional.of(TlsIdentity.open(sender)));

    assertTrue(refusal.startsWith(url + " "), refusal);
    assertTrue(refusal.endsWith("perhaps it takes https alone"), refusal);
  }

  @Test
  void whoSpeaksTlsToAPlainPortIsToldSo() throws Exception {
    URI url = URI.create(serve("").toString().replace("http", "https"));

    String refusal = refusal(url, Optional.of(TlsIdentity.open(sender)));

    assertEquals(url + " does not speak TLS", refusal);
  }

  private static InputClient client(Optional<TlsIdentity> as) {
    return new InputClient(as, Optional.of(TICKETS), PATIENCE, PATIENCE);
  }

  @Test
  void theInputOfACommit2IsFetchedOverTls() throws Exception {
    URI url = secured();
    Path output = new SectorFiles(temp.resolve("repo"), SECTOR).commit1Output();
    Files.createDirectories(output.getParent());
    Files.write(output, content);
    FileSource from = new FileSource(new HostId("receiver"), url);
    Path target = temp.resolve("fetched");

    client(Optional.of(TlsIdentity.open(sender))).fetch(from, SECTOR, target);

    assertArrayEquals(content, Files.readAllBytes(target));
    IOException off =
        assertThrows(IOException.class, () -> client(Optional.empty()).fetch(from, SECTOR, target));
    assertTrue(
        off.getMessage().endsWith("it asks who this host is: turn selkie.transfer.tls.enabled on"),
        off.getMessage());
    IOException strange =
        assertThrows(
            IOException.class,
            () -> client(Optional.of(TlsIdentity.open(stranger))).fetch(from, SECTOR, target));
    assertTrue(
        strange.getMessage().endsWith("not of this farm: another authority signed it"),
        strange.getMessage());
  }

  @Test
  void aTargetThatAsksForACertificateNeedsOne() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TransferSettings.of(
                    ConfigFactory.parseString(
                            "selkie.transfer.targets ="
                                + " [{ url = \"https://10.0.0.5:4721\", token-file = \"/t\" }]")
                        .withFallback(ConfigFactory.load())));

    assertEquals(
        "selkie.transfer.targets: \"https://10.0.0.5:4721\" asks who this host is: turn"
            + " selkie.transfer.tls.enabled on",
        refusal.getMessage());
  }
}
