package io.selkie.post;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.PostWork;
import io.selkie.proofs.ProofsException;
import io.selkie.stages.Stages;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes proofs of spacetime: reads each sector where it lies, makes the Groth proof on a device of
 * this host, and verifies it before anybody has it.
 */
public final class PostProver {
  private static final Logger LOG = LoggerFactory.getLogger(PostProver.class);

  /** The place of all questions for other holders. */
  private static final String INDEX = "the index of sectors";

  /** A block is won within seconds, a window is half an hour. */
  private static final Duration WINNING_PATIENCE = Duration.ofSeconds(2);

  private static final Duration WINDOW_PATIENCE = Duration.ofMinutes(1);

  private final Parts parts;
  private final Reads reads;
  private final HostSectors here;

  /**
   * What it works with.
   *
   * @param paths of this host
   * @param others who have what is not on them
   * @param threads as many as there is need for
   */
  public record Parts(
      PostProofs proofs,
      StoragePaths paths,
      OtherHolders others,
      PostDevices devices,
      PostSettings settings,
      Executor threads) {}

  /** A prover of this host. */
  public PostProver(Parts parts) {
    this.parts = parts;
    this.reads = new Reads(parts.settings().parallelReads(), parts.threads());
    this.here = new HostSectors(parts.paths(), reads);
  }

  /** Of one call: what all its steps need. */
  private record Order(
      MinerId miner,
      PostProofType type,
      List<ChallengedSector> sectors,
      Optional<Integer> partition,
      PostRandomness randomness) {
    SectorId id(ChallengedSector sector) {
      return new SectorId(miner, sector.number());
    }
  }

  /** A sector's vanilla proof, or why there is none. */
  private record Reading(
      ChallengedSector sector, Optional<Bytes> vanilla, Optional<Throwable> trouble) {}

  /**
   * The proof that a block needs.
   *
   * @param sectors as they were drawn, in this order
   * @return fails with {@link IOException}, of one line, if there is none, for instance because a
   *     sector cannot be read
   */
  public CompletionStage<PostProof> winning(
      MinerId miner,
      PostProofType type,
      List<ChallengedSector> sectors,
      PostRandomness randomness) {
    Order order = new Order(miner, type, List.copyOf(sectors), Optional.empty(), randomness);
    return check(order, true)
        .thenCompose(fine -> read(order))
        .thenCompose(
            readings -> {
              List<Reading> failed = failed(readings);
              return failed.isEmpty()
                  ? prove(order, readings, WINNING_PATIENCE)
                  : refused(
                      failed.stream()
                          .map(one -> order.id(one.sector()) + " cannot be read: " + line(one))
                          .collect(Collectors.joining("; ")));
            });
  }

  /**
   * The proof of one partition of a window.
   *
   * @param sectors of the partition, in the order of their numbers
   * @param partition its number among those that the miner proves now
   * @return fails with {@link IOException}, of one line, if there is none though all can be read
   */
  public CompletionStage<WindowPost> window(
      MinerId miner,
      PostProofType type,
      List<ChallengedSector> sectors,
      int partition,
      PostRandomness randomness) {
    Order order = new Order(miner, type, List.copyOf(sectors), Optional.of(partition), randomness);
    return check(order, false)
        .thenCompose(fine -> read(order))
        .thenCompose(
            readings -> {
              List<Reading> failed = failed(readings);
              failed.forEach(
                  one ->
                      LOG.warn("{} is left out of a proof: {}", order.id(one.sector()), line(one)));
              return failed.isEmpty()
                  ? prove(order, readings, WINDOW_PATIENCE)
                      .thenApply(proof -> new WindowPost(Optional.of(proof), List.of()))
                      .exceptionallyCompose(PostProver::withoutFaulty)
                  : CompletableFuture.completedStage(
                      new WindowPost(
                          Optional.empty(),
                          failed.stream().map(one -> one.sector().number()).toList()));
            });
  }

  private static CompletionStage<Boolean> check(Order order, boolean winning) {
    if (order.type().winning() != winning) {
      return refused(order.type() + " is no " + (winning ? "winning" : "window") + " PoSt");
    }
    return order.sectors().isEmpty()
        ? refused("there are no sectors to prove")
        : CompletableFuture.completedStage(true);
  }

  /** What the library finds to be bad after all is unreadable, too. */
  private static CompletionStage<WindowPost> withoutFaulty(Throwable trouble) {
    if (Stages.cause(trouble) instanceof ProofsException failure
        && !failure.failure().faultySectors().isEmpty()) {
      LOG.warn("sectors are left out of a proof: {}", failure.getMessage());
      return CompletableFuture.completedStage(
          new WindowPost(Optional.empty(), failure.failure().faultySectors()));
    }
    return CompletableFuture.failedStage(trouble);
  }

  private static List<Reading> failed(List<Reading> readings) {
    return readings.stream().filter(one -> one.vanilla().isEmpty()).toList();
  }

  private static String line(Reading reading) {
    return reading.trouble().map(PostProver::line).orElse("no reason is known");
  }

  private static String line(Throwable trouble) {
    Throwable cause = Stages.cause(trouble);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedStage(new IOException(why));
  }

  /** In the order of the sectors; it does not fail. */
  private CompletionStage<List<Reading>> read(Order order) {
    List<CompletableFuture<Optional<HostSectors.Here>>> found =
        here.find(order.miner(), order.sectors());
    List<CompletableFuture<Reading>> all = new ArrayList<>();
    for (int i = 0; i < order.sectors().size(); i++) {
      ChallengedSector sector = order.sectors().get(i);
      all.add(
          found
              .get(i)
              .thenCompose(place -> read(order, sector, place))
              .handle(
                  (proof, trouble) ->
                      new Reading(
                          sector, Optional.ofNullable(proof), Optional.ofNullable(trouble))));
    }
    return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> all.stream().map(CompletableFuture::join).toList());
  }

  private CompletableFuture<Bytes> read(
      Order order, ChallengedSector sector, Optional<HostSectors.Here> place) {
    if (place.isEmpty()) {
      return elsewhere(order, sector);
    }
    PostWork.VanillaPost work =
        new PostWork.VanillaPost(
            order.type(),
            order.randomness(),
            order.miner(),
            List.of(place.get().replica()),
            Optional.of(List.of(sector.challenges())));
    return reads
        .read(
            place.get().place(), parts.settings().readTimeout(), () -> parts.proofs().vanilla(work))
        .exceptionallyCompose(
            trouble ->
                // Another holder may have a better copy; if not, this trouble is the one to know.
                elsewhere(order, sector)
                    .exceptionallyCompose(other -> CompletableFuture.failedFuture(trouble)));
  }

  private CompletableFuture<Bytes> elsewhere(Order order, ChallengedSector sector) {
    SectorId id = order.id(sector);
    return reads
        .read(
            INDEX, parts.settings().readTimeout(), () -> parts.others().having(id, sector.update()))
        .thenCompose(
            holders -> {
              CompletableFuture<Bytes> proof =
                  CompletableFuture.failedFuture(
                      new IOException("no path of this host has it, and nobody else is known to"));
              for (URI holder : holders) {
                proof = proof.exceptionallyCompose(before -> from(holder, order, sector));
              }
              return proof;
            });
  }

  private CompletableFuture<Bytes> from(URI holder, Order order, ChallengedSector sector) {
    return reads.read(
        String.valueOf(holder.getAuthority()),
        parts.settings().readTimeout(),
        () -> parts.others().vanilla(holder, order.id(sector), order.type(), sector));
  }

  private CompletionStage<PostProof> prove(Order order, List<Reading> readings, Duration patience) {
    PostWork.ProvePost work =
        new PostWork.ProvePost(
            order.type(),
            order.randomness(),
            order.miner(),
            readings.stream().flatMap(one -> one.vanilla().stream()).toList(),
            order.partition());
    return parts
        .devices()
        .lease("post-" + UUID.randomUUID(), patience)
        .thenCompose(
            lease ->
                Stages.blocking(parts.threads(), () -> parts.proofs().prove(work, lease.device()))
                    .whenComplete((proof, trouble) -> lease.over().run()))
        .thenCompose(proof -> Stages.blocking(parts.threads(), () -> requireHolds(order, proof)));
  }

  private PostProof requireHolds(Order order, PostProof proof) throws Exception {
    boolean holds =
        !isVerifiable(order)
            || parts
                .proofs()
                .verify(
                    new PostWork.VerifyPost(
                        order.randomness(),
                        order.miner(),
                        order.sectors().stream()
                            .map(one -> new PostWork.PublicReplica(one.number(), one.commR()))
                            .toList(),
                        proof));
    if (!holds) {
      throw new IOException(
          "the proof of "
              + order.sectors().size()
              + " sectors that was made here does not hold, and is not given away");
    }
    return proof;
  }

  /**
   * The window PoSt before FIP-0061 draws challenges by a sector's place among all that are proved,
   * of which only the first partition is known here.
   */
  private static boolean isVerifiable(Order order) {
    return order.type().winning()
        || order.type() == PostProofType.windowFor(order.type().sectorSize())
        || order.partition().equals(Optional.of(0));
  }
}
