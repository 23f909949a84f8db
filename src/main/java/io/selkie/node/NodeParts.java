package io.selkie.node;

import io.selkie.auth.Tickets;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.chain.Chain;
import io.selkie.chain.DevChain;
import io.selkie.chain.DevChainSettings;
import io.selkie.chain.NoChain;
import io.selkie.journal.Database;
import io.selkie.proofs.InProcessJobs;
import io.selkie.proofs.NativeProofs;
import io.selkie.proofs.NodeJobs;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsLibrary;
import io.selkie.proofs.ProverProofs;
import io.selkie.proofs.ProverSettings;
import io.selkie.scheduler.HostId;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.SpaceGauge;
import io.selkie.storage.StateDirectory;
import io.selkie.storage.StoragePaths;
import io.selkie.transfer.FileDigest;
import io.selkie.transfer.InputClient;
import io.selkie.worker.Device;
import io.selkie.worker.Devices;
import io.selkie.worker.FetchedInputs;
import io.selkie.worker.HostFitness;
import io.selkie.worker.HostLedger;
import io.selkie.worker.Jobs;
import io.selkie.worker.LeaseFiles;
import io.selkie.worker.ProgressBoard;
import io.selkie.worker.ProverTaskRunner;
import io.selkie.worker.Worker;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node is made of besides its actors.
 *
 * @param local proofs for what is short
 * @param provers proofs that somebody waits for, in processes that end with the node and give way
 *     to nobody
 * @param paths of this host, and {@code places} of sectors on them
 * @param runs where provers work: in those jobs, or in this process
 * @param worker what tasks run with
 * @param ledger what this host has admitted, which is among those
 * @param identity of this host to the others of its farm; empty: they speak in the clear
 * @param tokens that this host takes
 * @param tickets by which hosts of its farm let each other in; empty: it has none
 * @param missing brings files of workers that are not of the farm, once there are such
 * @param blocking threads for whatever blocks
 */
record NodeParts(
    HostId host,
    Database database,
    Proofs local,
    ProverProofs provers,
    StoragePaths paths,
    HostPlaces places,
    NodeJobs jobs,
    Jobs runs,
    Worker.Parts worker,
    HostLedger ledger,
    ProgressBoard progress,
    Chain chain,
    Optional<TlsIdentity> identity,
    Tokens tokens,
    Optional<Tickets> tickets,
    LaterFiles missing,
    ExecutorService blocking) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeParts.class);

  /** Of the 10 to 50 MB that a Commit2 reads: who takes longer is asked again. */
  private static final Duration FETCH = Duration.ofMinutes(15);

  /**
   * Opens the parts that the settings ask for.
   *
   * @throws IOException if one cannot be had; one line
   */
  static NodeParts open(
      NodeSettings settings, HostId host, Database database, ExecutorService blocking)
      throws IOException {
    StateDirectory state = settings.state();
    ProofsLibrary library = ProofsLibrary.find(settings.config());
    ProverSettings provers = provers(settings, library);
    Proofs local =
        settings.test().standInProofs() ? new ProverProofs(provers) : NativeProofs.load(library);
    StoragePaths paths = StoragePaths.open(settings.storage().paths(settings.repo(), state));
    HostPlaces places = new HostPlaces(paths, settings.storage().shared(), host.toString());
    NodeJobs jobs = new NodeJobs(provers, settings.inProcess() ? 0 : settings.idleProvers());
    Jobs runs = Jobs.of(jobs);
    HostFitness fitness = HostFitness.of(library.prover(), state.jobs());
    if (settings.inProcess() && local instanceof NativeProofs here) {
      LOG.warn(
          "phases run in the node itself (selkie.prover.executor = in-process): none outlives it,"
              + " and none can be aborted before its end");
      InProcessJobs own = new InProcessJobs(here, Clock.systemUTC());
      runs = Jobs.inProcess(own, runs);
      fitness = own::problem;
    }
    List<Device> devices =
        Devices.find(settings.host().gpu(), settings.host().cpuLeases(), System.getenv());
    HostLedger ledger =
        HostLedger.open(
            state.admitted(),
            new SpaceGauge(places, state.jobs()),
            settings.host().limits(devices),
            () -> settings.sendsAway(paths),
            fitness);
    Optional<TokenSecret> farm = TokenSecrets.ofFarm(settings.config(), database);
    Optional<Tickets> tickets =
        farm.map(secret -> new Tickets(secret, host.value(), Clock.systemUTC()));
    FetchedInputs fetched = new FetchedInputs(state.fetched());
    fetched.tidy(runs.present(), state.jobs());
    InputClient inputs =
        new InputClient(
            settings.transfer().tls(), tickets, settings.transfer().stallTimeout(), FETCH);
    ProgressBoard progress = new ProgressBoard();
    LaterFiles missing = new LaterFiles();
    ProverTaskRunner runner =
        new ProverTaskRunner(
            places, runs, local, progress, ledger, blocking, inputs::fetch, fetched, missing);
    return new NodeParts(
        host,
        database,
        local,
        new ProverProofs(attended(provers)),
        paths,
        places,
        jobs,
        runs,
        new Worker.Parts(runner, ledger, devices, new LeaseFiles(state.leases()), blocking),
        ledger,
        progress,
        chain(settings, database, local, blocking),
        Bootstrap.identity(settings.cluster()),
        TokenSecrets.tokens(farm, state),
        tickets,
        missing,
        blocking);
  }

  private static ProverSettings provers(NodeSettings settings, ProofsLibrary library) {
    Map<String, String> environment =
        new HashMap<>(settings.labelling().environment(settings.state().pairs()));
    if (settings.test().standInProofs()) {
      environment.putAll(settings.test().proverEnvironment());
    }
    if (!settings.host().gpu()) {
      environment.putAll(ProverSettings.WITHOUT_GPU);
    }
    return new ProverSettings(
        library,
        settings.state().jobs(),
        settings.priorities(),
        false,
        environment,
        settings.test().standInProofs());
  }

  private static ProverSettings attended(ProverSettings sealing) {
    ProverSettings attended =
        new ProverSettings(sealing.library(), sealing.jobs(), 0, true, sealing.environment());
    return sealing.standIn() ? attended.asStandIn() : attended;
  }

  private static Chain chain(
      NodeSettings settings, Database database, Proofs local, ExecutorService blocking)
      throws IOException {
    StateDirectory state = settings.state();
    if (ChainKind.settle(settings.chain(), state) == ChainKind.NONE) {
      return new NoChain();
    }
    DevChainSettings chain =
        DevChainSettings.devnet(settings.blockTime(), settings.test().standInProofs())
            .withChallengeDelay(settings.challengeDelay());
    // Whoever shares the journal drives each other's sectors, on one chain.
    return database.isShared()
        ? DevChain.open(database.dataSource(), chain, local, Clock.systemUTC(), blocking)
        : DevChain.open(state.path().resolve("chain"), chain, local, Clock.systemUTC(), blocking);
  }

  /** The digest that sector manifests have. */
  FileDigest digest() {
    return file -> {
      try {
        return local.digest(file);
      } catch (ProofsException e) {
        throw new IOException(e.getMessage(), e);
      }
    };
  }
}
