package io.selkie.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Certificates of a farm that a test makes. */
public final class TestCertificates {
  private TestCertificates() {}

  /**
   * Makes those of a host.
   *
   * @param farm a directory, whose authority is made at its first use
   * @param name of a directory in it, for the host's
   * @param address by which it is reached
   */
  public static TlsFiles issue(Path farm, String name, String address) throws IOException {
    Certificates.Authority authority = Certificates.Authority.in(Files.createDirectories(farm));
    if (Files.notExists(authority.key())) {
      Certificates.init(authority, Duration.ofDays(1), Instant.now());
    }
    Certificates.Host host = Certificates.Host.in(Files.createDirectories(farm.resolve(name)));
    Certificates.issue(authority, host, List.of(address), Duration.ofDays(1), Instant.now());
    return new TlsFiles(host.key(), host.certificate(), authority.certificate());
  }

  /** The settings that name them. */
  public static String settings(String path, TlsFiles files) {
    return "%s { enabled = on, key = \"%s\", certificate = \"%s\", authority = \"%s\" }\n"
        .formatted(path, files.key(), files.certificate(), files.authority());
  }
}
