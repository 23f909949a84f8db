package io.selkie.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By this lease a database has one farm: a cluster that has not got it may not begin there. It is
 * the cluster's and no host's: whichever member comes first renews it under its own name. Calls
 * block.
 */
public final class FarmLease implements AutoCloseable {
  /** How long it lasts when nobody renews it. */
  public static final Duration LASTS = Duration.ofSeconds(10);

  /** How often it is looked at. */
  public static final Duration LOOK = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(FarmLease.class);
  private static final String NAME = "selkie-farm";
  private static final String ALONE = "alone";

  private final LeaseTable table;
  private final HikariDataSource pool;
  private Optional<Holder> written = Optional.empty();

  /** A lease; the pool is closed with it. */
  FarmLease(HikariDataSource pool) {
    this.pool = pool;
    this.table = new LeaseTable(pool);
  }

  /**
   * Who renewed it last.
   *
   * @param host the identity of the host, which survives its restarts
   * @param node its present life: address and number
   * @param alone whether its cluster had no other host
   */
  public record Holder(String host, String node, boolean alone) {
    String text() {
      return host + " " + node + (alone ? " " + ALONE : "");
    }

    static Holder parse(String text) {
      String[] words = text.split(" ", 3);
      return new Holder(
          words[0], words.length > 1 ? words[1] : "", words.length > 2 && words[2].equals(ALONE));
    }
  }

  /**
   * How the lease stands.
   *
   * @param left until it runs out, by the clock of the database; below zero: it has
   */
  public record Standing(Holder holder, Duration left) {
    /** Whether it has run out. */
    public boolean isOver() {
      return left.isNegative();
    }
  }

  /** How it stands now; empty if nobody has it. */
  public synchronized Optional<Standing> look() throws SQLException {
    return table
        .look(NAME)
        .map(row -> new Standing(Holder.parse(row.owner()), Duration.ofMillis(row.leftMillis())));
  }

  /**
   * Writes another name into it, and renews it.
   *
   * @param from who must have it still; empty: nobody
   * @param over whether it must have run out
   * @return whether that was so, and it is the other's now
   */
  public synchronized boolean take(Optional<Holder> from, boolean over, Holder to)
      throws SQLException {
    boolean taken =
        from.isPresent()
            ? table.pass(NAME, from.get().text(), over, to.text(), LASTS)
            : table.add(NAME, to.text(), LASTS);
    if (taken) {
      written = Optional.of(to);
    }
    return taken;
  }

  /**
   * The node has stopped. Where it was the last of its farm, the next one need not wait until the
   * lease has run out.
   */
  @Override
  public synchronized void close() {
    try {
      if (written.isPresent() && written.get().alone()) {
        table.release(NAME, written.get().text());
      }
    } catch (SQLException e) {
      LOG.debug("the lease of the farm is left to run out: {}", e.toString());
    } finally {
      pool.close();
    }
  }
}
