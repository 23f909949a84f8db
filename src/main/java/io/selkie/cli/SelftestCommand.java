package io.selkie.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorSize;
import io.selkie.files.FileTree;
import io.selkie.selftest.FullDisk;
import io.selkie.selftest.KillCell;
import io.selkie.selftest.KillInEachPhase;
import io.selkie.selftest.KillMatrix;
import io.selkie.selftest.TransferCell;
import io.selkie.selftest.TransferTrial;
import io.selkie.selftest.Trial;
import io.selkie.selftest.TrialRun;
import io.selkie.selftest.Upgrade;
import io.selkie.selftest.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selkie selftest}. */
@Command(
    name = "selftest",
    description = {
      "Show on this host that no work is lost: nodes of their own are killed and restarted while"
          + " they seal 2 KiB sectors, and every sector must come to its end with each phase"
          + " completed once.",
      "Provers only stand in for proofs, unless --real is given. Nothing of your own nodes is"
          + " touched."
    },
    mixinStandardHelpOptions = true)
final class SelftestCommand implements Callable<Integer> {
  private final CommandContext context;
  private final Choice choice;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--real",
      description =
          "Also seal one sector with real proofs, with a kill in each phase: minutes, and 2.8 GB of"
              + " memory.")
  private boolean real;

  @Option(
      names = "--all",
      description =
          "Every cell of the kill matrix and of transfers; else of what phases share one stands for all.")
  private boolean all;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where the nodes work and what they leave stays (default: a temporary directory, which"
              + " stays if something failed). Must not be there yet.")
  private Optional<Path> directory = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  SelftestCommand(CommandContext context) {
    this(context, SelftestCommand::ofThisHost);
  }

  SelftestCommand(CommandContext context, Choice choice) {
    this.context = context;
    this.choice = choice;
  }

  /** What is done. */
  @FunctionalInterface
  interface Choice {
    List<Trial> trials(boolean all, boolean real);
  }

  private static List<Trial> ofThisHost(boolean all, boolean real) {
    List<Trial> trials = new ArrayList<>();
    trials.add(new KillMatrix(all ? KillCell.all() : KillCell.some()));
    trials.add(new Upgrade(false));
    trials.add(new Upgrade(true));
    trials.add(new TransferTrial(all ? TransferCell.all() : TransferCell.some()));
    trials.add(new FullDisk());
    if (real) {
      trials.add(new KillInEachPhase());
    }
    return trials;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::test);
  }

  private boolean test() throws IOException, InterruptedException {
    context.requireProofs();
    if (real) {
      new PorepParameters(context, context.progress().get()).require(SectorSize.KIB_2);
    }
    Path place = place();
    PrintWriter err = spec.commandLine().getErr();
    List<TrialRun> runs = new ArrayList<>();
    for (Trial trial : choice.trials(all, real)) {
      err.println(trial.name() + ": " + trial.description());
      err.flush();
      runs.add(TrialRun.of(trial, Files.createDirectories(place.resolve(trial.name()))));
    }
    boolean passed = runs.stream().allMatch(run -> run.failures().isEmpty());
    report(runs, passed);
    if (passed && directory.isEmpty()) {
      FileTree.delete(place);
    } else {
      err.println("what the nodes left is in " + place);
      err.flush();
    }
    return passed;
  }

  private Path place() throws IOException {
    if (directory.isEmpty()) {
      return Files.createTempDirectory("selkie-selftest-");
    }
    Path place = directory.get().toAbsolutePath().normalize();
    if (Files.exists(place)) {
      throw new IOException("--dir " + place + " is there already: name a new one");
    }
    return Files.createDirectories(place);
  }

  private void report(List<TrialRun> runs, boolean passed) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(runs, passed));
      out.flush();
      return;
    }
    out.println(table(runs));
    for (TrialRun run : runs) {
      run.failures()
          .forEach(verdict -> out.println(line("failed", run, verdict.cell(), verdict.problem())));
      run.skipped()
          .forEach(verdict -> out.println(line("skipped", run, verdict.cell(), verdict.skipped())));
    }
    out.println(passed ? "all passed" : "not all passed");
    out.flush();
  }

  private static TextTable table(List<TrialRun> runs) {
    TextTable table = new TextTable().row("TRIAL", "CELLS", "PASSED", "SKIPPED", "TIME");
    for (TrialRun run : runs) {
      int failed = run.failures().size();
      int skipped = run.skipped().size();
      table.row(
          run.trial(),
          String.valueOf(run.verdicts().size()),
          String.valueOf(run.verdicts().size() - failed - skipped),
          String.valueOf(skipped),
          String.format(Locale.ROOT, "%.1f s", run.took().toMillis() / 1000.0));
    }
    return table;
  }

  private static String line(String what, TrialRun run, String cell, Optional<String> why) {
    return CommandTask.oneLine(what + ": " + run.trial() + " " + cell + ": " + why.orElse(""));
  }

  private static ObjectNode json(List<TrialRun> runs, boolean passed) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("passed", passed);
    ArrayNode trials = object.putArray("trials");
    for (TrialRun run : runs) {
      ObjectNode trial = trials.addObject();
      trial.put("trial", run.trial());
      trial.put("cells", run.verdicts().size());
      trial.put("seconds", run.took().toMillis() / 1000.0);
      ArrayNode failures = trial.putArray("failures");
      for (Verdict failure : run.failures()) {
        failures
            .addObject()
            .put("cell", failure.cell())
            .put("problem", failure.problem().orElse(""));
      }
      ArrayNode skipped = trial.putArray("skipped");
      for (Verdict left : run.skipped()) {
        skipped.addObject().put("cell", left.cell()).put("reason", left.skipped().orElse(""));
      }
    }
    return object;
  }
}
