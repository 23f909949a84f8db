package io.selkie.simulation;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostPatience;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskMemory;
import io.selkie.scheduler.TestLimits;
import io.selkie.sector.RetryPolicy;
import io.selkie.sector.SectorSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Some hosts, some sectors and their drivers. The first node has the scheduler and the sectors. */
final class Farm {
  /** Memory for the largest of the tasks. */
  private static final long COMMIT_2 =
      TaskMemory.defaults().bytes(TaskKind.COMMIT_2, SectorSize.KIB_2);

  final World world;
  final Network network;
  final Invariants invariants;
  final Region region;
  final SimulatedCluster cluster;
  final SectorSettings settings;
  final List<Node> nodes = new ArrayList<>();
  final List<Driver> drivers = new ArrayList<>();
  final HostPatience patience;

  /** What the operator wants of hosts, durable. */
  final Map<HostId, HostMode> modes = new TreeMap<>();

  /** No host does all of a sector. */
  private final boolean halves;

  private SimulatedScheduler scheduler;

  Farm(World world) {
    this.world = world;
    this.network = new Network(world);
    this.invariants = new Invariants(this);
    this.region = new Region(this);
    this.cluster = new SimulatedCluster(this);
    this.settings =
        new SectorSettings(
            new RetryPolicy(
                world.random.nextInt(5),
                Duration.ofMillis(world.between(200, 4_000)),
                Duration.ofSeconds(15)),
            Duration.ofMillis(world.between(1_000, 5_000)),
            // A sector leaves memory when no message about it can be under way any more.
            Duration.ofMillis(world.weather.slowest() + world.between(1_000, 20_000)));
    long silence = world.between(6_000, 12_000);
    this.patience =
        new HostPatience(
            Duration.ofMillis(silence), Duration.ofMillis(silence + world.between(0, 30_000)));
    int hosts = 1 + Math.max(0, world.random.nextInt(5) - 1);
    halves = hosts > 1 && world.random.nextInt(3) == 0;
    for (int host = 1; host <= hosts; host++) {
      Disk disk = new Disk(world, new HostId("host-" + host), invariants);
      nodes.add(new Node(this, disk, limits(host)));
    }
    int sectors = 1 + world.random.nextInt(3);
    for (int sector = 1; sector <= sectors; sector++) {
      drivers.add(new Driver(this, new SectorId(new MinerId(1000), sector)));
    }
    world.after(world.unending, world.weather.calmFrom(), this::tidy);
    nodes.forEach(Node::begin);
    drivers.forEach(Driver::begin);
  }

  /** The sectors of a farm fit on the disks of each host; the rest is scarce now and then. */
  private HostLimits limits(int host) {
    HostLimits slots = TestLimits.slots(halves && host < 4 ? half(host) : slots(host == 1));
    boolean scarce = world.random.nextBoolean();
    return new HostLimits(
        slots.slots(),
        scarce ? (int) world.between(1, 3) : slots.maxTasks(),
        slots.transferBuffer(),
        scarce ? world.between(1, 2) * COMMIT_2 : slots.memory(),
        slots.needs(),
        new HostLimits.Devices(world.random.nextInt(3) == 0 ? 2 : 1, false),
        slots.disks());
  }

  /** Some hosts only prove, some do all but that; the first does all. */
  private Map<TaskKind, Integer> slots(boolean main) {
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    int role = main ? 2 : world.random.nextInt(5);
    for (TaskKind kind : TaskKind.values()) {
      boolean offered = role > 1 || (role == 0) == (kind == TaskKind.COMMIT_2);
      if (kind.isPooled() && offered) {
        slots.put(kind, world.random.nextInt(4) == 0 ? 2 : 1);
      }
    }
    return slots;
  }

  /** The first begins sectors, the second can do the rest, the third a part of that. */
  private Map<TaskKind, Integer> half(int host) {
    List<TaskKind> offered =
        switch (host) {
          case 1 -> List.of(TaskKind.ADD_PIECE, TaskKind.PRE_COMMIT_1, TaskKind.COMMIT_1);
          case 2 -> List.of(TaskKind.PRE_COMMIT_2, TaskKind.COMMIT_1, TaskKind.COMMIT_2);
          default -> List.of(TaskKind.PRE_COMMIT_2);
        };
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    offered.forEach(kind -> slots.put(kind, world.random.nextInt(4) == 0 ? 2 : 1));
    return slots;
  }

  /** Whether sectors could come to no end without the host. */
  boolean isNeeded(Node node) {
    return node == main() || (halves && node == nodes.get(1));
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
    cluster.begins(node);
  }

  /** The operator's word: durable, and then told to the scheduler. */
  void order(Node node, HostMode mode) {
    if (modes.get(node.host()) != HostMode.OFF) {
      world.note(() -> "operator: " + node.host() + " is " + mode);
      modes.put(node.host(), mode);
      scheduler.order(modes);
    }
  }

  /** In calm weather the operator lets all hosts work that are there, and says which are not. */
  void tidy() {
    nodes.forEach(node -> order(node, node.isGone() ? HostMode.OFF : HostMode.OPEN));
  }

  Node node(HostId host) {
    return nodes.stream().filter(node -> node.host().equals(host)).findFirst().orElseThrow();
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
