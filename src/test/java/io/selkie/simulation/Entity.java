package io.selkie.simulation;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.Placement;
import io.selkie.scheduler.SectorRoute;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import io.selkie.scheduler.WorkerCommand;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorEvent;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.sector.SectorState;
import io.selkie.sector.SimulatedSector;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A sector in memory: what sharding starts and stops, and supervision starts anew. */
final class Entity implements SimulatedSector.Surroundings {
  final SectorId sector;
  private final Farm farm;
  private final World world;
  private final Life life;
  private final SimulatedSector core;
  private final Map<String, Life> timers = new HashMap<>();
  private final Map<TaskKind, TaskResult> told = new EnumMap<>(TaskKind.class);

  Entity(Farm farm, SectorId sector, Life life) {
    this.farm = farm;
    this.world = farm.world;
    this.sector = sector;
    this.life = life;
    this.core = new SimulatedSector(sector, farm.settings, this);
    recover();
  }

  @Override
  public Instant now() {
    return world.instant();
  }

  @Override
  public void crashPoint(String edge, String place) {
    world.crashPoint(farm.main(), () -> edge + "." + place);
  }

  @Override
  public void persist(SectorState before, List<SectorEvent> events, Runnable then) {
    world.after(
        life,
        world.between(1, 25),
        () -> {
          boolean fails = world.happens(world.weather.persistFailure());
          if (!fails || (world.random.nextBoolean() && !survivesFailure())) {
            write(before, events);
          }
          if (!fails || survivesFailure()) {
            then.run();
          } else {
            world.note(() -> sector + " could not persist " + events);
            restart();
          }
        });
  }

  private boolean survivesFailure() {
    return world.has(Defect.SECTOR_OUTLIVES_FAILED_PERSIST);
  }

  private void write(SectorState before, List<SectorEvent> events) {
    world.note(() -> sector + " persists " + events);
    farm.invariants.memoryIsTheJournal(before);
    boolean half = world.has(Defect.SECTOR_WRITES_HALF);
    farm.invariants.journaled(sector, half ? events.subList(0, 1) : events);
  }

  @Override
  public void timer(String name, Duration wait, Runnable action) {
    Life set = life.part();
    Life before = timers.put(name, set);
    if (before != null) {
      before.end();
    }
    world.after(set, wait.toMillis(), action);
  }

  @Override
  public void submit(
      TaskId task,
      SealProofType proofType,
      Instant since,
      Optional<HostId> filesOn,
      SectorRoute route) {
    Optional<HostId> known = world.has(Defect.SECTOR_FORGETS_ITS_HOST) ? Optional.empty() : filesOn;
    Placement.Waiting waiting =
        new Placement.Waiting(
            task, Optional.of(proofType), since, known, route, Placement.Urgency.NONE);
    farm.network.send(() -> task + " is submitted", () -> farm.scheduler().submit(waiting, this));
  }

  @Override
  public void resume(
      TaskId task, Optional<SealProofType> proofType, HostId host, Optional<HostId> filesOn) {
    farm.network.send(
        () -> task + " is resumed on " + host,
        () -> farm.scheduler().resume(task, proofType, host, filesOn, this));
  }

  @Override
  public void withdraw(TaskId task) {
    farm.network.send(() -> task + " is withdrawn", () -> farm.scheduler().withdraw(task));
  }

  @Override
  public void tell(HostId host, Consumer<WorkerCommand> worker, WorkerCommand command) {
    farm.network.send(
        farm.node(host), () -> sector + " tells " + command, () -> worker.accept(command));
  }

  @Override
  public void answer(Consumer<Sector.Answer> to, Sector.Answer answer) {
    Sector.Answer told = byPhase(answer);
    farm.invariants.answered(sector, (Ask) to, told);
    farm.network.send(() -> sector + " answers " + told, () -> to.accept(told));
  }

  private Sector.Answer byPhase(Sector.Answer answer) {
    if (world.has(Defect.SECTOR_ANSWERS_BY_PHASE) && answer instanceof Sector.Done done) {
      TaskKind kind = done.task().kind();
      return new Sector.Done(done.task(), told.computeIfAbsent(kind, key -> done.result()));
    }
    return answer;
  }

  @Override
  public void check(Answered answered) {
    boolean damaged = world.happens(world.weather.damage());
    world.after(
        life,
        world.between(1, world.random.nextInt(4) == 0 ? 4_000 : 50),
        () -> tell(core -> core.filesChecked(answered, !damaged)));
  }

  @Override
  public void passivate() {
    farm.region.passivate(this);
  }

  @Override
  public boolean has(Defect defect) {
    return world.has(defect);
  }

  /** The journal is read; meanwhile the sector hears nothing. */
  private void recover() {
    world.after(
        life,
        world.between(1, 20),
        () -> {
          world.note(() -> sector + " recovers");
          core.recovered(farm.invariants.replay(sector));
        });
  }

  /**
   * Supervision starts the behavior anew after a pause. Its timers are gone; the object with what
   * it remembers, and its address, are the same.
   */
  private void restart() {
    timers.values().forEach(Life::end);
    timers.clear();
    core.restarted(world.random.nextBoolean());
    world.after(life, world.between(1_000, 3_000), this::recover);
  }

  void tell(Consumer<SimulatedSector> message) {
    if (!life.isOver()) {
      message.accept(core);
    }
  }

  /** It is gone from memory; nobody tells it so. */
  void end() {
    life.end();
  }

  /** Its state, if it is not in the midst of something. */
  Optional<SectorState> state() {
    return core.isPersisting() ? Optional.empty() : Optional.of(core.state());
  }
}
