package io.selkie.simulation;

import org.jspecify.annotations.Nullable;

/** The time in which something is in memory; ends with the life it is part of, or before. */
final class Life {
  private final @Nullable Life whole;
  private boolean ended;

  private Life(@Nullable Life whole) {
    this.whole = whole;
  }

  /** Of what is on disk, on the wire, or a process of its own. */
  static Life unending() {
    return new Life(null);
  }

  Life part() {
    return new Life(this);
  }

  void end() {
    ended = true;
  }

  boolean isOver() {
    return ended || (whole != null && whole.isOver());
  }
}
