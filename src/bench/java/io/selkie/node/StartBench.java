package io.selkie.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.files.FileTree;
import io.selkie.selftest.NodeCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The start of a node that has sealed 10,000 sectors and works on 100. The journal of the 10,000 is
 * that of one sector, which stand-in provers sealed, copied under other numbers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Timeout(time = 30, timeUnit = TimeUnit.MINUTES)
public class StartBench {
  private static final int FINISHED = 10_000;
  private static final int ACTIVE = 100;
  private static final String MODEL = "s-t01000-1";

  private Path root;
  private Path state;
  private Node node;

  @Setup
  public void fill() throws Exception {
    root = Files.createTempDirectory("selkie-bench");
    state = root.resolve("state");
    Files.createDirectories(root.resolve("repo"));
    try (Node first = Node.start(settings(1))) {
      NodeCalls calls = NodeCalls.to(state);
      calls.pledge(UUID.randomUUID()).join();
      while (!calls.driverStates().containsValue("Proving")) {
        Thread.sleep(100);
      }
      Thread.sleep(2000); // the driver's last event is in the journal
    }
    copy();
    try (Node filled = Node.start(settings(0))) {
      NodeCalls calls = NodeCalls.to(state);
      for (int i = 0; i < ACTIVE; i++) {
        calls.pledge(UUID.randomUUID()).join();
      }
      while (!hasTheLast(calls)) {
        Thread.sleep(1000);
      }
    }
  }

  /** Whether the read model, which follows the journal in its order, has the last sector. */
  private static boolean hasTheLast(NodeCalls calls) throws IOException, InterruptedException {
    int before = FINISHED + ACTIVE - 1;
    return !calls.get("/sectors?after=s-t01000-" + before).path("sectors").isEmpty();
  }

  private NodeSettings settings(int maxTasks) throws IOException {
    Config config =
        ConfigFactory.parseString(
                """
                selkie.test.stand-in-proofs = on
                selkie.api.port = 0
                selkie.dev-chain { block-time = 10 ms, precommit-challenge-delay = 1 }
                selkie.sealing { chain-poll = 10 ms, seed-confidence = 0 }
                selkie.max-tasks =\
                """
                    + maxTasks)
            .withFallback(ConfigFactory.load());
    return NodeSettings.of(
        root.resolve("repo"), Map.of("SELKIE_STATE_DIR", state.toString()), config);
  }

  private record Row(
      long ordering,
      String id,
      long sequence,
      String writer,
      long time,
      String adapter,
      int serializer,
      String manifest,
      String payload) {}

  private void copy() throws SQLException {
    String url =
        "jdbc:h2:file:"
            + state.resolve("db/selkie")
            + ";DATABASE_TO_LOWER=TRUE;MAX_LENGTH_INPLACE_LOB=16384";
    try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
      connection.setAutoCommit(false);
      List<Row> model = new ArrayList<>();
      long last = 0;
      try (Statement statement = connection.createStatement();
          ResultSet found =
              statement.executeQuery("SELECT * FROM event_journal ORDER BY ordering")) {
        while (found.next()) {
          last = found.getLong("ordering");
          if (found.getString("persistence_id").contains(MODEL)) {
            model.add(row(found));
          }
        }
      }
      for (int number = 2; number <= FINISHED; number++) {
        copy(connection, model, number, last);
        last += model.size();
        connection.commit();
      }
    }
  }

  private static Row row(ResultSet found) throws SQLException {
    return new Row(
        found.getLong("ordering"),
        found.getString("persistence_id"),
        found.getLong("sequence_number"),
        found.getString("writer"),
        found.getLong("write_timestamp"),
        found.getString("adapter_manifest"),
        found.getInt("event_ser_id"),
        found.getString("event_ser_manifest"),
        new String(found.getBytes("event_payload"), StandardCharsets.UTF_8));
  }

  private static void copy(Connection connection, List<Row> model, int number, long last)
      throws SQLException {
    String name = "s-t01000-" + number;
    try (PreparedStatement event =
            connection.prepareStatement(
                "INSERT INTO event_journal (ordering, persistence_id, sequence_number, writer,"
                    + " write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest,"
                    + " event_payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedStatement tag =
            connection.prepareStatement(
                "INSERT INTO event_tag (event_id, tag)"
                    + " SELECT ?, tag FROM event_tag WHERE event_id = ?");
        PreparedStatement given =
            connection.prepareStatement(
                "INSERT INTO sector_number (miner, number, request) VALUES (1000, ?, ?)")) {
      long ordering = last;
      for (Row row : model) {
        ordering++;
        event.setLong(1, ordering);
        event.setString(2, row.id().replace(MODEL, name));
        event.setLong(3, row.sequence());
        event.setString(4, row.writer());
        event.setLong(5, row.time());
        event.setString(6, row.adapter());
        event.setInt(7, row.serializer());
        event.setString(8, row.manifest());
        event.setBytes(9, row.payload().replace(MODEL, name).getBytes(StandardCharsets.UTF_8));
        event.addBatch();
        tag.setLong(1, ordering);
        tag.setLong(2, row.ordering());
        tag.addBatch();
      }
      event.executeBatch();
      tag.executeBatch();
      given.setLong(1, number);
      given.setString(2, UUID.randomUUID().toString());
      given.executeUpdate();
    }
  }

  /** From nothing to a node that answers; what it holds in memory is printed. */
  @Benchmark
  public void start() throws IOException {
    node = Node.start(settings(0));
  }

  /** Closes the node after each start. */
  @TearDown(Level.Iteration)
  public void close() throws Exception {
    NodeCalls calls = NodeCalls.to(state);
    boolean whole = hasTheLast(calls);
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(500);
    }
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        "%n%d sectors, %s: heap %d MB%n",
        FINISHED + ACTIVE,
        whole ? "all known" : "not all known",
        (runtime.totalMemory() - runtime.freeMemory()) / 1_000_000);
    node.close();
  }

  /** Removes the directory. */
  @TearDown
  public void remove() throws IOException {
    FileTree.delete(root);
  }
}
