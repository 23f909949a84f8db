package io.selkie.simulation;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskKind;
import io.selkie.sector.RetryPolicy;
import io.selkie.sector.SectorSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Some hosts, some sectors and their drivers. The first node has the scheduler and the sectors. */
final class Farm {
  final World world;
  final Network network;
  final Invariants invariants;
  final Region region;
  final SectorSettings settings;
  final List<Node> nodes = new ArrayList<>();
  final List<Driver> drivers = new ArrayList<>();
  private SimulatedScheduler scheduler;

  Farm(World world) {
    this.world = world;
    this.network = new Network(world);
    this.invariants = new Invariants(this);
    this.region = new Region(this);
    this.settings =
        new SectorSettings(
            new RetryPolicy(
                world.random.nextInt(5),
                Duration.ofMillis(world.between(200, 4_000)),
                Duration.ofSeconds(15)),
            Duration.ofMillis(world.between(1_000, 5_000)),
            // A sector leaves memory when no message about it can be under way any more.
            Duration.ofMillis(world.weather.slowest() + world.between(1_000, 20_000)));
    int hosts = 1 + Math.max(0, world.random.nextInt(4) - 1);
    for (int host = 1; host <= hosts; host++) {
      Disk disk = new Disk(world, new HostId("host-" + host), invariants);
      nodes.add(new Node(this, disk, slots()));
    }
    int sectors = 1 + world.random.nextInt(3);
    for (int sector = 1; sector <= sectors; sector++) {
      drivers.add(new Driver(this, new SectorId(new MinerId(1000), sector)));
    }
    nodes.forEach(Node::begin);
    drivers.forEach(Driver::begin);
  }

  private Map<TaskKind, Integer> slots() {
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    for (TaskKind kind : TaskKind.values()) {
      if (kind.isPooled()) {
        slots.put(kind, world.random.nextInt(4) == 0 ? 2 : 1);
      }
    }
    return slots;
  }

  Node main() {
    return nodes.get(0);
  }

  /** A node has begun its life; its worker has not. */
  void begins(Node node) {
    if (node == main()) {
      startScheduler();
      region.begin();
    }
  }

  SimulatedScheduler scheduler() {
    return scheduler;
  }

  private void startScheduler() {
    scheduler = new SimulatedScheduler(this, main(), main().life().part());
  }

  /** The scheduler goes to another place, with nothing. */
  void moveScheduler() {
    if (!main().life().isOver()) {
      world.note(() -> "the scheduler starts anew");
      scheduler.life().end();
      world.after(main().life(), world.between(0, 3_000), this::startScheduler);
    }
  }
}
