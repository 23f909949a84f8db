package io.selkie.params;

import java.util.OptionalLong;

/**
 * Told how far a check, a fetch or a generation is. Calls come one at a time, not always from the
 * same thread; an implementation returns quickly.
 */
public interface ParameterListener {
  /** What a task is counted in. */
  enum Unit {
    /** Bytes of a file. */
    BYTES,
    /** Thousandths of the whole. */
    PER_MILLE
  }

  /** A task begins, such as {@code "fetch v28-….vk (1 of 8)"}; the total is empty if unknown. */
  void begin(String task, OptionalLong total, Unit unit);

  /** The running task got so far; a smaller value than before means that it starts again. */
  void advanceTo(long done);

  /** The part of the running task that is worked on now, such as {@code "writing"}. */
  void step(String name);

  /** The running task is over, done or not. */
  void end();

  /** A line for the operator outside any task. */
  void message(String line);

  /** A listener that ignores everything. */
  static ParameterListener silent() {
    return new ParameterListener() {
      @Override
      public void begin(String task, OptionalLong total, Unit unit) {}

      @Override
      public void advanceTo(long done) {}

      @Override
      public void step(String name) {}

      @Override
      public void end() {}

      @Override
      public void message(String line) {}
    };
  }
}
