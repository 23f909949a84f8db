package io.selkie.sealing;

import io.selkie.chain.Chain;
import io.selkie.chain.ChainException;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
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

/** A chain that moves only when it is told to, and can be out of reach. */
final class ScriptedChain implements Chain {
  static final long DELAY = 10;

  final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<SectorId, PreCommitOnChain> preCommits = new LinkedHashMap<>();
  private final Map<SectorId, SectorOnChain> sectors = new LinkedHashMap<>();
  private final Map<UUID, Long> messages = new LinkedHashMap<>();
  private final Deque<String> refusals = new ArrayDeque<>();
  private long head = 100;
  private int outOfReach;
  private boolean loseAnswers;
  private Seed seed = SealingSamples.SEED;

  synchronized void pass(long epochs) {
    head += epochs;
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

  synchronized void forget(SectorId sector) {
    preCommits.remove(sector);
  }

  synchronized int messages() {
    return messages.size();
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
  public synchronized CompletionStage<Long> preCommit(UUID message, PreCommit preCommit) {
    return send("preCommit", message, () -> preCommits.put(preCommit.sector(), at(preCommit)));
  }

  private PreCommitOnChain at(PreCommit preCommit) {
    return new PreCommitOnChain(preCommit, head);
  }

  @Override
  public CompletionStage<Optional<PreCommitOnChain>> preCommitOf(SectorId sector) {
    return reached("preCommitOf", () -> Optional.ofNullable(preCommits.get(sector)));
  }

  @Override
  public synchronized CompletionStage<Long> proveCommit(UUID message, ProveCommit proveCommit) {
    SectorId sector = proveCommit.sector();
    return send(
        "proveCommit",
        message,
        () -> {
          PreCommit preCommit = preCommits.remove(sector).preCommit();
          sectors.put(
              sector, new SectorOnChain(sector, preCommit.proofType(), preCommit.commR(), head));
        });
  }

  @Override
  public CompletionStage<Optional<SectorOnChain>> sectorOf(SectorId sector) {
    return reached("sectorOf", () -> Optional.ofNullable(sectors.get(sector)));
  }

  private synchronized CompletionStage<Long> send(String call, UUID message, Runnable effect) {
    if (outOfReach > 0) {
      return reached(call, () -> head);
    }
    calls.add(call);
    if (!refusals.isEmpty()) {
      return CompletableFuture.failedStage(new ChainException(refusals.remove()));
    }
    if (!messages.containsKey(message)) {
      effect.run();
      messages.put(message, head);
    }
    return loseAnswers
        ? CompletableFuture.failedStage(new IOException("connection reset"))
        : CompletableFuture.completedStage(messages.get(message));
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
