package io.selkie.transfer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.selkie.auth.TlsIdentity;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings {@code selkie.transfer}.
 *
 * @param host and {@code port} are the transfer address, on which a node with served paths receives
 * @param dataPort where chunks are taken there
 * @param serve storage paths into which peers may send
 * @param targets where sealed sectors go; empty: they stay
 * @param rate bytes per second of all transfers together; 0: no limit
 * @param parallel how many sectors are sent at once
 * @param connections how many chunks of a sector are on their way at once
 * @param chunk bytes of a chunk
 * @param firstWait after a trouble; each further one waits twice as long, up to {@code longestWait}
 * @param giveUpAfter how long a place that has a part of a sector is waited for before another is
 *     tried
 * @param stallTimeout the longest silence of a peer
 * @param incoming how many sectors are received at once
 * @param tls who this host is on the transfer address, and to peers; empty: all is in the clear
 */
public record TransferSettings(
    String host,
    int port,
    int dataPort,
    List<Path> serve,
    List<Target> targets,
    long rate,
    int parallel,
    int connections,
    int chunk,
    Duration firstWait,
    Duration longestWait,
    Duration giveUpAfter,
    Duration stallTimeout,
    int incoming,
    Optional<TlsIdentity> tls) {
  private static final int LAST_PORT = 65_535;
  private static final int MOST = 1000;

  /**
   * Checks the numbers; the lists are copied.
   *
   * @throws IllegalArgumentException naming the first that is out of range
   */
  public TransferSettings {
    serve = List.copyOf(serve);
    targets = List.copyOf(targets);
    require(0, port, LAST_PORT, "port");
    require(0, dataPort, LAST_PORT, "data-port");
    require(0, rate, Long.MAX_VALUE, "rate");
    require(1, parallel, MOST, "parallel");
    require(1, connections, MOST, "connections");
    require(1, incoming, MOST, "incoming");
    require(1, firstWait.toMillis(), Long.MAX_VALUE, "first-wait");
    require(1, longestWait.toMillis(), Long.MAX_VALUE, "longest-wait");
    require(1, giveUpAfter.toMillis(), Long.MAX_VALUE, "give-up-after");
    require(1, stallTimeout.toMillis(), Long.MAX_VALUE, "stall-timeout");
  }

  private static void require(long least, long value, long most, String key) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "selkie.transfer." + key + " is " + value + ": use " + least + " to " + most);
    }
  }

  /** Where sealed sectors may go. */
  public sealed interface Target {
    /** As the operator wrote it. */
    String place();
  }

  /** A directory of this host. */
  public record Directory(Path path) implements Target {
    @Override
    public String place() {
      return path.toString();
    }
  }

  /**
   * A node that receives.
   *
   * @param url of its transfer address, such as {@code http://10.0.0.5:4721}
   * @param data where it takes chunks; empty: where it says
   * @param tokenFile with a token of that node; it is read anew for each attempt
   */
  public record Peer(URI url, Path tokenFile, Optional<InetSocketAddress> data) implements Target {
    @Override
    public String place() {
      return url.toString();
    }
  }

  /**
   * Reads the settings from a whole configuration.
   *
   * @throws IllegalArgumentException if one is wrong; one line that names it
   */
  public static TransferSettings of(Config whole) {
    Config config = whole.getConfig("selkie.transfer");
    return new TransferSettings(
        config.getString("host"),
        config.getInt("port"),
        config.getInt("data-port"),
        config.getStringList("serve").stream().map(path -> directory(path, "serve")).toList(),
        targets(whole, config.getList("targets")),
        config.getBytes("rate"),
        config.getInt("parallel"),
        config.getInt("connections"),
        Math.toIntExact(config.getBytes("chunk")),
        config.getDuration("first-wait"),
        config.getDuration("longest-wait"),
        config.getDuration("give-up-after"),
        config.getDuration("stall-timeout"),
        config.getInt("incoming"),
        tls(whole));
  }

  /** Peers with TLS ask who we are. */
  private static Optional<TlsIdentity> tls(Config whole) {
    Optional<TlsIdentity> tls = TlsIdentity.of(whole, "selkie.transfer.tls");
    for (ConfigValue value : whole.getConfig("selkie.transfer").getList("targets")) {
      String url =
          value instanceof ConfigObject peer ? String.valueOf(peer.unwrapped().get("url")) : "";
      if (tls.isEmpty() && url.startsWith("https:")) {
        throw new IllegalArgumentException(
            "selkie.transfer.targets: \""
                + url
                + "\" asks who this host is: turn selkie.transfer.tls.enabled on");
      }
    }
    return tls;
  }

  /** What --sealedrepo names comes first. */
  private static List<Target> targets(Config whole, ConfigList list) {
    List<Target> targets = new ArrayList<>();
    String sealed =
        whole.hasPath("selkie.sealed-repo") ? whole.getString("selkie.sealed-repo") : "";
    if (!sealed.isEmpty()) {
      targets.add(new Directory(Path.of(sealed).toAbsolutePath().normalize()));
    }
    for (ConfigValue value : list) {
      targets.add(
          value instanceof ConfigObject object
              ? peer(object.unwrapped())
              : target(String.valueOf(value.unwrapped())));
    }
    return targets;
  }

  private static Target peer(Map<String, Object> fields) {
    Object url = fields.get("url");
    Object file = fields.get("token-file");
    if (url == null
        || file == null
        || !Set.of("url", "token-file", "data-address").containsAll(fields.keySet())) {
      throw new IllegalArgumentException(
          "selkie.transfer.targets: a peer takes url and token-file, and perhaps data-address");
    }
    return new Peer(
        url(url.toString()),
        directory(file.toString(), "targets token-file"),
        Optional.ofNullable(fields.get("data-address")).map(text -> address(text.toString())));
  }

  private static InetSocketAddress address(String text) {
    URI url = url("http://" + text);
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  private static Target target(String text) {
    if (text.contains("://")) {
      throw new IllegalArgumentException(
          "selkie.transfer.targets: write { url = \"" + text + "\", token-file = FILE }");
    }
    return new Directory(directory(text, "targets"));
  }

  private static URI url(String text) {
    try {
      URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getPath().isEmpty()
          && url.getQuery() == null
          && url.getUserInfo() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw badUrl(text, e);
    }
    throw badUrl(text, null);
  }

  private static IllegalArgumentException badUrl(
      String text, @org.jspecify.annotations.Nullable Exception cause) {
    return new IllegalArgumentException(
        "selkie.transfer.targets: \""
            + text
            + "\" is not like http://HOST:PORT or https://HOST:PORT",
        cause);
  }

  private static Path directory(String text, String key) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "selkie.transfer." + key + ": \"" + text + "\" must begin with /");
    }
    return path.normalize();
  }
}
