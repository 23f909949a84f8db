package io.selkie.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterReport;
import io.selkie.params.ParameterSet;
import io.selkie.params.ParameterVerifier;
import io.selkie.params.ParameterVerifier.Depth;
import io.selkie.params.SetCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie params verify}. */
@Command(
    name = "verify",
    description = "Tell for each set whether it is production, local, or what is wrong with it.",
    mixinStandardHelpOptions = true)
final class ParamsVerify implements Callable<Integer> {
  private final ParamsContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      defaultValue = "2KiB",
      description = "2KiB, 8MiB, 512MiB, 32GiB or 64GiB (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private SectorSize size;

  @Option(names = "--sets", paramLabel = "SET", split = ",", description = ParamsText.SETS)
  private Set<ParameterSet> sets = EnumSet.copyOf(ParameterSet.usual());

  @Option(names = "--full", description = "Read every file, also those read before.")
  private boolean full;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ParamsVerify(ParamsContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::verify);
  }

  private boolean verify() throws IOException {
    ParameterReport report =
        new ParameterVerifier(context.manifest(), context.directory())
            .verify(size, sets, full ? Depth.FULL : Depth.QUICK, context.progress().get());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = ParamsJson.report(report);
      out.println(object);
    } else {
      report.sets().stream().map(SetCheck::line).forEach(out::println);
    }
    out.flush();
    return report.usable();
  }
}
