package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.auth.Certificates;
import io.selkie.auth.TlsIdentity;
import io.selkie.journal.PostgresServer;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * Three hosts, each a process with a repo and a state of its own; one PostgreSQL. Provers only
 * stand in for proofs.
 */
public final class TestFarm implements AutoCloseable {
  public static final int HOSTS = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LOG_END = 6000;

  /** What the host says on which the scheduler begins to run. */
  private static final String SCHEDULER = "the scheduler of the farm runs here";

  private final Path directory;
  private final Surroundings surroundings;
  private final PostgresServer postgres;
  private final String database;
  private final int port;
  private final Map<String, String> extra = new TreeMap<>();
  private final Map<Integer, Map<String, String>> own = new TreeMap<>();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<String> environment = new ArrayList<>();
  private boolean secured;
  private boolean discovered;
  private boolean storing;
  private boolean patient;

  /** Where hosts are. */
  interface Surroundings {
    /** For control messages. */
    String address(int host);

    /** For its API. */
    String apiAddress(int host);

    /** Words in front of the command of a host. */
    List<String> before(int host);
  }

  /** Addresses of this machine's loopback. */
  private static final Surroundings LOOPBACK =
      new Surroundings() {
        @Override
        public String address(int host) {
          return "127.0.0." + (host + 1);
        }

        @Override
        public String apiAddress(int host) {
          return "127.0.0.1";
        }

        @Override
        public List<String> before(int host) {
          return List.of();
        }
      };

  private TestFarm(Path directory, Surroundings surroundings, PostgresServer postgres, int port)
      throws Exception {
    this.directory = directory;
    this.surroundings = surroundings;
    this.postgres = postgres;
    this.database = postgres.create("selkie");
    this.port = port;
  }

  /** On loopback; the database runs, and no host yet. */
  public static TestFarm in(Path directory) throws Exception {
    return new TestFarm(directory, LOOPBACK, PostgresServer.start(), freePort());
  }

  /** In a network of its own. */
  static TestFarm in(Path directory, Surroundings surroundings, PostgresServer postgres)
      throws Exception {
    return new TestFarm(directory, surroundings, postgres, 25_520);
  }

  /** Hosts speak TLS, each with a certificate of its own. */
  public TestFarm secured() throws Exception {
    Certificates.Authority authority = Certificates.Authority.in(directory);
    Certificates.init(authority, Duration.ofDays(1), Instant.now());
    for (int host = 0; host < HOSTS; host++) {
      Files.createDirectories(home(host));
      Certificates.issue(
          authority,
          Certificates.Host.in(home(host)),
          List.of(address(host)),
          Duration.ofDays(1),
          Instant.now());
    }
    secured = true;
    return this;
  }

  /** Hosts find each other by the bootstrap of Akka Management. */
  public TestFarm discovered() {
    discovered = true;
    return this;
  }

  /** Each host has a directory for sealed sectors, and moves them there. */
  public TestFarm storing() {
    storing = true;
    return this;
  }

  /** Hosts are given up, and things said again, when they are by default, and not sooner. */
  TestFarm patient() {
    patient = true;
    return this;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where a host tells who belongs to the farm, if it was {@link #discovered}. */
  String discovery(int host) {
    return address(host) + ":" + (port + 1);
  }

  String address(int host) {
    return surroundings.address(host);
  }

  /** A setting of all hosts that are started from now on. */
  public TestFarm set(String key, String value) {
    extra.put(key, value);
    return this;
  }

  /** Of the process of hosts that are started from now on. */
  TestFarm environment(String name, String value) {
    environment.add(name + "=" + value);
    return this;
  }

  /** A setting of one host from its next start on. */
  TestFarm set(int host, String key, String value) {
    own.computeIfAbsent(host, none -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** A setting of hosts that start now, as a number. */
  int number(int host, String key) throws IOException {
    return Integer.parseInt(settings(host).getOrDefault(key, "0"));
  }

  /** Starts all hosts, the first before the others: it begins the farm. */
  public TestFarm startAll() throws Exception {
    boolean started = false;
    try {
      for (int host = 0; host < HOSTS; host++) {
        start(host);
      }
      for (int host = 0; host < HOSTS; host++) {
        awaitReady(host);
      }
      started = true;
      return this;
    } finally {
      if (!started) {
        close(); // nobody else would
      }
    }
  }

  /** Starts a host, for the first time or again. */
  public void start(int host) throws Exception {
    Path home = Files.createDirectories(home(host));
    List<String> before = new ArrayList<>(surroundings.before(host));
    if (!environment.isEmpty()) {
      before.add("env");
      before.addAll(environment);
    }
    NodeProcess node =
        NodeProcess.start(before, home.resolve("repo"), home.resolve("state"), settings(host));
    if (host < nodes.size()) {
      nodes.set(host, node);
    } else {
      nodes.add(node);
    }
  }

  private Map<String, String> settings(int host) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.database.url", database);
    settings.put("selkie.database.user", postgres.user());
    settings.put("selkie.cluster.address", address(host));
    settings.put("selkie.transfer.host", address(host));
    settings.put("selkie.transfer.port", "0"); // other farms may run beside
    settings.put("selkie.transfer.data-port", "0");
    settings.put("selkie.cluster.port", String.valueOf(port));
    if (discovered) {
      settings.put("selkie.cluster.discovery.method", "config");
      settings.put("selkie.cluster.discovery.port", String.valueOf(port + 1));
    }
    for (int other = 0; other < HOSTS; other++) {
      settings.put(
          (discovered ? "selkie.cluster.discovery.hosts." : "selkie.cluster.seeds.") + other,
          address(other) + ":" + (discovered ? port + 1 : port));
    }
    settings.put("SELKIE_LOG", "info");
    settings.put(
        "logback.configurationFile",
        Path.of("src/main/resources/logback.xml").toAbsolutePath().toString());
    if (storing) {
      settings.put("selkie.transfer.targets.0", Files.createDirectories(store(host)).toString());
    }
    if (!patient) {
      settings.put("selkie.cluster.pause", "2 s");
      settings.put("selkie.cluster.stable-after", "3 s");
      settings.put("selkie.database.lease.timeout", "4 s");
      settings.put("selkie.database.lease.renewal", "1 s");
      settings.put("akka.cluster.seed-node-timeout", "2 s");
      settings.put("selkie.sealing.task-repeat", "2 s");
      settings.put("selkie.sector.repeat", "1 s");
    }
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", marks().toString());
    settings.put("selkie.api.host", surroundings.apiAddress(host));
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.max-tasks", "20");
    settings.put("selkie.transfer-buffer", "100");
    settings.put("selkie.memory", "100 TiB");
    settings.put("selkie.gpu.cpu-leases", "20");
    for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + phase, "20");
    }
    if (secured) {
      Certificates.Host files = Certificates.Host.in(home(host));
      settings.put("selkie.cluster.tls.enabled", "on");
      settings.put("selkie.api.tls.enabled", "on");
      settings.put("selkie.transfer.tls.enabled", "on");
      settings.put("selkie.cluster.tls.key", files.key().toString());
      settings.put("selkie.cluster.tls.certificate", files.certificate().toString());
      settings.put(
          "selkie.cluster.tls.authority",
          Certificates.Authority.in(directory).certificate().toString());
    }
    settings.putAll(extra);
    settings.putAll(own.getOrDefault(host, Map.of()));
    return settings;
  }

  /** Where whatever holds at a fail point leaves its mark. */
  public Path marks() throws IOException {
    return Files.createDirectories(directory.resolve("marks"));
  }

  /** The directory of a host: its repo, its state, its logs. */
  public Path home(int host) {
    return directory.resolve("host-" + host);
  }

  public Path repo(int host) {
    return home(host).resolve("repo");
  }

  /** Where sealed sectors go, of a farm that is {@link #storing}. */
  Path store(int host) {
    return home(host).resolve("store");
  }

  public Path state(int host) {
    return home(host).resolve("state");
  }

  /** The identity of a host that has started once. */
  public String id(int host) throws IOException {
    return Files.readString(state(host).resolve("host-id")).strip();
  }

  public NodeProcess node(int host) {
    return nodes.get(host);
  }

  public NodeCalls calls(int host) throws IOException {
    return NodeCalls.to(
        state(host),
        secured
            ? Optional.of(
                TlsIdentity.ofCaller(
                    Certificates.Authority.in(directory).certificate(), Optional.empty()))
            : Optional.empty());
  }

  public PostgresServer postgres() {
    return postgres;
  }

  /** The URL of the farm's database. */
  public String database() {
    return database;
  }

  /** The host on which the scheduler runs: of those that live, the one that said so last. */
  int schedulerHost() throws IOException {
    int found = -1;
    String last = "";
    for (int host = 0; host < nodes.size(); host++) {
      if (nodes.get(host).isAlive()) {
        for (String line : nodes.get(host).log().lines().toList()) {
          if (line.contains(SCHEDULER) && line.compareTo(last) > 0) {
            found = host;
            last = line; // it begins with the time
          }
        }
      }
    }
    return found;
  }

  /** All sectors of the farm, as a host lists them. */
  List<String> sectors(int at) throws Exception {
    return List.copyOf(calls(at).driverStates().keySet());
  }

  public void awaitReady(int host) throws Exception {
    await(
        "host " + host + " to be ready",
        () -> calls(host).send("GET", "/ready", "").join().statusCode() == 200);
  }

  /** Pledges a sector at a host, until it is taken. */
  public String pledge(int host) throws Exception {
    UUID request = UUID.randomUUID();
    List<HttpResponse<String>> answers = new ArrayList<>();
    await(
        "a sector to be begun",
        () -> {
          answers.add(calls(host).pledge(request).join());
          return answers.get(answers.size() - 1).statusCode() < 300;
        });
    return answers.get(answers.size() - 1).body().replaceAll(".*\"(s-[^\"]*)\".*", "$1");
  }

  public JsonNode sector(int at, String name) throws Exception {
    return calls(at).get("/sectors/" + name);
  }

  /** Waits until a sector is proven, as a host sees it. */
  public void awaitProving(int at, String name) throws Exception {
    await(
        name + " to be proven",
        () -> "Proving".equals(sector(at, name).path("sealing").path("state").asText()));
  }

  /** Waits until something holds; what fails meanwhile is tried again. */
  public void await(String what, Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    String last = "";
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
        last = "it does not hold";
      } catch (Exception e) {
        last = e.toString(); // a host that is down, an answer that is late
      }
      if (Instant.now().isAfter(end)) {
        StringBuilder logs = new StringBuilder();
        for (int host = 0; host < nodes.size(); host++) {
          logs.append("\nhost ").append(host).append(found(nodes.get(host)));
        }
        fail("waited in vain for " + what + ": " + last + logs);
      }
      Thread.sleep(50);
    }
  }

  /** What whoever has to find out would look for. */
  private static String found(NodeProcess node) throws IOException {
    String log = node.log();
    String end = log.substring(Math.max(0, log.length() - LOG_END));
    if (!node.isAlive()) {
      return " has ended:\n" + end;
    }
    Path jstack = Path.of(System.getProperty("java.home"), "bin", "jstack");
    Process dump =
        new ProcessBuilder(jstack.toString(), String.valueOf(node.pid()))
            .redirectErrorStream(true)
            .start();
    return " lives:\n"
        + end
        + new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws Exception {
    for (NodeProcess node : nodes) {
      node.close();
    }
    postgres.close();
  }
}
