package io.selkie.cli;

import io.selkie.auth.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code selkie certs init}. */
@Command(
    name = "init",
    description = {
      "Make the authority of a farm: ca.key and ca.crt.",
      "Keep ca.key off the hosts; each of them needs ca.crt."
    },
    mixinStandardHelpOptions = true)
final class CertsInit extends CertsTask {
  private static final int TEN_YEARS = 3650;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the files go (default: here).")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  CertsInit() {
    super(TEN_YEARS);
  }

  @Override
  String make(Duration life) throws IOException {
    Files.createDirectories(directory);
    Certificates.Authority authority = Certificates.Authority.in(directory);
    Certificates.init(authority, life, Clock.systemUTC().instant());
    return authority.key() + " " + authority.certificate();
  }
}
