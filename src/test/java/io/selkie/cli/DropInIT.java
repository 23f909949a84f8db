package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command lines of seeds 000 and 001, byte for byte, with the drop-in scripts. */
@Timeout(180)
class DropInIT {
  private static final Path CHECKOUT = Path.of("").toAbsolutePath();

  /** What {@code ip a} says of a host with one network card, and of one in a farm. */
  private static final String LOOPBACK =
      "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n";

  private static final String OTHER_NET =
      LOOPBACK + "2: eth0: <BROADCAST>\n    inet 192.168.7.5/24 brd 192.168.7.255 scope global\n";
  private static final String FARM_NET =
      LOOPBACK + "2: eth0: <BROADCAST>\n    inet 127.10.7.5/8 scope host secondary lo\n";
  private static final String TWO_CARDS =
      FARM_NET + "3: eth1: <BROADCAST>\n    inet 10.8.0.6/16 brd 10.8.255.255 scope global\n";

  @TempDir Path home;
  private CliProcess selkie;
  private ServerSocket miner;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void setUp() throws Exception {
    assumeTrue(packaged().isPresent(), "nothing is packaged yet");
    selkie = new CliProcess(home);
    miner = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Path bin = Files.createDirectories(home.resolve("bin"));
    for (String name : List.of("lotus-seal-worker", "lotus-storage-miner")) {
      standsFor(bin.resolve(name), name);
    }
    // The lines of seed 000 call it in the current directory.
    standsFor(home.resolve("lotus-seal-worker"), "lotus-seal-worker");
    selkie
        .with("PATH", bin + ":" + System.getenv("PATH"))
        .with("SELKIE_BUILD", "never")
        .with(
            "SELKIE_JAVA_OPTS",
            "-Dselkie.test.stand-in-proofs=on -Dselkie.test.failpoint-dir="
                + home
                + " -Dselkie.test.prover-failpoints.0=AddPiece.before-work@s-t01000-1")
        .with("SELKIE_API_PORT", "0")
        .with("repo", home.resolve("repo").toString())
        .with("storagerepo", home.resolve("storagerepo").toString())
        .with("sealedrepo", home.resolve("sealedrepo").toString());
  }

  private static void standsFor(Path place, String script) throws IOException {
    Files.writeString(
        place, "#!/bin/sh\nexec '" + CHECKOUT.resolve("deploy/bin/" + script) + "' \"$@\"\n");
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Optional<Path> packaged() throws IOException {
    try (Stream<Path> files = Files.list(CHECKOUT.resolve("target"))) {
      return files.map(file -> file.resolve("bin/selkie")).filter(Files::isExecutable).findFirst();
    }
  }

  @AfterEach
  void tearDown() throws Exception {
    for (Process node : started) {
      node.descendants().forEach(ProcessHandle::destroyForcibly);
    }
    selkie.killAll();
    miner.close();
  }

  /** A network as the script of the operator sees it. */
  private void network(String text) throws IOException {
    Path ip = home.resolve("bin/ip");
    Files.writeString(ip, "#!/bin/sh\ncat <<'END'\n" + text + "END\n");
    Files.setPosixFilePermissions(ip, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The miner's files; somebody listens there, as far as a TCP connection can tell. */
  private void minerIn(String directory) throws IOException {
    Path repo = Files.createDirectories(home.resolve(directory));
    Files.writeString(repo.resolve("api"), "/ip4/127.0.0.1/tcp/" + miner.getLocalPort() + "/http");
    Files.writeString(repo.resolve("token"), "jwt");
  }

  private CliProcess.Running start(String line) throws IOException {
    CliProcess.Running running = selkie.startLine(List.of("bash", "-c", line));
    started.add(running.process());
    return running;
  }

  private static String seed(String name) throws IOException {
    try (InputStream in = DropInIT.class.getResourceAsStream("/seeds/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void awaitLine(CliProcess.Running node, Path file, String text) throws Exception {
    CliProcess.await(node.process(), () -> Files.readString(file).contains(text));
  }

  /** TERM to the node itself, whatever shell is before it; then the line ends too. */
  private static void end(CliProcess.Running node) throws Exception {
    ProcessHandle java =
        Stream.concat(Stream.of(node.process().toHandle()), node.process().descendants())
            .filter(
                process ->
                    process.info().command().filter(name -> name.endsWith("/java")).isPresent())
            .findFirst()
            .orElseThrow();
    assertTrue(java.destroy());
    assertEquals(143, node.await().status());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void theLinesOfTheMultiTaskWorkerRunWhereThereIsNoFarmAddress(int example) throws Exception {
    network(OTHER_NET);

    CliProcess.Running node = start(seed("multi-task-worker-" + example + ".sh"));
    awaitLine(node, node.out(), "serving http://127.0.0.1:");
    awaitLine(
        node,
        node.err(),
        "waiting for the miner: " + home.resolve("storagerepo/api") + " is missing");

    assertTrue(Files.isDirectory(home.resolve("sealedrepo")));
    end(node);
    assertFalse(Files.exists(selkie.state().resolve("api")));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void theLinesOfTheMultiTaskWorkerRunWhereThereIsOne(int example) throws Exception {
    network(FARM_NET);
    minerIn("storagerepo");

    CliProcess.Running node = start(seed("multi-task-worker-" + example + ".sh"));
    awaitLine(node, node.out(), "serving http://127.0.0.1:");
    awaitLine(
        node,
        node.err(),
        "the miner answers at http://127.0.0.1:"
            + miner.getLocalPort()
            + ", and this host is 127.10.7.5:3456 to it");

    assertFalse(Files.readString(node.err()).contains("jwt"));
    end(node);
  }

  @Test
  void aHostWithTwoFarmAddressesIsAskedWhichOne() throws Exception {
    network(TWO_CARDS);

    CliProcess.Result refused = start(seed("multi-task-worker-1.sh")).await();

    assertEquals(2, refused.status());
    assertTrue(
        refused.err().contains("NETIP has more than one address: 127.10.7.5, 10.8.0.6;"),
        refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
  }

  @Test
  void theLineOfTheSealWorkerRuns() throws Exception {
    minerIn("path");
    String line = seed("seal-worker.sh").replace("ADDRESS", "127.10.9.1:3456");

    CliProcess.Running node = start(line);
    awaitLine(node, node.out(), "serving http://127.0.0.1:");
    awaitLine(node, node.err(), "this host is 127.10.9.1:3456 to it");

    end(node);
  }

  /** A sector begun there waits for a chain; its prover has what the operator exported. */
  @Test
  void proversHaveTheLogSettingsOfTheLine() throws Exception {
    network(FARM_NET);
    CliProcess.Running node = start(seed("multi-task-worker-1.sh"));
    awaitLine(node, node.out(), "serving http://127.0.0.1:");

    CliProcess.Result pledged =
        start("lotus-storage-miner pledge sector --sector-size 2KiB --repo $repo").await();
    assertEquals("s-t01000-1\n", pledged.succeeded().out());
    Path mark = home.resolve("AddPiece.before-work@s-t01000-1");
    CliProcess.await(node.process(), () -> Files.exists(mark));
    long prover = selkie.provers().get(0).pid();
    List<String> environment =
        List.of(Files.readString(Path.of("/proc/" + prover + "/environ")).split("\0"));
    assertTrue(environment.contains("RUST_LOG=info"), environment.toString());
    assertTrue(environment.contains("RUST_BACKTRACE=1"), environment.toString());
    assertTrue(environment.stream().noneMatch(entry -> entry.startsWith("NETIP")));

    Files.delete(mark);
    String status = "lotus-storage-miner sectors status s-t01000-1 --repo $repo";
    CliProcess.await(
        node.process(), () -> start(status).await().out().contains("this node knows no chain"));
    String log = Files.readString(node.err());
    assertTrue(log.contains("s-t01000-1 AddPiece: job begins"), log);
    assertEquals(1, log.split("s-t01000-1 AddPiece: job begins", -1).length - 1, log);
    end(node);
  }
}
