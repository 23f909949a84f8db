package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.journal.Database;
import io.selkie.journal.DatabaseSettings;
import io.selkie.journal.PostgresServer;
import io.selkie.lotus.HostPort;
import io.selkie.scheduler.HostId;
import io.selkie.storage.StateDirectory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that would each begin a farm, on one database. */
@Timeout(180)
class FarmLeaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path temp;
  private final Set<String> schedulers = ConcurrentHashMap.newKeySet();
  private final Set<Set<String>> everAtOnce = ConcurrentHashMap.newKeySet();
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private PostgresServer postgres;
  private DatabaseSettings settings;

  @BeforeEach
  void startDatabase() throws Exception {
    postgres = PostgresServer.start();
    settings =
        new DatabaseSettings(
            Optional.of(postgres.create("selkie")),
            postgres.user(),
            "",
            8,
            Duration.ofSeconds(5),
            new DatabaseSettings.LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(5)));
  }

  @AfterEach
  void stopDatabase() throws Exception {
    blocking.shutdownNow();
    postgres.close();
  }

  /** A host with nothing but its membership and a scheduler that does nothing. */
  private final class Host implements AutoCloseable {
    private final Database database;
    private final ActorSystem<Void> system;

    /** A host that is its own and only seed. */
    Host(String name) throws Exception {
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      ClusterSettings cluster =
          new ClusterSettings(
              "127.0.0.1",
              port,
              List.of(HostPort.parse("127.0.0.1:" + port)),
              Set.of(ClusterSettings.COORDINATOR),
              Optional.empty(),
              new ClusterSettings.Timing(Duration.ofSeconds(2), Duration.ofSeconds(3)),
              Optional.empty());
      database = Database.open(new StateDirectory(temp.resolve(name)), settings);
      Config config =
          database
              .config()
              .withFallback(ClusterConfig.of(cluster, new HostId(name)))
              .withFallback(
                  ConfigFactory.parseResources(
                      Node.class.getClassLoader(), "io/selkie/node/node.conf"))
              .withFallback(ConfigFactory.load())
              .resolve();
      system =
          ActorSystem.create(
              Behaviors.setup(
                  context -> {
                    Membership.join(
                        context, cluster, new HostId(name), database, Optional.empty(), blocking);
                    ClusterSingleton.get(context.getSystem())
                        .init(SingletonActor.of(scheduler(name), "scheduler"));
                    return Behaviors.empty();
                  }),
              "selkie",
              config);
    }

    boolean isMember() {
      return Cluster.get(system).state().getMembers().iterator().hasNext();
    }

    @Override
    public void close() throws Exception {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
      database.close();
    }
  }

  private Behavior<Object> scheduler(String host) {
    return Behaviors.setup(
        context -> {
          schedulers.add(host);
          everAtOnce.add(new HashSet<>(schedulers));
          return Behaviors.receive(Object.class)
              .onSignal(
                  PostStop.class,
                  stop -> {
                    schedulers.remove(host);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static void await(String what, BooleanSupplier condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertTrue(Instant.now().isBefore(end), "waited in vain for " + what);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void sql(Database database, String sql) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void ofTwoFirstSeedsOnOneDatabaseOneRunsTheScheduler() throws Exception {
    try (Host left = new Host("left")) {
      await("a scheduler on the left", () -> schedulers.contains("left"));
      try (Host right = new Host("right")) {
        // It looks at the lease every two seconds; alone it would have begun within one.
        Instant later = Instant.now().plusSeconds(8);
        await("time to pass", () -> Instant.now().isAfter(later));

        assertEquals(Set.of("left"), schedulers);
        assertTrue(!right.isMember(), "the right has begun a farm of its own");

        left.close();
        await("the right to take over", () -> schedulers.equals(Set.of("right")));
        assertEquals(Set.of(Set.of("left"), Set.of("right")), everAtOnce);
      }
    }
  }

  @Test
  void aFarmWhoseLeaseAnotherOneHasEnds() throws Exception {
    try (Host left = new Host("left")) {
      await("a scheduler on the left", () -> schedulers.contains("left"));

      sql(
          left.database,
          "UPDATE cluster_lease SET owner = 'other 10.0.0.9:25520#1',"
              + " expires_at = CURRENT_TIMESTAMP + INTERVAL '1' HOUR WHERE name = 'selkie-farm'");

      await(
          "the left to end", () -> left.system.getWhenTerminated().toCompletableFuture().isDone());
      assertEquals(Set.of(), schedulers);
    }
  }

  @Test
  void aHostThatWasKilledWhileItWasAloneBeginsAtOnce() throws Exception {
    try (Database database = Database.open(new StateDirectory(temp.resolve("any")), settings)) {
      sql(
          database,
          "INSERT INTO cluster_lease VALUES ('selkie-farm', 'left 10.0.0.9:25520#1 alone',"
              + " CURRENT_TIMESTAMP + INTERVAL '1' HOUR)");
    }

    try (Host left = new Host("left")) {
      await("a scheduler on the left", () -> schedulers.contains("left"));
      assertTrue(left.isMember());
    }
  }

  @Test
  void aFarmGoesOnWhenItsDatabaseWasAwayForLongerThanTheLeaseLasts() throws Exception {
    try (Host left = new Host("left")) {
      await("a scheduler on the left", () -> schedulers.contains("left"));

      postgres.stop();
      Instant later = Instant.now().plusSeconds(15);
      await("time to pass", () -> Instant.now().isAfter(later));
      postgres.resume();

      await("the lease to be renewed", () -> isRenewed(left.database));
      assertEquals(Set.of("left"), schedulers);
      assertTrue(left.isMember());
    }
  }

  private static boolean isRenewed(Database database) {
    try {
      return database.farmLease().orElseThrow().look().filter(row -> !row.isOver()).isPresent();
    } catch (java.sql.SQLException e) {
      return false; // the database is about to come
    }
  }
}
