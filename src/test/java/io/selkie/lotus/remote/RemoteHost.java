package io.selkie.lotus.remote;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.settings.ServerSettings;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.wire.FsStat;
import io.selkie.rpc.RpcCallers;
import io.selkie.rpc.RpcJson;
import io.selkie.storage.FileType;
import io.selkie.storage.PathSettings;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A host with two storage paths whose files can be had over HTTP. */
final class RemoteHost implements AutoCloseable {
  static final SectorId SECTOR = SectorId.parse("s-t01000-2");
  static final Instant WRITTEN = Instant.parse("2026-11-21T08:45:32Z");
  private static final Map<String, Set<Permission>> TOKENS =
      Map.of("good", Set.of(Permission.values()), "reader", Set.of(Permission.READ));

  final StoragePaths paths;
  final StoragePath seals;
  final StoragePath stores;

  /** What the index was told, and what the audit log. */
  final List<String> dropped = new CopyOnWriteArrayList<>();

  final List<String> gone = new CopyOnWriteArrayList<>();

  final List<String> deleted = new CopyOnWriteArrayList<>();

  /** What the index knows, by {@code path sector type}. */
  final Set<String> known = new TreeSet<>();

  volatile boolean indexFails;
  volatile boolean auditFails;
  volatile boolean deletersFail;
  final List<Object> proved = new CopyOnWriteArrayList<>();
  final Path proofs;

  private final ActorTestKit kit;
  private final ServerBinding binding;

  RemoteHost(Path temp) throws Exception {
    kit =
        ActorTestKit.create(
            "remote",
            ConfigFactory.parseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF")
                .withFallback(ConfigFactory.load()));
    Path repo = Files.createDirectory(temp.resolve("repo"));
    paths = StoragePaths.open(StoragePaths.Settings.ofRepo(repo.toRealPath()));
    seals = paths.all().get(0);
    stores =
        paths.attach(
            Files.createDirectory(temp.resolve("store")),
            Optional.of(PathSettings.fresh(10, false, true, 0, List.of())));
    proofs = Files.createDirectory(temp.resolve("proofs"));
    RpcCallers callers = token -> CompletableFuture.completedStage(allowed(token));
    RpcCallers deleters =
        token ->
            deletersFail
                ? CompletableFuture.failedStage(new IOException("the miner is away"))
                : callers.allowed(token);
    RemoteRoutes routes =
        new RemoteRoutes(
            kit.system(),
            new RemoteRoutes.Parts(
                paths,
                callers,
                deleters,
                id -> CompletableFuture.completedStage(stat(id)),
                new Index(),
                (file, sector) -> audit(file),
                new Sample(),
                Clock.systemUTC()));
    ServerSettings settings =
        ServerSettings.create(kit.system().settings().config()).withServerHeader(Optional.empty());
    binding =
        Http.get(kit.system())
            .newServerAt("127.0.0.1", 0)
            .withSettings(settings)
            .bind(routes::handle)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  private static Optional<Set<Permission>> allowed(String token) {
    return Optional.ofNullable(TOKENS.get(token));
  }

  private Optional<JsonNode> stat(String id) {
    return paths
        .withId(id)
        .map(path -> new FsStat(270553174016L, 69963644928L, 69963644928L, 0, 0, 0))
        .map(RpcJson.MAPPER::valueToTree);
  }

  private final class Index implements RemoteIndex {
    @Override
    public CompletionStage<Boolean> dropped(String id, SectorId sector, FileType type) {
      return drop(id, sector, type);
    }

    @Override
    public CompletionStage<@Nullable Void> isGone(String id, SectorId sector, FileType type) {
      Path file = type.of(paths.withId(id).orElseThrow().root(), sector);
      gone.add(id + " " + sector + " " + type + (Files.exists(file) ? " is there" : " is gone"));
      return CompletableFuture.completedStage(null);
    }
  }

  private CompletionStage<Boolean> drop(String id, SectorId sector, FileType type) {
    String what = id + " " + sector + " " + type;
    dropped.add(what);
    return indexFails
        ? CompletableFuture.failedStage(new IOException("the miner is away"))
        : CompletableFuture.completedStage(known.contains(what));
  }

  private void audit(Path file) throws IOException {
    if (auditFails) {
      throw new IOException("the disk of the log is full");
    }
    deleted.add(file.toString());
  }

  private final class Sample implements VanillaProofs {
    @Override
    public CompletionStage<Bytes> single(Single request) {
      proved.add(request);
      return request.sector().update()
          ? CompletableFuture.failedStage(new IOException("no update here\nsecond line"))
          : CompletableFuture.completedStage(Bytes.of(new byte[] {1, 2, 3}));
    }

    @Override
    public CompletionStage<Path> porep(Porep request) {
      proved.add(request);
      try {
        return CompletableFuture.completedStage(
            Files.write(proofs.resolve("output"), Tars.data(3 << 20)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Writes a sector's file on a path; {@code name} is a file of its cache. */
  Path put(StoragePath path, FileType type, String name, byte[] content) throws IOException {
    Path place = type.of(path.root(), SECTOR);
    Path file = name.isEmpty() ? place : place.resolve(name);
    Files.createDirectories(name.isEmpty() ? file.resolveSibling("") : place);
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
    return file;
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + binding.localAddress().getPort() + "/remote");
  }

  /** Ends all connections at once. */
  void kill() throws Exception {
    binding.terminate(Duration.ofMillis(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** What came back, as it was on the wire. */
  record Reply(int status, Map<String, String> headers, ByteString content) {
    byte[] body() {
      return content.toArray();
    }

    String text() {
      return content.utf8String();
    }

    /** Status and headers in the form of the transcripts, but for what each answer has anew. */
    String head() {
      Map<String, String> shown = new TreeMap<>(headers);
      shown.remove("Date");
      shown.remove("Connection");
      return status + " " + shown;
    }
  }

  Reply ask(String method, String target, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of("Authorization: Bearer good"));
    all.addAll(Arrays.asList(headers));
    return askPlainly(method, target, "", all.toArray(String[]::new));
  }

  Reply askPlainly(String method, String target, String body, String... headers)
      throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), binding.localAddress().getPort())) {
      socket.setSoTimeout(20_000);
      StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
      head.append("Host: 127.0.0.1\r\nConnection: close\r\n");
      if (!body.isEmpty()) {
        head.append("Content-Length: " + body.length() + "\r\n");
      }
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      head.append("\r\n").append(body);
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      return parse(socket.getInputStream().readAllBytes());
    }
  }

  private static Reply parse(byte[] all) {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    List<String> lines = text.substring(0, end).lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(": ");
      headers.put(line.substring(0, colon), line.substring(colon + 2));
    }
    byte[] body = Arrays.copyOfRange(all, end + 4, all.length);
    boolean chunked = "chunked".equals(headers.get("Transfer-Encoding"));
    int status = Integer.parseInt(lines.get(0).split(" ", -1)[1]);
    return new Reply(status, headers, ByteString.fromArray(chunked ? whole(body) : body));
  }

  private static byte[] whole(byte[] chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String text = new String(chunks, StandardCharsets.ISO_8859_1);
    int at = 0;
    while (true) {
      int line = text.indexOf("\r\n", at);
      int length = Integer.parseInt(text.substring(at, line), 16);
      if (length == 0) {
        return body.toByteArray();
      }
      body.write(chunks, line + 2, length);
      at = line + 2 + length + 2;
    }
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
