package io.selkie.post;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads from many places at once, of which some may hang: a place has a quarter of what runs at
 * once, a read that is late counts as failed, and a place at which so many in a row were late is
 * given up, so that one disk costs its own sectors and no time. Then a single read tries it again.
 *
 * <p>A thread that hangs in a read that was given up keeps its place's share until it comes back.
 */
final class Reads {
  private static final int SHARE = 4;

  private final int most;
  private final int mostPerPlace;
  private final Executor threads;
  private final Map<String, Place> places = new LinkedHashMap<>();

  /** Reads that run and are not late. */
  private int running;

  private static final class Place {
    private final Deque<Read<?>> queue = new ArrayDeque<>();

    /** Threads in it. */
    private int busy;

    /** Those of them that nobody waits for any more. */
    private int overdue;

    /** Reads in a row that were late. */
    private int late;
  }

  /**
   * A reader.
   *
   * @param most reads at once
   * @param threads as many as there is need for
   */
  Reads(int most, Executor threads) {
    this.most = most;
    this.mostPerPlace = Math.max(1, most / SHARE);
    this.threads = threads;
  }

  private static final class Read<T> {
    private final String at;
    private final Place place;
    private final Duration deadline;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final FutureTask<T> task;
    private boolean overdue;
    private boolean over;

    Read(String at, Place place, Callable<T> work, Duration deadline) {
      this.at = at;
      this.place = place;
      this.deadline = deadline;
      this.task = new FutureTask<>(work);
    }

    /** On a thread of its own. */
    void run() {
      task.run();
      try {
        result.complete(task.get());
      } catch (ExecutionException e) {
        result.completeExceptionally(e.getCause() == null ? e : e.getCause());
      } catch (Exception e) {
        result.completeExceptionally(e); // cancelled: its result is known already
      }
    }

    void lose() {
      result.completeExceptionally(new IOException(at + " does not answer"));
    }
  }

  /**
   * Reads when it is its turn.
   *
   * @param place where, such as the root of a storage path
   * @param deadline counted from the beginning of the read
   * @return fails with what the work throws, or with {@link IOException} if it is late
   */
  <T> CompletableFuture<T> read(String place, Duration deadline, Callable<T> work) {
    Read<T> read;
    boolean lost;
    synchronized (this) {
      Place known = places.computeIfAbsent(place, name -> new Place());
      read = new Read<>(place, known, work, deadline);
      lost = isLost(known);
      if (!lost) {
        known.queue.add(read);
      }
    }
    if (lost) {
      read.lose();
    }
    startNext();
    return read.result;
  }

  private boolean isLost(Place place) {
    return place.overdue >= mostPerPlace || (place.late >= mostPerPlace && place.overdue > 0);
  }

  private void startNext() {
    List<Read<?>> next = new ArrayList<>();
    synchronized (this) {
      Optional<Place> free = free();
      while (free.isPresent()) {
        Read<?> read = free.get().queue.remove();
        free.get().busy++;
        running++;
        next.add(read);
        free = free();
      }
    }
    next.forEach(this::start);
  }

  /** Of the places that may read, the one that does least. */
  private Optional<Place> free() {
    return running >= most
        ? Optional.empty()
        : places.values().stream()
            .filter(place -> !place.queue.isEmpty() && place.busy < share(place))
            .min(Comparator.comparing(place -> place.busy));
  }

  private int share(Place place) {
    return place.late >= mostPerPlace ? 1 : mostPerPlace;
  }

  private <T> void start(Read<T> read) {
    CompletableFuture<T> timed = read.result.copy();
    var unused =
        timed
            .orTimeout(read.deadline.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (value, trouble) -> {
                  if (trouble instanceof TimeoutException) {
                    late(read);
                  }
                });
    threads.execute(
        () -> {
          try {
            read.run();
          } finally {
            end(read);
          }
        });
  }

  private void end(Read<?> read) {
    synchronized (this) {
      read.over = true;
      read.place.busy--;
      if (read.overdue) {
        read.place.overdue--;
      } else {
        running--;
        read.place.late = 0;
      }
    }
    startNext();
  }

  private void late(Read<?> read) {
    List<Read<?>> lost = new ArrayList<>();
    synchronized (this) {
      if (read.over) {
        return; // it came at the last moment
      }
      read.overdue = true;
      running--;
      read.place.overdue++;
      read.place.late++;
      if (isLost(read.place)) {
        lost.addAll(read.place.queue);
        read.place.queue.clear();
      }
    }
    read.result.completeExceptionally(
        new IOException(
            read.at
                + " did not give it within "
                + read.deadline.toMillis()
                + " ms, and is read no more"));
    read.task.cancel(true);
    lost.forEach(Read::lose);
    startNext();
  }
}
