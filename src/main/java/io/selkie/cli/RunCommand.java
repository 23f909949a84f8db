package io.selkie.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code selkie run}, and the {@code run} of {@code lotus-seal-worker}. */
@Command(
    name = "run",
    description = {
      "Run a sealing node until Ctrl-C or SIGTERM. Provers outlive it: what runs when it ends goes"
          + " on, and the next node of the repo takes it over.",
      "",
      "The flags are those of the multi-task worker (--max-tasks, --parallel-...) or those of the"
          + " seal worker, which hold as soon as one of --workerrepo, --address, --precommit1,"
          + " --precommit2, --commit, --no-local-storage is given: then --address and at least one"
          + " of the three task types are required, Commit1 is offered, and the other phases are"
          + " off.",
      ""
    },
    footer = {
      "",
      "Environment: NETIP names the address of a host that has several; RUST_LOG and RUST_BACKTRACE"
          + " reach the proofs library; SELKIE_MAX_TASKS and the like stand for the settings of"
          + " conf/selkie.conf. A flag counts more than the environment, and that more than the"
          + " file.",
      "",
      "Example, for 1 TiB of memory and 8 TB of disk:",
      "  selkie run --repo=/ssd --storagerepo=/miner --sealedrepo=/store --max-tasks=14"
          + " --parallel-addpiece=14 --parallel-precommit1=14 --parallel-commit1=14"
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final List<String> WORKER_PATHS = List.of("LOTUS_WORKER_PATH", "WORKER_PATH");

  private final CommandContext context;
  private final RunFlags flags;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private RunCommand(CommandContext context, RunFlags flags) {
    this.context = context;
    this.flags = flags;
  }

  /** With its flags behind its name. */
  static CommandLine create(CommandContext context) {
    RunFlags flags = new RunFlags();
    CommandLine command = new CommandLine(new RunCommand(context, flags));
    command.getCommandSpec().addMixin("flags", CommandSpec.forAnnotatedObject(flags));
    return command;
  }

  /** Whose flags the command above it takes, before or behind this one's name. */
  static CommandLine below(CommandContext context, RunFlags flags) {
    return new CommandLine(new RunCommand(context, flags));
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::serve);
  }

  private boolean serve() throws IOException {
    Config config = config();
    Path repo = repo(config);
    directories(config, repo);
    context.requireProofs();
    if (flags.doCommit.orElse(false) && !context.standsIn()) {
      CommitParameters.require(
              context.manifest(),
              context.parameters(),
              EnumSet.allOf(SectorSize.class),
              context.progress().get())
          .forEach(this::warn);
    }
    EnvironmentSettings.unknown(context.environment(), ConfigFactory.defaultReference())
        .forEach(name -> warn(name + " is set, but there is no such setting"));
    NodeLauncher.Order order = new NodeLauncher.Order(repo, context.environment(), config);
    try (NodeLauncher.Running node = context.launcher().start(order)) {
      tell(repo, node);
      node.awaitStopped();
      if (node.refusal().isPresent()) {
        throw new IOException(node.refusal().get());
      }
      if (node.isLost()) {
        // Not 0: systemd is to start it again, and then it joins.
        throw new IOException(
            "this host was cut off from the others of its farm, which go on without it: start it"
                + " again; provers went on");
      }
    } catch (InterruptedException e) {
      // Ctrl-C or SIGTERM: how this command is meant to end. The node was closed above.
      return true;
    }
    return true;
  }

  private void warn(String line) {
    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + CommandTask.oneLine(line));
    spec.commandLine().getErr().flush();
  }

  /** Each side of {@code run} is parsed by a command of its own: neither sees the other's flags. */
  private void requireOnce() {
    CommandSpec above = spec.parent();
    if (above == null) {
      return;
    }
    for (OptionSpec option : above.commandLine().getParseResult().matchedOptions()) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option.longestName())) {
        throw new ParameterException(
            spec.commandLine(),
            option.longestName() + " stands before and behind run: give it once");
      }
    }
  }

  private Config config() throws IOException {
    requireOnce();
    Config settings = context.settings().read();
    try {
      return RunPlan.of(flags, settings, context.environment());
    } catch (ConfigException e) {
      throw Settings.refusal(e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The setting, which the flag stands above; else where Lotus's worker has its repo. */
  private Path repo(Config config) throws IOException {
    Map<String, String> environment = context.environment();
    Optional<Path> named =
        WORKER_PATHS.stream()
            .map(name -> environment.getOrDefault(name, ""))
            .filter(path -> !path.isBlank())
            .findFirst()
            .map(Path::of);
    String set = config.getString(RunPlan.REPO);
    return context.repo(set.isEmpty() ? named : Optional.of(Path.of(set)));
  }

  private void directories(Config config, Path repo) throws IOException {
    String repoFlag = flags.workerRepo.isPresent() ? "--workerrepo" : "--repo";
    RunDirectories.require(repoFlag, repo);
    String set = config.getString(RunPlan.SEALED_REPO);
    if (set.isEmpty()) {
      return;
    }
    Path sealed = Path.of(set).toAbsolutePath();
    RunDirectories.require("--sealedrepo", sealed);
    if (config.getInt(RunPlan.CACHE_MODE) == 0 && RunDirectories.overlap(sealed, repo)) {
      throw new ParameterException(
          spec.commandLine(),
          Files.isSameFile(sealed, repo)
              ? RunPlan.sameDirectory(repoFlag)
              : RunPlan.nestedDirectories(repoFlag));
    }
  }

  private void tell(Path repo, NodeLauncher.Running node) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("serving " + NodeAddress.base(node.api().toString()) + " for " + repo);
    out.println("  selkie sectors list --repo " + repo);
    out.println("Ctrl-C ends it");
    out.flush();
  }
}
