package io.selkie.node;

import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import java.util.List;

/** How a node comes into its cluster. */
final class Membership {
  private Membership() {}

  /** Begins to join; a host that is named nowhere forms its cluster by itself. */
  static void join(ActorSystem<?> system, ClusterSettings settings) {
    Cluster cluster = Cluster.get(system);
    if (settings.discovery().isPresent()) {
      AkkaManagement.get(system).start();
      ClusterBootstrap.get(system).start();
    } else if (settings.seeds().isEmpty()) {
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    } else {
      cluster.manager().tell(new JoinSeedNodes(seeds(system, settings)));
    }
  }

  private static List<Address> seeds(ActorSystem<?> system, ClusterSettings settings) {
    return settings.seeds().stream()
        .map(
            seed ->
                AddressFromURIString.parse(
                    "akka://" + system.name() + "@" + seed.host() + ":" + seed.port()))
        .toList();
  }
}
