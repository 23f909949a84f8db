package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.storage.SealRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie seal}. */
@Command(
    name = "seal",
    description = {
      "Seal files into a sector, with real proofs, and follow it until it is proven.",
      "Each file becomes one piece. The work is done by the node that runs on the repo, else by one"
          + " that is started for this command. A seal that was interrupted goes on when the same"
          + " command is given again."
    },
    mixinStandardHelpOptions = true)
final class SealCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "The files to seal.")
  @SuppressWarnings("NullAway.Init")
  private List<Path> files;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      description = "2KiB (default), 8MiB, 512MiB, 32GiB or 64GiB.")
  private SectorSize size = SectorSize.KIB_2;

  @Option(
      names = "--no-generate",
      description = "Fail if parameters are missing, instead of generating those of 2KiB.")
  private boolean noGenerate;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  SealCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::seal);
  }

  private boolean seal() throws IOException, InterruptedException {
    SealRequest request = SealRequest.of(files, size);
    SealRecord record = new SealRun(context, node.nodes(context), request).run(!noGenerate);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? record.toJson() : SealTable.of(record));
    out.flush();
    return record.verified().orElse(true);
  }
}
