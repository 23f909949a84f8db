package io.selkie.simulation;

import java.util.SplittableRandom;

/**
 * How bad it gets, and for how long; times in milliseconds. Everything that goes wrong by itself
 * goes wrong before {@link #calmFrom}.
 *
 * @param loss chance that a message is lost
 * @param duplicate chance that it comes twice
 * @param slow chance that it takes up to {@code slowest} instead of some milliseconds
 * @param crash chance that a node is killed at a place between two effects
 * @param persistFailure chance that events are not written, or written without anybody hearing so
 * @param proverFailure chance that a prover answers with a failure
 * @param damage chance that kept files are not what they were
 * @param mischief chance that a driver does something else than asking on
 * @param cut chance that a kill is a cut of the network instead, for up to a minute and a half
 * @param order chance that it is an order for a host instead
 * @param between mean time between two kills, of any kind; 0: none
 */
record Weather(
    long calmFrom,
    double loss,
    double duplicate,
    double slow,
    long slowest,
    double crash,
    double persistFailure,
    double proverFailure,
    double damage,
    double mischief,
    double cut,
    double order,
    long between) {

  static Weather of(SplittableRandom random) {
    return new Weather(
        random.nextLong(15_000, 40_000),
        some(random, 0.25),
        some(random, 0.25),
        some(random, 0.2),
        random.nextLong(100, random.nextInt(4) == 0 ? 12_000 : 3_000),
        some(random, 0.04),
        some(random, 0.08),
        some(random, 0.4),
        some(random, 0.3),
        some(random, 0.6),
        some(random, 0.5),
        some(random, 0.8),
        random.nextInt(4) == 0 ? 0 : random.nextLong(700, 10_000));
  }

  /** Every second time none at all: what hides behind one fault shows when it is alone. */
  private static double some(SplittableRandom random, double most) {
    return random.nextBoolean() ? 0 : random.nextDouble(most);
  }
}
