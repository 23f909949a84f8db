package io.selkie.farm;

import io.selkie.journal.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of its own for each host, in namespaces of the kernel: a cable for control messages,
 * which can be pulled, and another to the database and to the test, which stays.
 */
final class TestNetwork implements TestFarm.Surroundings, AutoCloseable {
  private static final int DATABASE = 9;
  private static final int TEST = 254;
  private static final int POSTGRES_PORT = 5432;

  private final String name;
  private final int net;
  private final List<String> namespaces = new ArrayList<>();
  private final List<String> cables = new ArrayList<>();
  private PostgresServer postgres;

  private TestNetwork(long pid) {
    this.name = "sk" + pid % 100_000;
    this.net = (int) (pid % 200);
  }

  /** Whether this process may make one. */
  static boolean isPossible() throws InterruptedException {
    try {
      String probe = "skprobe" + ProcessHandle.current().pid() % 100_000;
      run("ip", "netns", "add", probe);
      run("ip", "netns", "del", probe);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes it, with a PostgreSQL in it. */
  static TestNetwork make() throws IOException, InterruptedException {
    TestNetwork network = new TestNetwork(ProcessHandle.current().pid());
    boolean made = false;
    try {
      network.wire();
      network.postgres =
          PostgresServer.start(
              network.data(DATABASE),
              POSTGRES_PORT,
              List.of("ip", "netns", "exec", network.namespace(DATABASE)));
      made = true;
      return network;
    } finally {
      if (!made) {
        network.close();
      }
    }
  }

  PostgresServer postgres() {
    return postgres;
  }

  private void wire() throws IOException, InterruptedException {
    run("ip", "link", "add", bridge("c"), "type", "bridge");
    run("ip", "link", "set", bridge("c"), "up");
    run("ip", "link", "add", bridge("d"), "type", "bridge");
    run("ip", "addr", "add", data(TEST) + "/24", "dev", bridge("d"));
    run("ip", "link", "set", bridge("d"), "up");
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      add(host);
      plug("c", host, address(host));
      plug("d", host, data(host + 1));
    }
    add(DATABASE);
    plug("d", DATABASE, data(DATABASE));
  }

  private void add(int host) throws IOException, InterruptedException {
    run("ip", "netns", "add", namespace(host));
    namespaces.add(namespace(host));
    run("ip", "-n", namespace(host), "link", "set", "lo", "up");
  }

  private void plug(String bridge, int host, String address)
      throws IOException, InterruptedException {
    String inside = "eth" + bridge;
    run(
        "ip",
        "link",
        "add",
        cable(bridge, host),
        "type",
        "veth",
        "peer",
        "name",
        inside,
        "netns",
        namespace(host));
    cables.add(cable(bridge, host));
    run("ip", "link", "set", cable(bridge, host), "master", bridge(bridge));
    run("ip", "link", "set", cable(bridge, host), "up");
    run("ip", "-n", namespace(host), "addr", "add", address + "/24", "dev", inside);
    run("ip", "-n", namespace(host), "link", "set", inside, "up");
  }

  /** Pulls the cable for control messages. */
  void cut(int host) throws IOException, InterruptedException {
    run("ip", "link", "set", cable("c", host), "down");
  }

  /** Plugs it in again. */
  void mend(int host) throws IOException, InterruptedException {
    run("ip", "link", "set", cable("c", host), "up");
  }

  private String bridge(String kind) {
    return name + kind;
  }

  private String cable(String bridge, int host) {
    return name + bridge + host;
  }

  private String namespace(int host) {
    return name + "n" + host;
  }

  private String data(int host) {
    return "10." + (50 + net) + ".2." + host;
  }

  @Override
  public String address(int host) {
    return "10." + (50 + net) + ".1." + (host + 1);
  }

  @Override
  public String apiAddress(int host) {
    return data(host + 1);
  }

  @Override
  public List<String> before(int host) {
    return List.of("ip", "netns", "exec", namespace(host));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (postgres != null) {
      postgres.close();
    }
    for (String cable : cables) { // the kernel takes its time with what is in a namespace
      run("ip", "link", "del", cable);
    }
    for (String namespace : namespaces) {
      run("ip", "netns", "del", namespace);
    }
    for (String kind : List.of("c", "d")) {
      run("ip", "link", "del", bridge(kind));
    }
  }
}
