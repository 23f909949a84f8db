package io.selkie.lotus;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's registration with the miner. A miner keeps its workers in memory, so each of its
 * processes is told anew. It belongs to one actor, and only the stage that {@link #connect} gives
 * ends elsewhere.
 */
final class Registration {
  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

  private final Parts parts;
  private Optional<Told> told = Optional.empty();

  /** Whether the miner has ever taken it: then a refusal is the miner's trouble, and passes. */
  private boolean wasTaken;

  private String said = "";

  /**
   * What it works with.
   *
   * @param subject for the log: who is taken for what, such as {@code this farm for its worker}
   * @param url at which the miner reaches the worker's API
   * @param answers from now on that API answers as this worker
   * @param refused called with one line if the miner is none that this program can work for
   */
  record Parts(String subject, String url, Consumer<UUID> answers, Consumer<String> refused) {}

  /** Which process of the miner knows it, and as which worker. */
  record Told(UUID minerSession, UUID worker) {}

  Registration(Parts parts) {
    this.parts = parts;
  }

  /** The miner calls back before it answers. */
  CompletionStage<Told> connect(Greeting.Met met, UUID worker) {
    parts.answers().accept(worker);
    return met.api().workerConnect(parts.url()).thenApply(done -> new Told(met.session(), worker));
  }

  /** The miner has taken it. */
  void taken(Told now) {
    told = Optional.of(now);
    wasTaken = true;
    said = "";
    LOG.info("registered with the miner as worker {} at {}", now.worker(), parts.url());
  }

  /** Whether some process of the miner knows it. */
  boolean isTold() {
    return told.isPresent();
  }

  /** Whether this process of the miner knows it. */
  boolean isWith(UUID minerSession) {
    return told.filter(known -> known.minerSession().equals(minerSession)).isPresent();
  }

  /** The miner is to be told, whichever process it is. */
  void forget() {
    told = Optional.empty();
  }

  /** What keeps the miner from taking it is said once. */
  void trouble(Optional<Throwable> trouble) {
    if (trouble.filter(Greeting::isAway).isPresent()) {
      said = ""; // said elsewhere
      return;
    }
    String line = trouble.map(Greeting::line).orElse("no answer");
    if (!wasTaken && trouble.filter(Greeting::isForGood).isPresent()) {
      parts.refused().accept(line);
    } else if (!line.equals(said)) {
      LOG.info("the miner does not take {} now: {}", parts.subject(), line);
    }
    said = line;
  }
}
