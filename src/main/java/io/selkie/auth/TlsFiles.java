package io.selkie.auth;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Optional;

/**
 * PEM files for connections with TLS, as {@code selkie certs} makes them.
 *
 * @param key of this host
 * @param certificate of this host
 * @param authority that signed the certificates of all hosts
 */
public record TlsFiles(Path key, Path certificate, Path authority) {
  private static final String FARM = "selkie.cluster.tls";

  /**
   * Reads settings with {@code enabled}, {@code key}, {@code certificate} and {@code authority}.
   * What is not given is that of {@code selkie.cluster.tls}.
   *
   * @param config all settings
   * @param path such as {@code selkie.transfer.tls}
   * @return empty if TLS is off
   * @throws IllegalArgumentException if a file is not named; one line
   */
  public static Optional<TlsFiles> of(Config config, String path) {
    return config.getBoolean(path + ".enabled")
        ? Optional.of(
            new TlsFiles(
                required(config, path, "key"),
                required(config, path, "certificate"),
                required(config, path, "authority")))
        : Optional.empty();
  }

  /**
   * One of the files, if it is named, whether TLS is on or off.
   *
   * @param key {@code key}, {@code certificate} or {@code authority}
   */
  public static Optional<Path> file(Config config, String path, String key) {
    String own = config.getString(path + "." + key);
    String text = own.isEmpty() ? config.getString(FARM + "." + key) : own;
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text).toAbsolutePath());
  }

  private static Path required(Config config, String path, String key) {
    return file(config, path, key)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    path
                        + "."
                        + key
                        + " is empty, and so is "
                        + FARM
                        + "."
                        + key
                        + ": give a PEM file, see selkie certs"));
  }
}
