package io.selkie.chain;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/**
 * A chain of its own for development: of this process, or of all nodes that share a database. It
 * keeps the rules that a miner relies on, with the texts of Lotus, and verifies every proof itself;
 * ticket and seed it draws for that itself, too. A message is on chain, durably, before its answer
 * is given.
 */
public final class DevChain implements Chain {
  /** How a proof of the stand-in prover begins, in ASCII. */
  public static final String STAND_IN_MARK = "stand-in proof";

  private static final String FILE = "dev-chain.json";

  private final DevChainStore store;
  private final DevChainSettings settings;
  private final Proofs proofs;
  private final Executor executor;
  private final InstantSource clock;
  private volatile DevBlocks blocks;
  private final Object lock = new Object();

  /** What the blocks and the sectors are made of. Guarded by {@link #lock}. */
  private DevChainState known;

  /** Guarded by {@link #lock}. */
  private final Map<SectorId, DevChainState.Sector> sectors = new LinkedHashMap<>();

  private DevChain(
      DevChainStore store,
      DevChainSettings settings,
      Proofs proofs,
      InstantSource clock,
      Executor executor,
      DevChainState start) {
    this.store = store;
    this.clock = clock;
    this.known = start;
    this.settings = settings;
    this.proofs = proofs;
    this.executor = executor;
    this.blocks = new DevBlocks(start, clock);
    start.sectors().forEach(sector -> sectors.put(sector.preCommit().sector(), sector));
  }

  /**
   * Goes on with the chain in a directory, or begins one there. No two processes may do so at once.
   *
   * @param proofs verify; their calls may block
   * @param executor where messages are worked on
   * @throws IOException if the state can be neither read nor written; one line
   */
  public static DevChain open(
      Path directory,
      DevChainSettings settings,
      Proofs proofs,
      InstantSource clock,
      Executor executor)
      throws IOException {
    Files.createDirectories(directory);
    return open(new DevChainFile(directory.resolve(FILE)), settings, proofs, clock, executor);
  }

  /**
   * Goes on with the chain in a database, or begins one there; all nodes that do so have the same
   * one. Their clocks should agree as far as an epoch is long.
   *
   * @param proofs verify; their calls may block
   * @param executor where messages are worked on
   * @throws IOException if the state can be neither read nor written; one line
   */
  public static DevChain open(
      DataSource database,
      DevChainSettings settings,
      Proofs proofs,
      InstantSource clock,
      Executor executor)
      throws IOException {
    return open(new DevChainTable(database), settings, proofs, clock, executor);
  }

  /**
   * Puts the chain of a directory into a database that has none, or has a copy of it.
   *
   * @throws IOException if it can be neither read nor written; one line
   */
  public static void copy(Path directory, DataSource database) throws IOException {
    Optional<DevChainState> found = DevChainState.read(directory.resolve(FILE));
    if (found.isPresent()) {
      DevChainTable table = new DevChainTable(database);
      if (!table.read().equals(found) && !table.replace(found.get())) {
        throw new IOException("the database has a development chain that grows: stop its nodes");
      }
    }
  }

  private static DevChain open(
      DevChainStore store,
      DevChainSettings settings,
      Proofs proofs,
      InstantSource clock,
      Executor executor)
      throws IOException {
    while (true) {
      Optional<DevChainState> found = store.read();
      DevChainState start =
          found.isPresent()
              ? DevBlocks.withBlockTime(found.get(), settings.blockTime(), clock.millis())
              : DevBlocks.genesis(settings.blockTime(), clock.millis());
      if (found.equals(Optional.of(start)) || store.replace(start)) {
        return new DevChain(store, settings, proofs, clock, executor, start);
      }
    }
  }

  @Override
  public long preCommitChallengeDelay() {
    return settings.preCommitChallengeDelay();
  }

  @Override
  public long maxTicketAge() {
    return settings.maxTicketAge();
  }

  @Override
  public long maxProveCommitDuration() {
    return settings.maxProveCommitDuration();
  }

  @Override
  public CompletionStage<Instant> timeOf(long epoch) {
    return CompletableFuture.completedFuture(blocks.timeOf(epoch));
  }

  @Override
  public CompletionStage<Long> head() {
    return CompletableFuture.completedFuture(blocks.head());
  }

  @Override
  public CompletionStage<Ticket> ticket(MinerId miner, long epoch) {
    return epoch > blocks.head()
        ? refused("getting ticket randomness: cannot draw randomness from the future")
        : CompletableFuture.completedFuture(blocks.ticket(miner, epoch));
  }

  @Override
  public CompletionStage<Seed> seed(MinerId miner, long epoch) {
    return epoch > blocks.head()
        ? refused("getting beacon randomness: cannot draw randomness from the future")
        : CompletableFuture.completedFuture(blocks.seed(miner, epoch));
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedFuture(new ChainException(why));
  }

  @Override
  public CompletionStage<Long> preCommit(UUID message, PreCommit preCommit) {
    return locked(() -> acceptPreCommit(message, preCommit));
  }

  @Override
  public CompletionStage<Optional<PreCommitOnChain>> preCommitOf(SectorId sector) {
    return locked(
        () ->
            open(sector)
                .map(found -> new PreCommitOnChain(found.preCommit(), found.preCommitEpoch())));
  }

  @Override
  public CompletionStage<Long> proveCommit(UUID message, ProveCommit proveCommit) {
    return locked(() -> acceptProof(message, proveCommit));
  }

  @Override
  public CompletionStage<Optional<SectorOnChain>> sectorOf(SectorId sector) {
    return locked(
        () ->
            Optional.ofNullable(sectors.get(sector))
                .flatMap(
                    found ->
                        found
                            .proof()
                            .map(
                                proof ->
                                    new SectorOnChain(
                                        sector,
                                        found.preCommit().proofType(),
                                        found.preCommit().commR(),
                                        proof.epoch()))));
  }

  private long acceptPreCommit(UUID message, PreCommit preCommit)
      throws ChainException, IOException, OutdatedException {
    Optional<DevChainState.Sector> known = Optional.ofNullable(sectors.get(preCommit.sector()));
    if (known.isPresent()
        && known.get().preCommitMessage().equals(message)
        && known.get().preCommit().equals(preCommit)) {
      return known.get().preCommitEpoch();
    }
    requireNew(message);
    requireSupported(preCommit.proofType());
    long number = preCommit.sector().number();
    require(known.isEmpty(), "sector numbers BitField {" + number + "} already allocated");
    long now = blocks.head();
    long epoch = preCommit.ticketEpoch();
    require(epoch < now, "seal challenge epoch " + epoch + " must be before now " + now);
    long oldest = now - settings.maxTicketAge();
    require(epoch >= oldest, "seal challenge epoch " + epoch + " too old, must be after " + oldest);
    put(new DevChainState.Sector(preCommit, message, now, Optional.empty()));
    return now;
  }

  private static void requireSupported(SealProofType type) throws ChainException {
    boolean newest = type == SealProofType.forSectorSize(type.sectorSize());
    require(newest || type.synthetic(), "unsupported seal proof type " + type.id());
  }

  private long acceptProof(UUID message, ProveCommit proveCommit)
      throws ChainException, ProofsException, IOException, OutdatedException {
    SectorId id = proveCommit.sector();
    Optional<DevChainState.ProofMessage> known =
        Optional.ofNullable(sectors.get(id)).flatMap(DevChainState.Sector::proof);
    if (known.isPresent()
        && known.get().message().equals(message)
        && known.get().proveCommit().equals(proveCommit)) {
      return known.get().epoch();
    }
    requireNew(message);
    DevChainState.Sector sector =
        open(id)
            .orElseThrow(
                () ->
                    new ChainException("loading precommits: sector " + id.number() + " not found"));
    long now = blocks.head();
    long seedEpoch = sector.preCommitEpoch() + settings.preCommitChallengeDelay();
    require(
        seedEpoch <= now,
        "too early to prove sector " + id.number() + ": seed at " + seedEpoch + ", now " + now);
    requireKind(proveCommit.proof());
    require(
        proofs.verifySeal(seal(sector, proveCommit.proof(), seedEpoch)),
        "the seal proof of sector " + id.number() + " does not verify");
    put(sector.proven(new DevChainState.ProofMessage(message, proveCommit, now)));
    return now;
  }

  private void requireKind(SealProof proof) throws ChainException {
    byte[] mark = STAND_IN_MARK.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = proof.bytes().toByteArray();
    boolean standIn =
        bytes.length >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    require(
        standIn == settings.standInProofs(),
        standIn
            ? "a stand-in proof proves nothing; only a chain for tests takes it"
            : "this chain is for tests and takes stand-in proofs only");
  }

  private SealWork.VerifySeal seal(DevChainState.Sector sector, SealProof proof, long seedEpoch)
      throws ProofsException {
    PreCommit preCommit = sector.preCommit();
    MinerId miner = preCommit.sector().miner();
    CommD data =
        preCommit.commD().isPresent()
            ? preCommit.commD().get()
            : proofs.dataCommitment(preCommit.proofType(), List.of());
    return new SealWork.VerifySeal(
        preCommit.sector(),
        preCommit.proofType(),
        preCommit.commR(),
        data,
        blocks.ticket(miner, preCommit.ticketEpoch()),
        blocks.seed(miner, seedEpoch),
        proof);
  }

  /** The sector if it is pre-committed, not proven, and not too late to be. */
  private Optional<DevChainState.Sector> open(SectorId id) {
    long oldest = blocks.head() - settings.maxProveCommitDuration();
    return Optional.ofNullable(sectors.get(id))
        .filter(sector -> sector.proof().isEmpty() && sector.preCommitEpoch() >= oldest);
  }

  private void requireNew(UUID message) throws ChainException {
    boolean used =
        sectors.values().stream()
            .anyMatch(
                sector ->
                    sector.preCommitMessage().equals(message)
                        || sector
                            .proof()
                            .map(proof -> proof.message().equals(message))
                            .orElse(false));
    require(!used, "message " + message + " was sent before with another content");
  }

  private static void require(boolean holds, String refusal) throws ChainException {
    if (!holds) {
      throw new ChainException(refusal);
    }
  }

  /** On disk first: what memory says, the world may have heard. */
  private void put(DevChainState.Sector sector) throws IOException, OutdatedException {
    Map<SectorId, DevChainState.Sector> changed = new LinkedHashMap<>(sectors);
    changed.put(sector.preCommit().sector(), sector);
    DevChainState next = blocks.with(List.copyOf(changed.values()));
    if (!store.replace(next)) {
      throw new OutdatedException();
    }
    known = next;
    sectors.put(sector.preCommit().sector(), sector);
  }

  /** Takes up what other nodes have put on the chain. */
  private void refresh() throws IOException {
    DevChainState now = store.read().orElse(known);
    if (!now.equals(known)) {
      if (!now.hasBlocksOf(known)) {
        blocks = new DevBlocks(now, clock);
      }
      known = now;
      sectors.clear();
      now.sectors().forEach(sector -> sectors.put(sector.preCommit().sector(), sector));
    }
  }

  private <T> T upToDate(Work<T> work) throws ChainException, ProofsException, IOException {
    while (true) {
      refresh();
      try {
        return work.run();
      } catch (OutdatedException e) {
        // Another node was faster: its message is to be seen first.
      }
    }
  }

  /** What was decided on is not the state any more. */
  private static final class OutdatedException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private <T> CompletionStage<T> locked(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            synchronized (lock) {
              result.complete(upToDate(work));
            }
          } catch (Throwable e) { // whatever it is, the caller must not wait for ever
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws ChainException, ProofsException, IOException, OutdatedException;
  }
}
