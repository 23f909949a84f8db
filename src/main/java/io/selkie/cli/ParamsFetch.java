package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.params.FetchResult;
import io.selkie.params.ParameterFetcher;
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

/** {@code selkie params fetch}. */
@Command(
    name = "fetch",
    description = "Fetch missing production parameters; an interrupted fetch goes on.",
    footer = "The gateway in IPFS_GATEWAY is tried first, then those of selkie.params.gateways.",
    mixinStandardHelpOptions = true)
final class ParamsFetch implements Callable<Integer> {
  private final ParamsContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      required = true,
      description = "2KiB, 8MiB, 512MiB, 32GiB or 64GiB.")
  @SuppressWarnings("NullAway.Init")
  private SectorSize size;

  @Option(names = "--sets", paramLabel = "SET", split = ",", description = ParamsText.SETS)
  private Set<ParameterSet> sets = EnumSet.copyOf(ParameterSet.usual());

  ParamsFetch(ParamsContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::fetch);
  }

  private boolean fetch() throws IOException, InterruptedException {
    FetchResult result =
        new ParameterFetcher(
                context.manifest(), context.directory(), context.fetchSettings().read())
            .fetch(size, sets, context.progress().get());
    PrintWriter out = spec.commandLine().getOut();
    result.report().sets().stream().map(SetCheck::line).forEach(out::println);
    out.println(result.fetched().size() + " files fetched into " + context.directory());
    out.flush();
    return true;
  }
}
