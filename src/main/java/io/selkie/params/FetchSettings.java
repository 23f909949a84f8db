package io.selkie.params;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How parameters are fetched: {@code selkie.params} of the configuration.
 *
 * @param gateways in the order in which they are tried, each once
 * @param connectTimeout for one connection
 * @param stallTimeout longest wait for an answer, and for the next bytes of it
 * @param attempts how often a gateway is asked in a row without a new byte
 * @param maxWait longest wait between two attempts; a gateway that asks for more is left
 * @param maxFileBytes size above which an answer is not a parameter file
 */
public record FetchSettings(
    List<Gateway> gateways,
    Duration connectTimeout,
    Duration stallTimeout,
    int attempts,
    Duration maxWait,
    long maxFileBytes) {
  /** The environment variable that names the gateway to try first, as for Lotus. */
  public static final String VARIABLE = "IPFS_GATEWAY";

  /** Refuses settings without a gateway or an attempt. */
  public FetchSettings {
    gateways = List.copyOf(gateways);
    if (gateways.isEmpty()) {
      throw new IllegalArgumentException("selkie.params.gateways is empty");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("selkie.params.attempts must be at least 1");
    }
  }

  /**
   * Reads the settings.
   *
   * @param environment {@value #VARIABLE}, if set and not empty, goes before the configured list
   * @param config a configuration with the block {@code selkie.params}
   * @throws ParameterException with one line that names what is wrong
   */
  public static FetchSettings from(Map<String, String> environment, Config config)
      throws ParameterException {
    String first = environment.getOrDefault(VARIABLE, "").strip();
    try {
      Config params = config.getConfig("selkie.params");
      Set<Gateway> gateways = new LinkedHashSet<>();
      if (!first.isEmpty()) {
        gateways.add(gateway(VARIABLE, first));
      }
      for (String base : params.getStringList("gateways")) {
        gateways.add(gateway("selkie.params.gateways", base));
      }
      return new FetchSettings(
          List.copyOf(gateways),
          params.getDuration("connect-timeout"),
          params.getDuration("stall-timeout"),
          params.getInt("attempts"),
          params.getDuration("max-wait"),
          params.getBytes("max-file-size"));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new ParameterException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Gateway gateway(String where, String base) {
    try {
      return new Gateway(base);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }
}
