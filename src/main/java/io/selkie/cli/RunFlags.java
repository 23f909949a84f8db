package io.selkie.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The flags of a worker: those of the multi-task worker (seed 000) and those of the seal worker
 * (seed 001). Before or after {@code run}. What is not given is empty: a setting counts then.
 */
final class RunFlags {
  @Option(
      names = "--repo",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "Where sectors are worked on (default: ~/.selkie); made if it is not there.")
  Optional<Path> repo = Optional.empty();

  @Option(
      names = "--storagerepo",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = {
        "The miner's directory, with its files api and token (default: LOTUS_MINER_PATH,"
            + " LOTUS_STORAGE_PATH, ~/.lotusstorage if it is there, ~/.lotusminer)."
      })
  Optional<Path> storageRepo = Optional.empty();

  @Option(
      names = "--sealedrepo",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = {
        "Where sealed sectors are moved to; made if it is not there. The same as --repo only with"
            + " --cache-mode=1."
      })
  Optional<Path> sealedRepo = Optional.empty();

  @Option(
      names = "--max-tasks",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "Tasks that run at once on this host, over all phases (default: 1).")
  Optional<Integer> maxTasks = Optional.empty();

  @Option(
      names = "--cache-mode",
      scope = ScopeType.INHERIT,
      paramLabel = "0|1",
      description = {
        "0: local disk, sealed sectors are moved (default). 1: shared directory, nothing is moved."
      })
  Optional<Integer> cacheMode = Optional.empty();

  @Option(
      names = "--transfer-buffer",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = {
        "Sealed sectors that may wait for their move, besides those of --max-tasks (default: 1)."
      })
  Optional<Integer> transferBuffer = Optional.empty();

  @Option(
      names = "--parallel-addpiece",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "AddPiece tasks at once; 0: this host does none (default: 1).")
  Optional<Integer> addPiece = Optional.empty();

  @Option(
      names = "--parallel-precommit1",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "PreCommit1 tasks at once; 0: none (default: 1).")
  Optional<Integer> preCommit1 = Optional.empty();

  @Option(
      names = "--parallel-precommit2",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "PreCommit2 tasks at once; 0: none (default: 1).")
  Optional<Integer> preCommit2 = Optional.empty();

  @Option(
      names = "--parallel-commit1",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "Commit1 tasks at once; 0: none (default: 1).")
  Optional<Integer> commit1 = Optional.empty();

  @Option(
      names = "--parallel-commit2",
      scope = ScopeType.INHERIT,
      paramLabel = "N",
      description = "Commit2 tasks at once; 0: none (default: 1).")
  Optional<Integer> commit2 = Optional.empty();

  @Option(
      names = "--workerrepo",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "The older name of --repo. It goes with --address and task types.")
  Optional<Path> workerRepo = Optional.empty();

  @Option(
      names = "--enable-gpu-proving",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Whether proof processes may use a GPU (default: true).")
  Optional<Boolean> gpu = Optional.empty();

  @Option(
      names = "--address",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = {
        "Where the miner reaches this host (default: NETIP, else the local address of the route to"
            + " the miner; port 3456)."
      })
  Optional<String> address = Optional.empty();

  @Option(
      names = "--no-local-storage",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Keep no sectors in the repo. It goes with --address and task types.")
  Optional<Boolean> noLocalStorage = Optional.empty();

  @Option(
      names = "--precommit1",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Task type: AddPiece and PreCommit1, one at once each.")
  Optional<Boolean> doPreCommit1 = Optional.empty();

  @Option(
      names = "--precommit2",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Task type: PreCommit2, one at once.")
  Optional<Boolean> doPreCommit2 = Optional.empty();

  @Option(
      names = "--commit",
      scope = ScopeType.INHERIT,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Task type: Commit2, one at once.")
  Optional<Boolean> doCommit = Optional.empty();

  @Option(
      names = "--chain",
      scope = ScopeType.INHERIT,
      paramLabel = "none|dev",
      description = {
        "none (default): sectors begun here wait before PreCommit1. dev: a development chain in"
            + " this node, whose seals count nowhere else."
      })
  Optional<String> chain = Optional.empty();

  @Option(
      names = "--api-port",
      scope = ScopeType.INHERIT,
      paramLabel = "PORT",
      description = "Port of the management interface, 0: any free one (default: 4720).")
  Optional<Integer> apiPort = Optional.empty();
}
