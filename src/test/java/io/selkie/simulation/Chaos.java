package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
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
