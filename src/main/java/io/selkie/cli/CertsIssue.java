package io.selkie.cli;

import io.selkie.auth.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selkie certs issue}. */
@Command(
    name = "issue",
    description = {
      "Make key and certificate of a host, tls.key and tls.crt, in a directory that has its first"
          + " name.",
      "Copy them to the host with ca.crt, and name the three by selkie.cluster.tls."
    },
    mixinStandardHelpOptions = true)
final class CertsIssue extends CertsTask {
  private static final int TWO_YEARS = 730;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the authority's files are (default: here).")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "Names and addresses at which other hosts reach this one.")
  private List<String> names = new ArrayList<>();

  CertsIssue() {
    super(TWO_YEARS);
  }

  @Override
  String make(Duration life) throws IOException {
    Certificates.Authority authority = Certificates.Authority.in(directory);
    if (!Files.exists(authority.key())) {
      throw new IOException(
          "there is no authority in " + directory + ": make one with: selkie certs init");
    }
    if (names.get(0).contains("/")) {
      throw new IOException("'" + names.get(0) + "' is neither a host name nor an address");
    }
    Path own = directory.resolve(names.get(0));
    Files.createDirectories(own);
    Certificates.Host host = Certificates.Host.in(own);
    Certificates.issue(authority, host, names, life, Clock.systemUTC().instant());
    return host.key() + " " + host.certificate();
  }
}
