package io.selkie.cli;

import io.selkie.auth.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie certs init}. */
@Command(
    name = "init",
    description = {
      "Make the authority of a farm: ca.key and ca.crt.",
      "Keep ca.key off the hosts; each of them needs ca.crt."
    },
    mixinStandardHelpOptions = true)
final class CertsInit implements Callable<Integer> {
  private static final int TEN_YEARS = 3650;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the files go (default: here).")
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long the certificate is good (default: ${DEFAULT-VALUE}).")
  private int days = TEN_YEARS;

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::init);
  }

  private boolean init() throws IOException {
    Files.createDirectories(directory);
    Certificates.Authority authority = Certificates.Authority.in(directory);
    Certificates.init(authority, CertsIssue.life(days), Clock.systemUTC().instant());
    spec.commandLine().getOut().println(authority.key() + " " + authority.certificate());
    spec.commandLine().getOut().flush();
    return true;
  }
}
