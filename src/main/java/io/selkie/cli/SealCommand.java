package io.selkie.cli;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.storage.SealRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie seal}. */
@Command(
    name = "seal",
    description = {
      "Seal files into a sector, with real proofs.",
      "Each file becomes one piece. A seal that was interrupted goes on when the same command is"
          + " given again."
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

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where sectors lie (default: ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

  @Option(
      names = "--sector-size",
      paramLabel = "SIZE",
      description = "2KiB (default), 8MiB, 512MiB, 32GiB or 64GiB.")
  private SectorSize size = SectorSize.KIB_2;

  @Option(names = "--miner", paramLabel = "ID", description = "The miner (default: t01000).")
  private MinerId miner = new MinerId(1000);

  @Option(
      names = "--ticket",
      paramLabel = "HEX",
      description = "Randomness of PreCommit1, 64 hex digits (default: random).")
  private Optional<Ticket> ticket = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "HEX",
      description = "Randomness of Commit1, 64 hex digits (default: random).")
  private Optional<Seed> seed = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "PHASE",
      description = {
        "Stop after addpiece, precommit1, precommit2, commit1, commit2 or finalize (default).",
        "Up to commit1 no parameters are needed."
      })
  private Phase until = Phase.FINALIZE;

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
    SealRequest request =
        SealRequest.of(files, context.repo(repo), size, miner, ticket, seed, until, !noGenerate);
    SealRecord record = new SealRun(context, request).run();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? record.toJson() : SealTable.of(record));
    out.flush();
    return record.verified().orElse(true);
  }
}
