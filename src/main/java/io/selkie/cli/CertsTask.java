package io.selkie.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that makes a key and its certificate. */
abstract class CertsTask implements Callable<Integer> {
  private static final int MOST_DAYS = 36_500;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long the certificate is good (default: ${DEFAULT-VALUE}).")
  private int days;

  /** With a certificate that is good for so many days, unless the command line says otherwise. */
  CertsTask(int days) {
    this.days = days;
  }

  /** Makes them; gives their names. */
  abstract String make(Duration life) throws IOException;

  @Override
  public Integer call() {
    return CommandTask.run(
        spec,
        () -> {
          spec.commandLine().getOut().println(make(life()));
          spec.commandLine().getOut().flush();
          return true;
        });
  }

  private Duration life() throws IOException {
    if (days < 1 || days > MOST_DAYS) {
      throw new IOException("--days is " + days + ": use 1 to " + MOST_DAYS);
    }
    return Duration.ofDays(days);
  }
}
