package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostMode;
import java.util.List;

/** Kills, at any time, until the weather is calm. */
final class Chaos {
  private final Farm farm;
  private final World world;

  Chaos(Farm farm) {
    this.farm = farm;
    this.world = farm.world;
  }

  void begin() {
    if (world.weather.between() > 0) {
      later();
    }
  }

  private void later() {
    world.after(
        world.unending,
        world.between(1, 2 * world.weather.between()),
        () -> {
          if (!world.isCalm()) {
            strike();
            later();
          }
        });
  }

  private void strike() {
    int which = world.random.nextInt(100);
    Node node = farm.nodes.get(world.random.nextInt(farm.nodes.size()));
    if (world.happens(world.weather.order())) {
      order(node);
      return;
    }
    if (node != farm.main() && world.happens(world.weather.cut())) {
      node.cut(world.between(500, world.random.nextInt(3) == 0 ? 90_000 : 12_000));
      return;
    }
    if (which < 35) {
      killProver(node);
    } else if (which < 60) {
      node.kill();
    } else if (which < 68) {
      node.powerOff();
    } else if (which < 78) {
      farm.moveScheduler();
    } else if (which < 88) {
      moveSector();
    } else {
      node.restartWorker();
    }
  }

  /** An operator's word; a host that is said to be off is. */
  private void order(Node node) {
    int which = world.random.nextInt(3);
    if (which == 0 && !farm.isNeeded(node) && !node.isGone()) {
      node.burn();
      world.burned(node.host());
      world.after(
          world.unending,
          world.between(0, world.random.nextInt(3) == 0 ? 60_000 : 3_000),
          () -> farm.order(node, HostMode.OFF));
    } else if (!node.isGone()) {
      List<HostMode> modes =
          List.of(
              HostMode.OPEN,
              HostMode.CORDONED,
              HostMode.DRAINING_SECTORS,
              HostMode.DRAINING_PHASES,
              HostMode.EVACUATING);
      farm.order(node, modes.get(world.random.nextInt(modes.size())));
    }
  }

  private void killProver(Node node) {
    List<Disk.Prover> provers = node.disk().provers();
    if (!provers.isEmpty()) {
      Disk.Prover prover = provers.get(world.random.nextInt(provers.size()));
      world.note(() -> "prover of " + prover.directory.attempt + " is killed");
      prover.kill();
    }
  }

  private void moveSector() {
    List<SectorId> sectors = farm.region.inMemory();
    if (!sectors.isEmpty()) {
      SectorId sector = sectors.get(world.random.nextInt(sectors.size()));
      world.note(() -> sector + " moves");
      farm.region.move(sector);
    }
  }
}
