package io.selkie.view;

import static io.selkie.view.TestDatabase.sector;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionTest {
  private static final SectorId SECTOR = sector(1000, 1);

  @TempDir Path temp;
  private CounterNode node;
  private ActorRef<Counter.Count> counter;

  @BeforeEach
  void start() throws IOException {
    node = new CounterNode(temp.resolve("state"));
    counter = node.counter(SECTOR);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @Test
  void projectsWhatIsThereAndWhatComes() {
    TestProbe<Long> commits = node.actors.createTestProbe();
    node.count(counter, 3);
    node.project(CounterNode::handle, commits.ref()::tell);
    awaitProjected(3);

    node.count(counter, 2);

    awaitProjected(5);
    long told = commits.receiveMessage();
    while (told < 5) {
      told = commits.receiveMessage();
    }
  }

  @Test
  void goesOnWhereItStopped() {
    ActorRef<Projection.Command> first = node.project(CounterNode::handle, offset -> {});
    node.count(counter, 2);
    awaitProjected(2);
    TestProbe<Object> watcher = node.actors.createTestProbe();
    first.tell(Projection.Stop.INSTANCE);
    watcher.expectTerminated(first);
    node.count(counter, 2);

    node.project(CounterNode::handle, offset -> {});

    awaitProjected(4);
  }

  @Test
  void anEventWhoseTransactionFailedIsProjectedOnce() {
    AtomicInteger calls = new AtomicInteger();
    node.project(
        (connection, event) -> {
          CounterNode.handle(connection, event);
          if (event.event().number() == 2 && calls.incrementAndGet() <= 2) {
            throw new SQLException("away");
          }
        },
        offset -> {});

    node.count(counter, 3);

    awaitProjected(3);
    assertEquals(3, calls.get());
  }

  /** As while another node takes over. */
  @Test
  void twoAtOnceProjectEachEventOnce() {
    node.project(CounterNode::handle, offset -> {});
    node.project(CounterNode::handle, offset -> {});

    node.count(counter, 50);

    awaitProjected(50);
  }

  @Test
  void anEventWithoutAHandlerHoldsThoseAfterIt() {
    TestProbe<Long> tried = node.actors.createTestProbe();
    node.project(
        (connection, event) -> {
          tried.ref().tell(event.offset());
          throw new IllegalStateException("no such thing");
        },
        offset -> {});
    node.count(counter, 2);

    assertEquals(1L, tried.receiveMessage());
    assertEquals(1L, tried.receiveMessage());
    assertEquals(0, node.projected(SECTOR));
  }

  @Test
  void aRebuildGivesTheSameRows() throws Exception {
    SectorId other = sector(1000, 2);
    ActorRef<Projection.Command> projection = node.project(CounterNode::handle, offset -> {});
    node.count(counter, 5);
    node.count(node.counter(other), 5);
    awaitProjected(5);
    awaitProjected(other, 5);
    List<SectorHistory> history = node.view.historyAfter(0, 100);
    List<SectorSummary> sectors = node.view.list(SectorFilter.all());
    projection.tell(Projection.Stop.INSTANCE);
    node.actors.createTestProbe().expectTerminated(projection);

    Rebuild.run(node.database);
    node.project(CounterNode::handle, offset -> {});

    awaitProjected(5);
    awaitProjected(other, 5);
    assertEquals(history, node.view.historyAfter(0, 100));
    assertEquals(sectors, node.view.list(SectorFilter.all()));
  }

  /** As after many events of other tags, or a number that was given out and never committed. */
  @Test
  void aStretchOfOtherEventsIsCrossed() throws SQLException {
    node.count(counter, 2);
    TestDatabase.commit(
        node.database,
        connection ->
            Sql.update(
                connection,
                "ALTER TABLE event_journal ALTER COLUMN ordering RESTART WITH 100000",
                List.of()));
    node.project(CounterNode::handle, offset -> {});
    awaitProjected(2);

    node.count(counter, 2);

    awaitProjected(4);
  }

  @Test
  void theFeedGoesOnAfterAnyEvent() {
    HistoryFeed feed = new HistoryFeed(node.view, node.actors.system());
    node.project(CounterNode::handle, feed);
    node.count(counter, 450);
    awaitProjected(450);

    TestSubscriber.Probe<Long> watcher =
        feed.after(100)
            .map(SectorHistory::id)
            .runWith(
                TestSink.create(Adapter.toClassic(node.actors.system())), node.actors.system());

    watcher.request(1000);
    LongStream.rangeClosed(101, 450).forEach(watcher::expectNext);
    node.count(counter, 2);
    watcher.expectNext(451L);
    watcher.expectNext(452L);
    watcher.cancel();
  }

  private void awaitProjected(long events) {
    awaitProjected(SECTOR, events);
  }

  /** Waits for so many, and finds each exactly once and in order. */
  private void awaitProjected(SectorId sector, long events) {
    node.actors
        .createTestProbe()
        .awaitAssert(
            () -> {
              assertEquals(events, node.projected(sector));
              return null;
            });
    List<Long> numbers =
        node.view.history(sector, 0, 1000).stream().map(row -> row.bytes().orElseThrow()).toList();
    assertEquals(LongStream.rangeClosed(1, events).boxed().toList(), numbers);
  }
}
