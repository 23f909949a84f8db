package io.selkie.view;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.filecoin.SectorId;
import io.selkie.journal.Database;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.LongConsumer;

/** A node with counters and their projection, on a database of its own. */
final class CounterNode implements AutoCloseable {
  private static final Config QUICK =
      ConfigFactory.parseString(
          """
          akka.actor.provider = local
          akka.actor.testkit.typed.single-expect-default = 30s
          akka.actor.testkit.typed.default-timeout = 30s
          akka.actor.testkit.typed.system-shutdown-default = 60s
          jdbc-read-journal.refresh-interval = 20ms
          jdbc-read-journal.journal-sequence-retrieval.query-delay = 20ms
          """);

  final Database database;
  final ActorTestKit actors;
  final SectorView view;

  CounterNode(Path directory) throws IOException {
    database = Database.open(new StateDirectory(directory));
    actors =
        ActorTestKit.create(
            QUICK.withFallback(database.config()).withFallback(ConfigFactory.load()));
    view = new SectorView(database.dataSource());
  }

  /** A counter's row is a sector's: bytes are how many events were projected. */
  static void handle(Connection connection, ProjectedEvent<Counter.Counted> event)
      throws SQLException {
    SectorId sector = SectorId.parse(event.entityId());
    SectorRows rows = new SectorRows(connection);
    rows.change(sector, Instant.EPOCH, Values.summary().add(SummaryColumn.BYTES, 1));
    rows.append(
        event,
        sector,
        Instant.EPOCH,
        "Counted",
        Values.history()
            .set(HistoryColumn.BYTES, event.event().number())
            .set(HistoryColumn.DETAIL, EventDetail.of(event.event())));
  }

  ActorRef<Projection.Command> project(
      Projection.Handler<Counter.Counted> handler, LongConsumer committed) {
    return actors.spawn(
        Projection.create(
            new Projection.Settings(
                "counters",
                Counter.TAG,
                database.dataSource(),
                new EventHandlers().on(Counter.Counted.class, handler),
                committed)));
  }

  ActorRef<Counter.Count> counter(SectorId sector) {
    return actors.spawn(Counter.create(sector.toString()));
  }

  /** Counts on, and waits until it is persisted. */
  void count(ActorRef<Counter.Count> counter, int times) {
    TestProbe<Long> probe = actors.createTestProbe();
    for (int i = 0; i < times; i++) {
      counter.tell(new Counter.Count(probe.ref()));
    }
    for (int i = 0; i < times; i++) {
      probe.receiveMessage();
    }
  }

  /** How many events of the sector the read model has; checked to be each exactly once. */
  long projected(SectorId sector) {
    return view.find(sector).map(SectorSummary::bytes).orElse(0L);
  }

  @Override
  public void close() throws IOException {
    actors.shutdownTestKit();
    database.close();
  }
}
