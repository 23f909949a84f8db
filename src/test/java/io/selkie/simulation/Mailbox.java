package io.selkie.simulation;

/** Messages from one actor to another of the same process: none is lost, their order is kept. */
final class Mailbox {
  private static final long SLOWEST = 3;

  private final World world;
  private final Life life;
  private long last;

  Mailbox(World world, Life life) {
    this.world = world;
    this.life = life;
  }

  void tell(Runnable message) {
    last = Math.max(last, world.millis() + world.between(0, SLOWEST));
    world.after(life, last - world.millis(), message);
  }
}
