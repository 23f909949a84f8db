package io.selkie.simulation;

import io.selkie.scheduler.HostId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The clock, the one source of chance, and what is to happen next. */
final class World {
  /** Hosts are lost in few seeds: those see a kill there often. */
  private static final List<String> SELDOM = List.of("HostLost", "HostReturned", "FilesLost");

  private static final double AT_SELDOM_PLACES = 0.1;

  private static final Instant BEGINNING = Instant.parse("2026-11-21T10:00:00Z");
  private static final int LONGEST_LINE = 200;

  final SplittableRandom random;
  final Weather weather;
  final Defect defect;
  final Life unending = Life.unending();
  private final int remembered;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Deque<String> trace = new ArrayDeque<>();
  private final Set<String> crashes = new TreeSet<>();
  private final Set<HostId> gone = new TreeSet<>();
  private long now;
  private long order;
  private long digest;

  private record Event(long at, long order, Life life, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  /**
   * A world that nothing happens in yet.
   *
   * @param remembered how many of the last events are kept as text
   */
  World(long seed, Defect defect, int remembered) {
    this.random = new SplittableRandom(seed);
    this.weather = Weather.of(random);
    this.defect = defect;
    this.remembered = remembered;
  }

  long millis() {
    return now;
  }

  /** The host is no more. */
  void burned(HostId host) {
    gone.add(host);
  }

  boolean gone(HostId host) {
    return gone.contains(host);
  }

  Instant instant() {
    return BEGINNING.plusMillis(now);
  }

  boolean isCalm() {
    return now >= weather.calmFrom();
  }

  boolean has(Defect other) {
    return defect == other;
  }

  /** Chance, but not in calm weather. */
  boolean happens(double chance) {
    return chance > 0 && !isCalm() && random.nextDouble() < chance;
  }

  /** From one to the other, in milliseconds. */
  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }

  /** Does it after some milliseconds, if that life is not over by then. */
  void after(Life life, long wait, Runnable action) {
    events.add(new Event(now + wait, order++, life, action));
  }

  /** Lets everything happen that is due by then. */
  void runUntil(long time) {
    for (Event next = events.peek(); next != null && next.at() <= time; next = events.peek()) {
      events.remove();
      now = next.at();
      digest = digest * 31 + now;
      if (!next.life().isOver()) {
        happen(next.action());
      }
    }
    now = time;
  }

  private static void happen(Runnable action) {
    try {
      action.run();
    } catch (Killed killed) {
      killed.node().kill();
    }
  }

  /** A place between two effects, at which a node may be killed. */
  void crashPoint(Node node, Supplier<String> place) {
    String name = place.get();
    // What is seldom comes late, when the weather is calm already; it comes to an end all the same.
    boolean seldom = SELDOM.stream().anyMatch(name::contains);
    if (seldom ? random.nextDouble() < AT_SELDOM_PLACES : happens(weather.crash())) {
      crashes.add(name);
      note(() -> "killed at " + name);
      throw new Killed(node);
    }
  }

  /** Keeps what happened for the trace. */
  void note(Supplier<String> what) {
    if (remembered > 0) {
      if (trace.size() == remembered) {
        trace.removeFirst();
      }
      String line = String.format("%8.3f  %s", now / 1000.0, what.get());
      trace.add(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + " …" : line);
    }
  }

  List<String> trace() {
    return List.copyOf(trace);
  }

  /** Where nodes were killed between two effects. */
  Set<String> crashes() {
    return crashes;
  }

  /** The same for the same course of events. */
  long digest() {
    return digest;
  }
}
