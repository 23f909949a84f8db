package io.selkie.simulation;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.Sector;
import io.selkie.sector.SimulatedSector;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Wants a sector sealed: asks for one phase after the other, again and again until an answer comes,
 * and does what operators do besides. Forgets nothing; but whom it asked may.
 */
final class Driver {
  private static final List<TaskKind> PHASES =
      List.of(
          TaskKind.ADD_PIECE,
          TaskKind.ADD_PIECE,
          TaskKind.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.COMMIT_2,
          TaskKind.FINALIZE);
  private static final int LABELS = PHASES.indexOf(TaskKind.PRE_COMMIT_1);
  private static final double GIVES_UP = 0.05;

  final SectorId sector;
  private final Farm farm;
  private final World world;
  private final boolean inTheNode;
  private final int[] marks = new int[PHASES.size()];
  private int phase;
  private int asked;
  private Optional<String> ending = Optional.empty();

  Driver(Farm farm, SectorId sector) {
    this.farm = farm;
    this.world = farm.world;
    this.sector = sector;
    this.inTheNode = world.random.nextBoolean();
    this.phase = world.random.nextInt(LABELS);
    for (int number = 0; number < marks.length; number++) {
      marks[number] = number; // no two pieces are the same
    }
  }

  /** What the driver's work came to, once it knows. */
  Optional<String> ending() {
    return ending;
  }

  void begin() {
    soon(3_000);
    misbehaveLater();
  }

  private void soon(long most) {
    int now = ++asked;
    world.after(world.unending, world.between(0, most), () -> ask(now));
  }

  /** Asks for the phase at hand until something else is. */
  private void ask(int question) {
    if (question != asked || ending.isPresent()) {
      return;
    }
    TaskKind kind = PHASES.get(phase);
    perform(
        kind,
        SimulatedSector.request(kind, marks[phase]),
        answer -> {
          if (question == asked && ending.isEmpty()) {
            onAnswer(answer);
          }
        });
    world.after(world.unending, world.between(1_500, 8_000), () -> ask(question));
  }

  private void perform(
      TaskKind kind, TaskRequest request, java.util.function.Consumer<Sector.Answer> onAnswer) {
    Ask ask = new Ask(Optional.of(kind), memory(), onAnswer);
    tell(() -> kind + " is asked for", sector -> sector.perform(request, ask));
  }

  private Life memory() {
    return inTheNode ? farm.main().life() : world.unending;
  }

  private void tell(Supplier<String> what, java.util.function.Consumer<SimulatedSector> command) {
    farm.network.send(() -> sector + ": " + what.get(), () -> farm.region.tell(sector, command));
  }

  private void onAnswer(Sector.Answer answer) {
    if (answer instanceof Sector.Done) {
      phase++;
      if (phase == PHASES.size()) {
        ending = Optional.of("sealed");
      } else {
        soon(300);
      }
    } else if (answer instanceof Sector.TaskHasFailed failed) {
      onFailure(failed.failure());
    } else if (answer instanceof Sector.Refused refused) {
      onRefusal(refused.reason());
    }
  }

  private void onFailure(Failure failure) {
    if (failure.code().equals("host_removed")) {
      ending = Optional.of("lost: " + failure.message());
    } else if (world.happens(GIVES_UP)) {
      ending = Optional.of("failed: " + failure.message());
    } else if (failure.action() == Failure.Action.REDO || world.happens(0.2)) {
      goBack(Math.min(phase, LABELS));
    } else if (world.happens(0.3)) {
      retry();
      soon(1_000);
    } else if (world.happens(0.3)) {
      marks[phase]++;
      soon(1_000);
    } else {
      soon(1_000);
    }
  }

  private void onRefusal(String reason) {
    if (reason.endsWith("was removed")) {
      ending = Optional.of("removed");
    } else if (reason.contains("has no files on any host")) {
      ending = Optional.of("lost: " + reason); // a Commit2 that needs none went on without them
    } else if (reason.contains("takes no more pieces")) {
      phase = LABELS;
      soon(500);
    } else if (reason.contains("is busy with") && world.random.nextInt(3) == 0) {
      abort();
    }
  }

  private void goBack(int to) {
    phase = to;
    marks[to]++;
    soon(1_000);
  }

  private void misbehaveLater() {
    if (world.weather.mischief() > 0) {
      world.after(
          world.unending,
          world.between(200, 4_000),
          () -> {
            if (!world.isCalm()) {
              if (world.happens(world.weather.mischief())) {
                misbehave();
              }
              misbehaveLater();
            }
          });
    }
  }

  private void misbehave() {
    int which = world.random.nextInt(100);
    int now = Math.min(phase, PHASES.size() - 1);
    if (which < 30) {
      abort();
    } else if (which < 45) {
      retry();
    } else if (which < 60) {
      TaskKind kind = PHASES.get(now);
      perform(kind, SimulatedSector.request(kind, marks[now] + 100), answer -> {});
    } else if (which < 78) {
      int earlier = world.random.nextInt(now + 1);
      TaskKind kind = PHASES.get(earlier);
      perform(kind, SimulatedSector.request(kind, marks[earlier]), answer -> {});
    } else if (which < 90) {
      if (ending.isEmpty() && phase > LABELS) {
        goBack(LABELS + world.random.nextInt(phase - LABELS));
      }
    } else if (which < 97) {
      perform(
          TaskKind.UNSEAL,
          SimulatedSector.request(TaskKind.UNSEAL, world.random.nextInt(50)),
          answer -> {});
    } else {
      perform(TaskKind.REMOVE, SimulatedSector.request(TaskKind.REMOVE, 0), answer -> {});
    }
  }

  private void abort() {
    Ask ask = new Ask(Optional.empty(), memory(), answer -> {});
    tell(() -> "abort", sector -> sector.abort("driver", ask));
  }

  private void retry() {
    Ask ask = new Ask(Optional.empty(), memory(), answer -> {});
    tell(() -> "retry", sector -> sector.retry("operator", ask));
  }
}
