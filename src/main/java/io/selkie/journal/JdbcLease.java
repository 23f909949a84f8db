package io.selkie.journal;

import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import com.typesafe.config.Config;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease of Akka in the database of the farm. It is renewed from time to time, and counts as held
 * only as long as its last renewal covers: a holder that the database cannot hear has lost it by
 * its own clock no later than by the database's.
 */
public final class JdbcLease extends Lease {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcLease.class);

  private final LeaseSettings settings;
  private final LeaseTable table;
  private final Duration timeout;
  private final Duration renewal;
  private final ScheduledExecutorService thread;

  /** Until when it is held, by {@link System#nanoTime}; empty if it is not. */
  private volatile @Nullable Long heldUntil;

  private @Nullable ScheduledFuture<?> renewing;

  /** For Akka, which makes one of each name. */
  public JdbcLease(LeaseSettings settings, ExtendedActorSystem system) {
    this.settings = settings;
    this.timeout = Duration.ofNanos(settings.timeoutSettings().heartbeatTimeout().toNanos());
    this.renewal = Duration.ofNanos(settings.timeoutSettings().heartbeatInterval().toNanos());
    HikariDataSource pool = pool(settings.leaseConfig());
    this.table = new LeaseTable(pool);
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread made = new Thread(work, "selkie-lease");
              made.setDaemon(true);
              return made;
            });
    executor.setRemoveOnCancelPolicy(true);
    this.thread = executor;
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseActorSystemTerminate(),
            "close-the-lease-" + settings.leaseName(),
            () -> {
              executor.shutdownNow();
              pool.close();
              return CompletableFuture.completedStage(akka.Done.getInstance());
            });
  }

  private static HikariDataSource pool(Config config) {
    HikariConfig pool = Database.pool("lease", 1);
    pool.setMinimumIdle(0);
    pool.setJdbcUrl(config.getString("url"));
    pool.setUsername(config.getString("user"));
    pool.setPassword(config.getString("password"));
    String seconds = String.valueOf(config.getDuration("answer-within").toSeconds());
    pool.addDataSourceProperty("socketTimeout", seconds);
    pool.addDataSourceProperty("connectTimeout", seconds);
    pool.addDataSourceProperty("ApplicationName", "selkie-lease");
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
  }

  @Override
  public LeaseSettings getSettings() {
    return settings;
  }

  @Override
  public CompletionStage<Boolean> acquire() {
    return acquire(lost -> {});
  }

  @Override
  public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> leaseLostCallback) {
    return CompletableFuture.supplyAsync(
        () -> {
          boolean taken = take();
          if (taken && renewing == null) {
            renewing =
                thread.scheduleWithFixedDelay(
                    () -> renew(leaseLostCallback),
                    renewal.toMillis(),
                    renewal.toMillis(),
                    TimeUnit.MILLISECONDS);
          }
          return taken;
        },
        thread);
  }

  /** What the database does not say in time counts from before it was asked. */
  private boolean take() {
    long asked = System.nanoTime();
    try {
      boolean taken = table.take(settings.leaseName(), settings.ownerName(), timeout);
      heldUntil = taken ? asked + timeout.toNanos() : null;
      return taken;
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private void renew(Consumer<Optional<Throwable>> lost) {
    try {
      if (take()) {
        return;
      }
      end();
      LOG.warn("the lease {} is another's now", settings.leaseName());
      lost.accept(Optional.empty());
    } catch (CompletionException e) {
      if (!checkLease()) {
        end();
        lost.accept(Optional.ofNullable(e.getCause()));
      }
    }
  }

  private void end() {
    heldUntil = null;
    if (renewing != null) {
      renewing.cancel(false);
      renewing = null;
    }
  }

  @Override
  public CompletionStage<Boolean> release() {
    return CompletableFuture.supplyAsync(
        () -> {
          end();
          try {
            table.release(settings.leaseName(), settings.ownerName());
            return true;
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        thread);
  }

  @Override
  public boolean checkLease() {
    Long until = heldUntil;
    return until != null && System.nanoTime() - until < 0;
  }
}
