package io.selkie.lotus;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the miner once a minute and says what it found, in one line: each time while it waits,
 * and once when it is there.
 */
public final class MinerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MinerWatch.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int CONNECT_MILLIS = 3000;

  private final LotusSettings settings;
  private final Finder finder;
  private final Probe probe;
  private final Consumer<String> log;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(MinerWatch::daemon);
  private String said = "";

  /** Says where the miner is. */
  interface Finder {
    MinerAddress find() throws IOException;
  }

  /** Tries to reach an address. */
  interface Probe {
    void reach(HostPort address) throws IOException;
  }

  MinerWatch(LotusSettings settings, Finder finder, Probe probe, Consumer<String> log) {
    this.settings = settings;
    this.finder = finder;
    this.probe = probe;
    this.log = log;
  }

  /** Begins to look. */
  public static MinerWatch start(LotusSettings settings, MinerFinder finder) {
    MinerWatch watch = new MinerWatch(settings, finder::find, MinerWatch::connect, LOG::info);
    watch.begin(PERIOD);
    return watch;
  }

  private void begin(Duration period) {
    var unused =
        thread.scheduleAtFixedRate(this::lookAgain, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable work) {
    Thread made = new Thread(work, "miner-watch");
    made.setDaemon(true);
    return made;
  }

  private static void connect(HostPort address) throws IOException {
    try (Socket socket = new Socket()) {
      InetSocketAddress there = new InetSocketAddress(address.host(), address.port());
      if (there.isUnresolved()) {
        throw new IOException("the name " + address.host() + " is not known");
      }
      socket.connect(there, CONNECT_MILLIS);
    }
  }

  /** A look that fails otherwise than expected must not be the last one. */
  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.error("cannot look for the miner", e);
    }
  }

  /** One look, and at most one line. */
  void look() {
    Optional<MinerAddress> reached = Optional.empty();
    String line;
    try {
      MinerAddress miner = finder.find();
      try {
        probe.reach(miner.address());
        reached = Optional.of(miner);
        line = "the miner answers at " + miner + ", and this host is " + own(reached) + " to it";
      } catch (IOException e) {
        line = waiting(miner + " cannot be reached: " + e.getMessage());
      }
    } catch (IOException e) {
      line = waiting(String.valueOf(e.getMessage()));
    }
    if (reached.isEmpty() || !line.equals(said)) {
      log.accept(reached.isEmpty() ? line + "; sectors come by the management interface" : line);
    }
    said = line;
  }

  private String waiting(String why) {
    return "waiting for the miner: " + why + " (this host: " + own(Optional.empty()) + ")";
  }

  private HostPort own(Optional<MinerAddress> miner) {
    return settings.address().orElseGet(() -> OwnAddress.towards(miner.map(MinerAddress::address)));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
