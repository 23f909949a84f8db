package io.selkie.view;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import akka.event.Logging;
import akka.persistence.jdbc.query.javadsl.JdbcReadJournal;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.Offset;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.query.Sequence;
import akka.stream.Materializer;
import akka.stream.RestartSettings;
import akka.stream.javadsl.RestartSource;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the events of a tag and has them written to the read model. Rows and offset are committed
 * together, so whatever is killed or fails when, each event has its effect exactly once. One
 * instance runs at a time; a second, as during a fail-over, would skip what the first did.
 *
 * <p>A failure is tried again for ever, with growing pauses: the journal has the events as long as
 * it takes.
 */
public final class Projection {
  private static final Logger LOG = LoggerFactory.getLogger(Projection.class);

  /** How many events a transaction takes at most, when there are that many. */
  private static final int BATCH = 200;

  private static final RestartSettings RESTARTS =
      RestartSettings.create(Duration.ofMillis(300), Duration.ofSeconds(30), 0.2)
          .withLogSettings(RestartSettings.createLogSettings(Logging.DebugLevel()));

  private final Settings settings;
  private final Executor blocking;
  private final JdbcReadJournal journal;

  private Projection(Settings settings, ActorSystem<?> system) {
    this.settings = settings;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.journal =
        PersistenceQuery.get(system)
            .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
  }

  /**
   * Writes what an event means, over the connection of a transaction that it neither commits nor
   * leaves; may be called again for an event whose transaction failed.
   */
  public interface Handler<E> {
    /** Writes the rows of one event. */
    void handle(Connection connection, ProjectedEvent<E> event) throws SQLException;
  }

  /**
   * What to project.
   *
   * @param name under which the offset is kept
   * @param tag of the events
   * @param committed is told, after each commit, the offset of the last event in it
   */
  public record Settings(
      String name,
      String tag,
      DataSource database,
      EventHandlers handlers,
      LongConsumer committed) {}

  /** What a projection is told. */
  public interface Command {}

  /** Stop; what is being written is committed or not at all. */
  public enum Stop implements Command {
    INSTANCE
  }

  /** Runs the projection until it is stopped. */
  public static Behavior<Command> create(Settings settings) {
    return Behaviors.setup(
        context -> {
          // The stream ends with this actor, so before the streams of the journal that it reads.
          Materializer materializer = Materializer.createMaterializer(context);
          new Projection(settings, context.getSystem()).run(materializer);
          return Behaviors.receive(Command.class)
              .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
              .build();
        });
  }

  private void run(Materializer materializer) {
    RestartSource.withBackoff(RESTARTS, this::commits).to(Sink.ignore()).run(materializer);
  }

  /** Reads on after the last event that was committed, and commits; each element is an offset. */
  private Source<Long, NotUsed> commits() {
    return Source.completionStage(CompletableFuture.supplyAsync(this::committedOffset, blocking))
        .flatMapConcat(offset -> journal.eventsByTag(settings.tag(), Offset.sequence(offset)))
        .batch(
            BATCH,
            first -> new ArrayList<>(List.of(first)),
            (batch, next) -> {
              batch.add(next);
              return batch;
            })
        .mapAsync(1, batch -> CompletableFuture.supplyAsync(() -> commit(batch), blocking))
        .wireTap(settings.committed()::accept)
        .mapError(Exception.class, this::logged)
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  private long committedOffset() {
    return inTransaction(connection -> Offsets.read(connection, settings.name()));
  }

  private long commit(List<EventEnvelope> batch) {
    return inTransaction(
        connection -> {
          long offset = Offsets.read(connection, settings.name());
          for (EventEnvelope envelope : batch) {
            long next = ((Sequence) envelope.offset()).value();
            if (next > offset) {
              settings
                  .handlers()
                  .handle(
                      connection,
                      new ProjectedEvent<>(
                          next, envelope.persistenceId(), envelope.sequenceNr(), envelope.event()));
              offset = next;
            }
          }
          Offsets.write(connection, settings.name(), offset);
          return offset;
        });
  }

  private interface Transaction {
    long run(Connection connection) throws SQLException;
  }

  private long inTransaction(Transaction transaction) {
    try (Connection connection = settings.database().getConnection()) {
      connection.setAutoCommit(false);
      // Without a commit the pool rolls back when it takes the connection back.
      long result = transaction.run(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private Exception logged(Exception failure) {
    LOG.warn("the projection {} stands still and is tried again", settings.name(), failure);
    return failure;
  }
}
