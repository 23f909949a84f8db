package io.selkie.simulation;

import io.selkie.scheduler.Placement;
import io.selkie.scheduler.SchedulerProbe;
import io.selkie.scheduler.TaskId;
import io.selkie.sector.SectorState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One course of events: all of it follows from the seed. */
final class Simulation {
  /** Patience with a farm in which nothing goes wrong any more, in milliseconds. */
  private static final long LONGEST_CALM = 600_000;

  /** What came to rest is looked at once more after a while. */
  private static final long REST = 15_000;

  private static final long LOOK = 1_000;

  private final World world;
  private final Farm farm;

  private Simulation(World world) {
    this.world = world;
    this.farm = new Farm(world);
  }

  /**
   * What came of a seed.
   *
   * @param digest the same for the same course of events
   * @param crashes between which effects nodes were killed
   * @param trace the last events
   */
  record Outcome(
      long seed,
      Optional<Violation> violation,
      long digest,
      Set<String> crashes,
      List<String> trace) {
    boolean isFine() {
      return violation.isEmpty();
    }

    String describe() {
      return "seed "
          + seed
          + violation.map(broken -> " breaks " + broken.getMessage()).orElse(" is fine")
          + "\n  "
          + String.join("\n  ", trace)
          + "\nAlone: mvn test -Dtest=SimulationTest -Dselkie.simulation.seed="
          + seed;
    }
  }

  /** Runs it, and keeps so many of its last events. */
  static Outcome run(long seed, Defect defect, int remembered) {
    World world = new World(seed, defect, remembered);
    Optional<Violation> violation = Optional.empty();
    try {
      new Simulation(world).run();
    } catch (Violation broken) {
      violation = Optional.of(broken);
    }
    return new Outcome(seed, violation, world.digest(), world.crashes(), world.trace());
  }

  private void run() {
    new Chaos(farm).begin();
    long calm = world.weather.calmFrom() + world.weather.slowest();
    world.runUntil(calm);
    Optional<Violation> left = left();
    while (left.isPresent() && world.millis() < calm + LONGEST_CALM) {
      world.runUntil(world.millis() + LOOK);
      left = left();
    }
    if (left.isEmpty()) {
      world.runUntil(world.millis() + REST);
      left = left();
    }
    if (left.isPresent()) {
      throw left.get();
    }
    farm.drivers.forEach(driver -> farm.invariants.journalAndMemoryAgree(driver.sector));
  }

  /** What is not at rest. */
  private Optional<Violation> left() {
    return Stream.concat(
            farm.drivers.stream().flatMap(driver -> unfinished(driver).stream()),
            Stream.concat(
                farm.nodes.stream().flatMap(node -> jobs(node).stream()), slots().stream()))
        .findFirst();
  }

  private Optional<Violation> unfinished(Driver driver) {
    SectorState state = farm.invariants.state(driver.sector);
    boolean atRest = !(state instanceof SectorState.Waiting || state instanceof SectorState.Placed);
    return driver.ending().isPresent() && atRest
        ? Optional.empty()
        : Optional.of(
            new Violation(
                1,
                driver.sector
                    + " does not come to an end: its driver has "
                    + driver.ending()
                    + ", it is "
                    + state));
  }

  private static Optional<Violation> jobs(Node node) {
    List<TaskId.Attempt> left =
        node.disk().all().stream().map(directory -> directory.attempt).toList();
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation(7, node.host() + " still has the jobs " + left));
  }

  private Optional<Violation> slots() {
    Set<Placement.Held> held = SchedulerProbe.held(farm.scheduler().state);
    return held.isEmpty()
        ? Optional.empty()
        : Optional.of(new Violation(7, "the scheduler still counts " + held));
  }
}
