package io.selkie.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sharding remembers lies in the same journal. */
class RememberedEntitiesTest {
  private static final EntityTypeKey<String> KEY = EntityTypeKey.create(String.class, "Remembered");
  private static final Config ONE_NODE =
      ConfigFactory.parseString(
          """
          akka.actor.provider = cluster
          akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          akka.cluster.sharding {
            remember-entities = on
            remember-entities-store = eventsourced
            passivation.strategy = none
          }
          # As abrupt as a kill, and as quick.
          akka.coordinated-shutdown.run-by-actor-system-terminate = off
          akka.actor.testkit.typed.system-shutdown-default = 60s
          akka.actor.testkit.typed.single-expect-default = 60s
          """);

  @TempDir Path temp;

  @Test
  void anEntityIsStartedAgainWithItsNode() throws IOException {
    try (Node node = new Node()) {
      node.sharding.entityRefFor(KEY, "a").tell("start");
      assertEquals("a", node.started.receiveMessage());
    }

    try (Node node = new Node()) {
      assertEquals("a", node.started.receiveMessage());
    }
  }

  private final class Node implements AutoCloseable {
    private final Database database = Database.open(new StateDirectory(temp.resolve("state")));
    private final ActorTestKit actors =
        ActorTestKit.create(
            database.config().withFallback(ONE_NODE).withFallback(ConfigFactory.load()));
    private final TestProbe<String> started = actors.createTestProbe();
    private final ClusterSharding sharding = ClusterSharding.get(actors.system());

    Node() throws IOException {
      Cluster cluster = Cluster.get(actors.system());
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
      ActorRef<String> told = started.ref();
      sharding.init(
          Entity.of(
              KEY,
              context -> {
                told.tell(context.getEntityId());
                return Behaviors.ignore();
              }));
    }

    @Override
    public void close() throws IOException {
      actors.shutdownTestKit();
      database.close();
    }
  }
}
