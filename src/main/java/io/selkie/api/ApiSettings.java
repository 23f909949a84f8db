package io.selkie.api;

import com.typesafe.config.Config;
import io.selkie.auth.TlsIdentity;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings {@code selkie.api}.
 *
 * @param port 0: any free one
 * @param answerTimeout how long the node may take for an operation
 * @param stallTimeout how long an upload, or a download of data, may pause
 * @param requestTimeout how long a connection may be without a call, and a request's head take
 * @param idleTimeout how long a call may be silent, unsealing included
 * @param heartbeat how often an event stream without events says that it lives
 * @param maxUnseals how many downloads of data may be under way, unsealing included
 * @param maxUploads how many uploads may be under way
 * @param tls who this host is to callers, who show no certificate; empty: in the clear
 */
public record ApiSettings(
    String host,
    int port,
    Duration answerTimeout,
    Duration stallTimeout,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration heartbeat,
    int maxUnseals,
    int maxUploads,
    Optional<TlsIdentity> tls) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if one is out of bounds; one line
   */
  public static ApiSettings of(Config config) {
    Config api = config.getConfig("selkie.api");
    int port = api.getInt("port");
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("selkie.api.port is " + port + ": use 0 to " + MAX_PORT);
    }
    return new ApiSettings(
        api.getString("host"),
        port,
        positive(api, "answer-timeout"),
        positive(api, "stall-timeout"),
        positive(api, "request-timeout"),
        positive(api, "idle-timeout"),
        positive(api, "heartbeat"),
        atLeastOne(api, "max-unseals"),
        atLeastOne(api, "max-uploads"),
        TlsIdentity.of(config, "selkie.api.tls"));
  }

  private static int atLeastOne(Config api, String key) {
    int value = api.getInt(key);
    if (value < 1) {
      throw new IllegalArgumentException("selkie.api." + key + " must be 1 or more");
    }
    return value;
  }

  private static Duration positive(Config api, String key) {
    Duration value = api.getDuration(key);
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("selkie.api." + key + " must be above 0");
    }
    return value;
  }
}
