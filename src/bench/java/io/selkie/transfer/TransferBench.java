package io.selkie.transfer;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileTree;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.storage.Destinations;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of one file of {@value #BYTES} bytes, on tmpfs where there is one: over loopback by our
 * protocol with CRC32C, and from nginx to curl; on the host by us and by cp. Reading back is measured
 * apart. Both ends of our stream run in this process.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx2g"})
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class TransferBench {
  static final long BYTES = 2L << 30;

  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final String DIGEST = "none:" + "00".repeat(32);

  private Path root;
  private Path source;
  private Path store;
  private ActorSystem<Void> system;
  private PeerDestination peer;
  private LocalDestination local;
  private Proofs proofs;
  private Optional<Process> nginx = Optional.empty();
  private int nginxPort;

  @Setup
  public void start() throws Exception {
    Path memory = Path.of("/dev/shm");
    root =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "selkie-bench")
            : Files.createTempDirectory("selkie-bench");
    Config config =
        ConfigFactory.parseResources(TransferBench.class.getClassLoader(), "io/selkie/node/node.conf")
            .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
            .withFallback(ConfigFactory.load());
    config = ConfigFactory.parseString("akka.actor.provider = local").withFallback(config);
    source = Files.createDirectories(root.resolve("repo/sealed")).resolve(SECTOR.toString());
    store = Files.createDirectories(root.resolve("store"));
    fill(source);
    proofs = NativeProofs.load(ProofsLibrary.find(config));
    system = ActorSystem.create(Behaviors.empty(), "bench", config.resolve());
    Tokens tokens = new Tokens(TokenSecret.in(root), Clock.systemUTC());
    Path token =
        Files.writeString(
            root.resolve("token"), tokens.create(Permission.WRITE, Duration.ofHours(1), "bench"));
    TransferSettings settings =
        TransferSettings.of(
            ConfigFactory.parseString("selkie.transfer { port = 0, data-port = 0 }").withFallback(config).resolve());
    URI url =
        TransferServer.start(
                system,
                new TransferServer.Parts(
                    settings,
                    () -> List.of(store),
                    Destinations.none(),
                (sector, digest) -> Optional.empty(),
                    SealingPlaces.none(),
                    store.resolve("known"),
                    "bench",
                    sector -> new SectorFiles(store, sector),
                    tokens,
                    Optional.empty(),
                    file -> DIGEST,
                    Executors.newCachedThreadPool()))
            .toCompletableFuture()
            .get();
    TransferSettings.Peer target = new TransferSettings.Peer(url, token, Optional.empty());
    RateLimit unlimited = new RateLimit(0);
    peer =
        new PeerDestination(
            new PeerConnection(
                system, target, Optional.empty(), settings.connections(), settings.stallTimeout()),
            target,
            settings.connections(),
            settings.stallTimeout(),
            file -> DIGEST,
            unlimited);
    local = new LocalDestination(
            store, "bench", file -> DIGEST, unlimited, new KnownStores(store.resolve("known")));
    startNginx();
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[1 << 20];
    new Random(1).nextBytes(block);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long at = 0; at < BYTES; at += block.length) {
        channel.write(ByteBuffer.wrap(block));
      }
    }
  }

  private void startNginx() throws IOException {
    Path program = Path.of("/usr/sbin/nginx");
    if (!Files.isExecutable(program)) {
      return;
    }
    try (ServerSocket free = new ServerSocket(0)) {
      nginxPort = free.getLocalPort();
    }
    Path conf =
        Files.writeString(
            root.resolve("nginx.conf"),
            """
            user root;
            daemon off;
            pid %s/nginx.pid;
            error_log %s/nginx.log;
            events {}
            http {
              access_log off;
              client_body_temp_path %s/body;
              server {
                listen 127.0.0.1:%d;
                location /plain/ { sendfile off; alias %s/repo/sealed/; }
                location /sendfile/ { sendfile on; tcp_nopush on; alias %s/repo/sealed/; }
              }
            }
            """
                .formatted(root, root, root, nginxPort, root, root));
    nginx =
        Optional.of(
            new ProcessBuilder(program.toString(), "-c", conf.toString(), "-p", root.toString())
                .inheritIO()
                .start());
  }

  @TearDown
  public void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get();
    if (nginx.isPresent()) {
      nginx.get().destroy();
      nginx.get().waitFor();
    }
    FileTree.delete(root);
  }

  private Offer offer() {
    return new Offer(
        SECTOR,
        Offer.CHUNK,
        List.of(new SectorCopy.File(FileNames.sealed(SECTOR), BYTES, DIGEST)));
  }

  private void empty() throws IOException {
    FileTree.delete(store);
    Files.createDirectories(store);
  }

  private static void tell(String what, long since) {
    double seconds = (System.nanoTime() - since) / 1e9;
    System.out.printf("%n%s: %.0f MB/s%n", what, BYTES / 1e6 / seconds);
  }

  /** Our protocol, with CRC32C of each chunk at both ends, without reading back. */
  @Benchmark
  public void stream() throws Exception {
    empty();
    long since = System.nanoTime();
    peer.bring(offer(), List.of(source), () -> {}, new Control(SECTOR));
    tell("stream", since);
  }

  /** As nginx is without a word of configuration. */
  @Benchmark
  public void nginxToCurl() throws Exception {
    nginx("plain");
  }

  /** As Debian configures it. */
  @Benchmark
  public void nginxWithSendfileToCurl() throws Exception {
    nginx("sendfile");
  }

  private void nginx(String location) throws Exception {
    if (nginx.isEmpty()) {
      return;
    }
    empty();
    long since = System.nanoTime();
    run(
        "curl",
        "-s",
        "-f",
        "-o",
        store.resolve("copy").toString(),
        "http://127.0.0.1:" + nginxPort + "/" + location + "/" + SECTOR);
    tell("nginx (" + location + ") to curl", since);
  }

  /** A copy as to another file system of the host, without reading back. */
  @Benchmark
  public void localCopy() throws Exception {
    empty();
    long since = System.nanoTime();
    Landing unused = local.stage(offer(), List.of(source), new Control(SECTOR));
    tell("local copy", since);
  }

  @Benchmark
  public void cp() throws Exception {
    empty();
    long since = System.nanoTime();
    run("cp", "--reflink=never", source.toString(), store.resolve("copy").toString());
    tell("cp", since);
  }

  /** What a receiver does besides, for each file. */
  @Benchmark
  public void readBack() throws ProofsException {
    long since = System.nanoTime();
    proofs.digest(source);
    tell("read back", since);
  }

  private static void run(String... command) throws Exception {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status);
    }
  }
}
