package io.selkie.simulation;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.worker.Newest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The process of a host: its worker, and on the main one the scheduler and the sectors. */
final class Node {
  private final World world;
  private final Farm farm;
  private final Disk disk;
  private final HostLimits limits;
  private Life life;
  private @Nullable SimulatedRunner runner;
  private @Nullable SimulatedWorker worker;
  private Newest newest = new Newest();
  private @Nullable Consumer<WorkerCommand> address;
  private long cutUntil;
  private boolean gone;

  Node(Farm farm, Disk disk, HostLimits limits) {
    this.world = farm.world;
    this.farm = farm;
    this.disk = disk;
    this.limits = limits;
    this.life = world.unending.part();
    life.end();
  }

  HostId host() {
    return disk.host;
  }

  Disk disk() {
    return disk;
  }

  /** Whether the network does not reach it. */
  boolean isCut() {
    return world.millis() < cutUntil;
  }

  /** Nothing goes to it or comes from it for a while. */
  void cut(long millis) {
    world.note(() -> host() + " is cut off for " + millis + " ms");
    cutUntil = Math.max(cutUntil, world.millis() + millis);
  }

  /** Whether it burned down. */
  boolean isGone() {
    return gone;
  }

  /** It burns down: its disks are gone, and it never comes back. */
  void burn() {
    world.note(() -> host() + " burns down");
    gone = true;
    disk.powerOff();
    disk.wipe();
    life.end();
  }

  HostLimits limits() {
    return limits;
  }

  Life life() {
    return life;
  }

  void begin() {
    if (gone) {
      return;
    }
    try {
      start();
    } catch (Killed killed) {
      kill();
    }
  }

  private void start() {
    world.note(() -> "node of " + host() + " starts");
    Life now = world.unending.part();
    life = now;
    runner = new SimulatedRunner(world, this, now, disk);
    // Commands to a node that is gone do not reach the next one.
    address = command -> receive(now, command);
    newest = new Newest();
    worker = null;
    farm.begins(this);
    startWorker();
  }

  /** A worker clears away what interrupted removals left before it does anything else. */
  private void startWorker() {
    Life now = life.part();
    runner.clear(
        () ->
            world.after(
                now,
                world.between(0, 5),
                () ->
                    worker =
                        new SimulatedWorker(farm, this, now, limits, runner, newest, address)));
  }

  private void receive(Life at, WorkerCommand command) {
    if (!at.isOver() && worker != null) {
      worker.receive(command);
    }
  }

  /** Everything in memory is gone; provers and job directories stay. */
  void kill() {
    if (life.isOver()) {
      return;
    }
    world.note(() -> "node of " + host() + " is killed");
    life.end();
    world.after(
        world.unending,
        world.between(50, world.random.nextInt(8) == 0 ? 60_000 : 5_000),
        this::begin);
  }

  /** The power fails. */
  void powerOff() {
    world.note(() -> "power of " + host() + " fails");
    disk.powerOff();
    kill();
  }

  /** The worker fails and is started anew; what runs for it in this process stays. */
  void restartWorker() {
    if (!life.isOver() && worker != null) {
      world.note(() -> "worker of " + host() + " starts anew");
      worker.life().end();
      worker = null;
      world.after(life, world.between(200, 1_000), this::startWorker);
    }
  }
}
