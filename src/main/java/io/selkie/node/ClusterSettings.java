package io.selkie.node;

import com.typesafe.config.Config;
import io.selkie.lotus.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How this host is part of a farm: {@code selkie.cluster.*}. Without seeds and without discovery it
 * is a cluster of its own.
 *
 * @param address where the other hosts reach this one
 * @param port of that address; 0: any free one
 * @param seeds hosts to join through; the first may begin the cluster
 * @param roles what the host does for the farm
 * @param discovery how hosts are found instead of by seeds
 * @param tls key and certificates between hosts; empty: in the clear
 */
public record ClusterSettings(
    String address,
    int port,
    List<HostPort> seeds,
    Set<String> roles,
    Optional<Discovery> discovery,
    Timing timing,
    Optional<Tls> tls) {
  /** Sectors, their drivers and the one of each kind that the farm has, run on such hosts. */
  static final String COORDINATOR = "coordinator";

  private static final String POST = "post";

  private static final Set<String> ROLES =
      Set.of("sealer", "storage", "commit2", POST, COORDINATOR);
  private static final int MOST_PORT = 65_535;

  /** The copies are sorted. */
  public ClusterSettings {
    seeds = List.copyOf(seeds);
    roles = Set.copyOf(new TreeSet<>(roles));
  }

  /** The ways to find hosts without naming seeds. */
  enum Method {
    /** Hosts are listed in the settings. */
    CONFIG,
    /** A name in the DNS has the addresses of all hosts. */
    DNS,
    /** The API of Kubernetes lists pods. */
    KUBERNETES
  }

  /**
   * Bootstrap by Akka Management.
   *
   * @param service name in the DNS, or of the pods' label {@code app}
   * @param hosts with their management ports, for {@link Method#CONFIG}
   * @param fewest hosts that must be found before a cluster is begun
   * @param port of the management interface of this host
   */
  public record Discovery(
      Method method, String service, List<HostPort> hosts, int fewest, int port) {
    /** The list is copied. */
    public Discovery {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * When a silent host is given up.
   *
   * @param pause longest silence of a host that lives
   * @param stableAfter how long the picture must not change before a divided cluster decides
   */
  public record Timing(Duration pause, Duration stableAfter) {}

  /**
   * Mutual TLS: PEM files, read again when they were changed.
   *
   * @param key of this host
   * @param certificate of this host
   * @param authority that signed the certificates of all hosts
   */
  public record Tls(Path key, Path certificate, Path authority) {}

  /**
   * Reads the settings.
   *
   * @param config all settings
   * @throws IllegalArgumentException if one is wrong; one line that names it
   */
  static ClusterSettings of(Config config) {
    Config cluster = config.getConfig("selkie.cluster");
    Optional<Discovery> discovery = discovery(cluster);
    List<HostPort> seeds = hosts(cluster, "seeds");
    if (discovery.isPresent() && !seeds.isEmpty()) {
      throw new IllegalArgumentException(
          "selkie.cluster.seeds and selkie.cluster.discovery.method are two ways to find hosts:"
              + " use one of them");
    }
    String address = cluster.getString("address");
    if (address.isBlank()) {
      throw new IllegalArgumentException(
          "selkie.cluster.address is empty: give the address at which other hosts reach this one");
    }
    return new ClusterSettings(
        address,
        port(cluster, "port"),
        seeds,
        roles(cluster.getStringList("roles")),
        discovery,
        new Timing(
            Bounds.atLeast(config, "selkie.cluster.pause", Duration.ofSeconds(1)),
            Bounds.atLeast(config, "selkie.cluster.stable-after", Duration.ofSeconds(1))),
        tls(cluster));
  }

  /** Whether this host makes proofs of spacetime. */
  boolean provesSpacetime() {
    return roles.contains(POST);
  }

  /** Whether other hosts may belong to the cluster. */
  boolean isFarm() {
    return !seeds.isEmpty() || discovery.isPresent();
  }

  private static Set<String> roles(List<String> given) {
    for (String role : given) {
      if (!ROLES.contains(role)) {
        throw new IllegalArgumentException(
            "selkie.cluster.roles has '" + role + "': use some of " + new TreeSet<>(ROLES));
      }
    }
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "selkie.cluster.roles is empty: use some of " + new TreeSet<>(ROLES));
    }
    return Set.copyOf(given);
  }

  private static Optional<Discovery> discovery(Config cluster) {
    String word = cluster.getString("discovery.method");
    Method method;
    switch (word) {
      case "none" -> {
        return Optional.empty();
      }
      case "config" -> method = Method.CONFIG;
      case "dns" -> method = Method.DNS;
      case "kubernetes" -> method = Method.KUBERNETES;
      default ->
          throw new IllegalArgumentException(
              "selkie.cluster.discovery.method is '"
                  + word
                  + "': use none, config, dns or kubernetes");
    }
    int fewest = cluster.getInt("discovery.fewest");
    if (fewest < 1) {
      throw new IllegalArgumentException(
          "selkie.cluster.discovery.fewest is " + fewest + ": use 1 or more");
    }
    List<HostPort> hosts = hosts(cluster, "discovery.hosts");
    if (method == Method.CONFIG && hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "selkie.cluster.discovery.hosts is empty: list HOST:PORT of the management interfaces");
    }
    return Optional.of(
        new Discovery(
            method,
            cluster.getString("discovery.service"),
            hosts,
            fewest,
            port(cluster, "discovery.port")));
  }

  private static List<HostPort> hosts(Config cluster, String key) {
    return cluster.getStringList(key).stream().map(text -> hostPort(key, text)).toList();
  }

  private static HostPort hostPort(String key, String text) {
    try {
      HostPort parsed = HostPort.parse(text);
      if (!text.contains(":")) {
        throw new IllegalArgumentException("'" + text + "' has no port");
      }
      return parsed;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("selkie.cluster." + key + ": " + e.getMessage(), e);
    }
  }

  private static int port(Config cluster, String key) {
    int port = cluster.getInt(key);
    if (port < 0 || port > MOST_PORT) {
      throw new IllegalArgumentException(
          "selkie.cluster." + key + " is " + port + ": use 0 to " + MOST_PORT);
    }
    return port;
  }

  private static Optional<Tls> tls(Config cluster) {
    Config tls = cluster.getConfig("tls");
    if (!tls.getBoolean("enabled")) {
      return Optional.empty();
    }
    return Optional.of(new Tls(path(tls, "key"), path(tls, "certificate"), path(tls, "authority")));
  }

  private static Path path(Config tls, String key) {
    String text = tls.getString(key);
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "selkie.cluster.tls." + key + " is empty: give a PEM file, see selkie certs");
    }
    return Path.of(text).toAbsolutePath();
  }
}
