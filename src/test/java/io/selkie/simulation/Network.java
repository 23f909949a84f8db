package io.selkie.simulation;

import java.util.function.Supplier;

/** Carries messages: late, in another order, twice, or not at all. */
final class Network {
  private static final long FAST = 12;

  private final World world;

  Network(World world) {
    this.world = world;
  }

  /** A message between the first node, where sectors and scheduler are, and another. */
  void send(Node peer, Supplier<String> message, Runnable arrival) {
    if (peer.isCut()) {
      world.note(() -> "cut off: " + message.get());
      return;
    }
    send(
        message,
        () -> {
          if (!peer.isCut()) {
            arrival.run();
          }
        });
  }

  /** Does what a message does when it arrives; the receiver may be gone by then. */
  void send(Supplier<String> message, Runnable arrival) {
    Weather weather = world.weather;
    if (world.happens(weather.loss())) {
      world.note(() -> "lost: " + message.get());
      return;
    }
    deliver(message, arrival);
    if (world.happens(weather.duplicate())) {
      deliver(message, arrival);
    }
  }

  private void deliver(Supplier<String> message, Runnable arrival) {
    Weather weather = world.weather;
    long wait = world.between(1, world.happens(weather.slow()) ? weather.slowest() : FAST);
    world.after(
        world.unending,
        wait,
        () -> {
          world.note(message);
          arrival.run();
        });
  }
}
