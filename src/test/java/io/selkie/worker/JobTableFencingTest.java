package io.selkie.worker;

import static io.selkie.scheduler.TestTasks.request;
import static io.selkie.scheduler.TestTasks.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskReport;
import io.selkie.scheduler.TaskResult;
import io.selkie.worker.JobTable.Effect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random lives of a worker and its provers, with restarts, late and repeated messages. */
class JobTableFencingTest {
  private static final HostId HOST = new HostId("a");
  private static final int STEPS = 300;

  @Property(tries = 2000)
  void noSectorEverHasTwoProversAndNoJobIsForgotten(@ForAll long seed) {
    World world = new World(new Random(seed));
    for (int step = 0; step < STEPS; step++) {
      world.step();
    }
    world.settle();
  }

  /** A host with provers, which outlive the worker, and sectors that say anything. */
  private static final class World {
    private final Random random;
    private final Set<TaskId.Attempt> directories = new HashSet<>();
    private final Set<TaskId.Attempt> provers = new HashSet<>();
    private final Set<TaskId.Attempt> begun = new HashSet<>();
    private final List<Runnable> underway = new ArrayList<>();
    private final List<TaskReport> told = new ArrayList<>();
    private JobTable table = new JobTable(HOST, Set.of(), new Newest());
    private int life;

    World(Random random) {
      this.random = random;
    }

    void step() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> perform(start(anyAttempt()));
        case 3 -> perform(table.stop(anyAttempt(), random.nextBoolean()));
        case 4 -> perform(table.acknowledge(anyAttempt()));
        case 5 -> perform(table.tick());
        case 6 -> {
          if (random.nextInt(10) == 0) {
            restart();
          }
        }
        default -> {
          if (!underway.isEmpty()) {
            underway.remove(random.nextInt(underway.size())).run();
          }
        }
      }
    }

    private TaskId.Attempt anyAttempt() {
      return attempt(1 + random.nextInt(2), 1 + random.nextInt(3), 1 + random.nextInt(3));
    }

    private static TaskId.Attempt attempt(int sector, int task, int number) {
      return task(sector, task, TaskKind.PRE_COMMIT_1).attempt(number);
    }

    private List<Effect> start(TaskId.Attempt attempt) {
      return table.start(attempt, request(TaskKind.PRE_COMMIT_1));
    }

    /** kill -9 of the node: what it had underway is lost, provers and directories stay. */
    private void restart() {
      life++;
      underway.clear();
      table = new JobTable(HOST, Set.copyOf(directories), new Newest());
      perform(table.tick());
    }

    private void perform(List<Effect> effects) {
      effects.forEach(this::perform);
    }

    private void perform(Effect effect) {
      if (effect instanceof Effect.Run run) {
        launch(run.attempt());
      } else if (effect instanceof Effect.Kill kill) {
        later(() -> kill(kill.attempt()));
      } else if (effect instanceof Effect.Discard discard) {
        assertNobodyWritesBeside(discard);
        later(
            () -> {
              assertNobodyWritesBeside(discard);
              perform(table.discarded(discard.attempt()));
            });
      } else if (effect instanceof Effect.Remove remove) {
        assertTrue(!provers.contains(remove.attempt()), () -> remove + " of a live prover");
        directories.remove(remove.attempt());
      } else if (effect instanceof Effect.Tell tell) {
        told.add(tell.report());
      }
    }

    private void assertNobodyWritesBeside(Effect.Discard discard) {
      for (TaskId.Attempt other : provers) {
        assertTrue(
            !other.sector().equals(discard.attempt().sector()), () -> discard + " beside " + other);
      }
    }

    private void launch(TaskId.Attempt attempt) {
      for (TaskId.Attempt other : provers) {
        assertTrue(
            !other.sector().equals(attempt.sector()) || other.equals(attempt),
            () -> attempt + " begins beside " + other);
      }
      assertTrue(
          directories.contains(attempt) || begun.add(attempt) || life > 0,
          () -> attempt + " begins twice");
      directories.add(attempt);
      provers.add(attempt);
      later(
          () -> {
            perform(table.durable(attempt));
            later(() -> end(attempt));
          });
    }

    private void end(TaskId.Attempt attempt) {
      provers.remove(attempt);
      perform(
          table.ended(
              attempt,
              new Ended.Succeeded(Instant.EPOCH, Instant.EPOCH, 1, new TaskResult.FilesRemoved())));
    }

    private void kill(TaskId.Attempt attempt) {
      if (random.nextInt(4) == 0) {
        perform(table.stopFailed(attempt));
      } else {
        provers.remove(attempt);
        perform(table.stopped(attempt));
      }
    }

    private void later(Runnable event) {
      underway.add(event);
    }

    /** Once nothing is lost any more, a new attempt of each sector runs and ends. */
    void settle() {
      for (int sector = 1; sector <= 2; sector++) {
        TaskId.Attempt last = attempt(sector, 9, 1);
        perform(start(last));
        for (int tick = 0; tick < 1000 && !isOver(last); tick++) {
          perform(table.tick());
          while (!underway.isEmpty()) {
            underway.remove(0).run();
          }
        }
        assertTrue(isOver(last), last + " never ends");
        perform(table.acknowledge(last));
      }
      assertEquals(Set.of(), directories);
      assertEquals(Optional.empty(), provers.stream().findFirst());
    }

    private boolean isOver(TaskId.Attempt attempt) {
      return told.stream()
          .anyMatch(
              report -> report instanceof TaskReport.Succeeded && report.attempt().equals(attempt));
    }
  }
}
