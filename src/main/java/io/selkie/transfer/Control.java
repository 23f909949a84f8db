package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How a transfer is told to hold, and how it tells how far it is. Any thread may use it. */
final class Control {
  private final SectorId sector;
  private volatile boolean held;
  private volatile String step = "";
  private volatile String destination = "";
  private volatile long done;
  private volatile long total;
  private volatile long arrived;
  private volatile String note = "";
  private final AtomicReference<@Nullable Mark> mark = new AtomicReference<>();

  /** Bytes at the destination that were seen there before, and what is done once there are more. */
  private record Mark(long bytes, Runnable then) {}

  Control(SectorId sector) {
    this.sector = sector;
  }

  /** The transfer holds: it was paused or called off. */
  static final class Held extends Exception {
    private static final long serialVersionUID = 1L;
  }

  SectorId sector() {
    return sector;
  }

  /** Makes the next {@link #check} end the work. */
  void hold() {
    held = true;
  }

  boolean isHeld() {
    return held;
  }

  /** Ends the work if it is to hold; to be called between chunks. */
  void check() throws Held {
    if (held || Thread.currentThread().isInterrupted()) {
      throw new Held();
    }
  }

  /** A step began, such as {@code send}, of so many bytes. */
  void begin(String name, long bytes) {
    arrived = arrived();
    step = name;
    total = bytes;
    done = 0;
  }

  void to(String name) {
    destination = name;
  }

  /** Most bytes of the sector that were seen at its destination. */
  long arrived() {
    boolean brings = step.equals("send") || step.equals("copy");
    return Math.max(arrived, brings ? done : 0);
  }

  /** What an operator should know of the destination, such as which was left for it. */
  void note(String text) {
    note = text;
  }

  String note() {
    return note;
  }

  void add(long bytes) {
    synchronized (this) {
      done += bytes;
    }
    passMark();
  }

  void at(long bytes) {
    done = bytes;
    passMark();
  }

  /** Has something done, once, as soon as more than so many bytes are seen at the destination. */
  void whenFurther(long bytes, Runnable then) {
    mark.set(new Mark(bytes, then));
  }

  private void passMark() {
    @Nullable Mark next = mark.get();
    if (next != null && arrived() > next.bytes() && mark.compareAndSet(next, null)) {
      next.then().run();
    }
  }

  String step() {
    return step;
  }

  String destination() {
    return destination;
  }

  long done() {
    return done;
  }

  long total() {
    return total;
  }
}
