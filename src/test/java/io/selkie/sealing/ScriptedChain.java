package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.chain.ChainException;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * A chain that moves only when it is told to, and can be out of reach. It takes a proof that is the
 * seed, of a sector that is pre-committed.
 */
final class ScriptedChain implements Chain {
  static final long DELAY = 10;
  static final long MAX_PROVE_COMMIT = 5000;

  private static final String ALLOCATED = "already allocated";

  /** A message in the pool. */
  private record Sent(long due, Supplier<Optional<String>> refusal, Runnable effect) {}

  final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<SectorId, PreCommitOnChain> preCommits = new LinkedHashMap<>();
  private final Map<SectorId, SectorOnChain> sectors = new LinkedHashMap<>();
  private final Map<UUID, Sent> pending = new LinkedHashMap<>();
  private final Map<UUID, Long> landed = new LinkedHashMap<>();
  private final Map<UUID, String> failed = new LinkedHashMap<>();
  private final Deque<String> refusals = new ArrayDeque<>();
  private long head = 100;
  private long delay;
  private int twice;
  private int outOfReach;
  private boolean loseAnswers;
  private int forgotten;
  private Seed seed = SealingSamples.SEED;

  synchronized void pass(long epochs) {
    head += epochs;
    land();
  }

  /** From now on messages land so many epochs after they are sent, and are not seen before. */
  synchronized void landAfter(long epochs) {
    delay = epochs;
  }

  /** How often a pre-commit was sent for a number that had one. */
  synchronized int twice() {
    return twice;
  }

  /** So many calls from now on fail. */
  synchronized void outOfReach(int times) {
    outOfReach = times;
  }

  /** Messages land, but nobody hears of it, until {@code false}. */
  synchronized void loseAnswers(boolean lose) {
    loseAnswers = lose;
  }

  synchronized void refuseNext(String why) {
    refusals.add(why);
  }

  synchronized void reorganise(Seed other) {
    seed = other;
  }

  synchronized void land(PreCommit preCommit, long epoch) {
    preCommits.put(preCommit.sector(), new PreCommitOnChain(preCommit, epoch));
  }

  /** Somebody else proves the sector. */
  synchronized void prove(SectorId sector) {
    PreCommit preCommit = preCommits.remove(sector).preCommit();
    sectors.put(sector, new SectorOnChain(sector, preCommit.proofType(), preCommit.commR(), head));
  }

  /** A reorganisation loses the pre-commit, if there is one. */
  synchronized void forget(SectorId sector) {
    forgotten += preCommits.remove(sector) == null ? 0 : 1;
  }

  synchronized void forgetRefusals() {
    refusals.clear();
  }

  synchronized int forgotten() {
    return forgotten;
  }

  /** How many messages had an effect. */
  synchronized int messages() {
    return landed.size();
  }

  @Override
  public long preCommitChallengeDelay() {
    return DELAY;
  }

  @Override
  public long maxTicketAge() {
    return 3780;
  }

  @Override
  public long maxProveCommitDuration() {
    return MAX_PROVE_COMMIT;
  }

  /** Epochs of a second; when the chain is out of reach, this is too. */
  @Override
  public synchronized CompletionStage<Instant> timeOf(long epoch) {
    return outOfReach > 0
        ? CompletableFuture.failedStage(new IOException("out of reach"))
        : CompletableFuture.completedStage(Instant.ofEpochSecond(epoch));
  }

  @Override
  public CompletionStage<Long> head() {
    return reached("head", () -> head);
  }

  @Override
  public CompletionStage<Ticket> ticket(MinerId miner, long epoch) {
    return reached("ticket", () -> SealingSamples.TICKET);
  }

  @Override
  public CompletionStage<Seed> seed(MinerId miner, long epoch) {
    return reached("seed", () -> seed);
  }

  @Override
  public CompletionStage<Long> preCommit(UUID message, PreCommit preCommit) {
    SectorId sector = preCommit.sector();
    return send(
        "preCommit",
        message,
        () ->
            preCommits.containsKey(sector) || sectors.containsKey(sector)
                ? Optional.of(ALLOCATED)
                : Optional.empty(),
        () -> preCommits.put(sector, new PreCommitOnChain(preCommit, head)));
  }

  @Override
  public CompletionStage<Optional<PreCommitOnChain>> preCommitOf(SectorId sector) {
    return reached("preCommitOf", () -> Optional.ofNullable(preCommits.get(sector)));
  }

  @Override
  public CompletionStage<Long> proveCommit(UUID message, ProveCommit proveCommit) {
    SectorId sector = proveCommit.sector();
    return send(
        "proveCommit",
        message,
        () ->
            preCommits.containsKey(sector)
                    && proveCommit.proof().bytes().equals(Bytes.of(seed.bytes().toByteArray()))
                ? Optional.empty()
                : Optional.of("does not verify"),
        () -> prove(sector));
  }

  @Override
  public CompletionStage<Optional<SectorOnChain>> sectorOf(SectorId sector) {
    return reached("sectorOf", () -> Optional.ofNullable(sectors.get(sector)));
  }

  private synchronized CompletionStage<Long> send(
      String call, UUID message, Supplier<Optional<String>> refusal, Runnable effect) {
    if (outOfReach > 0) {
      return reached(call, () -> head);
    }
    calls.add(call);
    boolean known =
        pending.containsKey(message) || landed.containsKey(message) || failed.containsKey(message);
    if (!known) {
      Optional<String> why =
          refusals.isEmpty() ? refusal.get() : Optional.ofNullable(refusals.poll());
      if (why.isPresent()) {
        return CompletableFuture.failedStage(refused(why.get()));
      }
      pending.put(message, new Sent(head + delay, refusal, effect));
    }
    land();
    if (failed.containsKey(message)) {
      return CompletableFuture.failedStage(refused(failed.get(message)));
    }
    return loseAnswers || !landed.containsKey(message)
        ? CompletableFuture.failedStage(new IOException("no answer"))
        : CompletableFuture.completedStage(landed.get(message));
  }

  private ChainException refused(String why) {
    twice += why.equals(ALLOCATED) ? 1 : 0;
    return new ChainException(why);
  }

  private void land() {
    List<UUID> due =
        pending.entrySet().stream()
            .filter(sent -> sent.getValue().due() <= head)
            .map(Map.Entry::getKey)
            .toList();
    for (UUID message : due) {
      Sent sent = pending.remove(message);
      Optional<String> why = sent.refusal().get();
      if (why.isPresent()) {
        failed.put(message, why.get());
      } else {
        sent.effect().run();
        landed.put(message, head);
      }
    }
  }

  private synchronized <T> CompletionStage<T> reached(String call, Supplier<T> answer) {
    calls.add(call);
    if (outOfReach > 0) {
      outOfReach--;
      return CompletableFuture.failedStage(new IOException("the chain is out of reach"));
    }
    return CompletableFuture.completedStage(answer.get());
  }
}
