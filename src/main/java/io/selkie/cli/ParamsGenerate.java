package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.params.GenerationResult;
import io.selkie.params.ParameterGenerator;
import io.selkie.params.ParameterSet;
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

/** {@code selkie params generate}. */
@Command(
    name = "generate",
    description = "Generate local parameters, which are not valid on mainnet.",
    mixinStandardHelpOptions = true)
final class ParamsGenerate implements Callable<Integer> {
  private final ParamsContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      required = true,
      description = "2KiB or 8MiB; larger parameters can only be fetched.")
  @SuppressWarnings("NullAway.Init")
  private SectorSize size;

  @Option(names = "--sets", paramLabel = "SET", split = ",", description = ParamsText.SETS)
  private Set<ParameterSet> sets = EnumSet.copyOf(ParameterSet.usual());

  @Option(
      names = "--if-missing",
      description = "Succeed if there is nothing to generate, which else is a failure.")
  private boolean ifMissing;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ParamsGenerate(ParamsContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::generate);
  }

  private boolean generate() throws IOException, InterruptedException {
    ParameterGenerator generator =
        new ParameterGenerator(context.manifest(), context.directory(), context.version());
    GenerationResult result =
        generator.generate(
            size,
            sets,
            (sectorSize, set, directory, progress) ->
                context.generation().get().generate(sectorSize, set, directory, progress),
            context.progress().get());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(ParamsJson.generation(result));
    } else {
      result.report().sets().stream().map(SetCheck::line).forEach(out::println);
    }
    out.flush();
    if (result.generated().isEmpty() && !ifMissing) {
      CommandTask.fail(
          spec, "nothing to generate, all sets are in " + context.directory() + " already");
      return false;
    }
    return true;
  }
}
