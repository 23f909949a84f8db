package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorSpace;
import io.selkie.storage.SectorSpace.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whole lives of a farm at the scheduler, made of chance: sectors of all sizes ask for their
 * phases, end, leave, go back or wait; hosts report late; the scheduler forgets all and hears of it
 * again. Whatever it decides, no limit of any host is ever passed, each task that waits has a
 * reason, and in the end every sector that fits anywhere has got through.
 */
class LimitsPropertyTest {
  private static final List<TaskKind> PHASES =
      List.of(
          TaskKind.ADD_PIECE,
          TaskKind.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.COMMIT_2,
          TaskKind.FINALIZE);

  /** A host as it is, not as it last said. */
  private static final class Host {
    private final HostId id;
    private final HostLimits limits;
    private final long disk;
    private final Map<SectorId, HostSector> sectors = new TreeMap<>(LimitsPropertyTest::compare);
    private final Map<SectorId, TaskId> running = new HashMap<>();

    private Host(HostId id, HostLimits limits, long disk) {
      this.id = id;
      this.limits = limits;
      this.disk = disk;
    }

    private long kept() {
      return sectors.values().stream().mapToLong(sector -> space(sector.proofType())).sum();
    }

    private HostState state() {
      HostLimits now =
          limits.withDisks(
              List.of(new HostLimits.Disk("/repo", Set.of(Part.values()), disk - kept())));
      return new HostState(
          now,
          running.values().stream().map(task -> task.attempt(1)).collect(Collectors.toSet()),
          List.copyOf(sectors.values()),
          Optional.empty());
    }
  }

  private static int compare(SectorId one, SectorId other) {
    return Long.compare(one.number(), other.number());
  }

  private static final class Life {
    private final TaskId task;
    private final SealProofType type;
    private Optional<HostId> on = Optional.empty();
    private Optional<HostId> given = Optional.empty();
    private final int number;

    private Life(TaskId task, SealProofType type, int number) {
      this.task = task;
      this.type = type;
      this.number = number;
    }
  }

  private final Map<SectorId, Life> lives = new TreeMap<>(LimitsPropertyTest::compare);
  private final List<Host> hosts = new ArrayList<>();
  private SchedulerState<SectorId, HostId> state = patient();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Random random = new Random(0);

  /** Here no host falls silent. */
  private static SchedulerState<SectorId, HostId> patient() {
    return new SchedulerState<>(new HostPatience(Duration.ofDays(100), Duration.ofDays(200)));
  }

  private static long space(SealProofType type) {
    return SectorSpace.peak(type, SectorSpace.Stage.SEALING).values().stream()
        .mapToLong(bytes -> bytes)
        .sum();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void noSequenceOfDecisionsPassesALimit(@ForAll long seed) {
    lives.clear();
    hosts.clear();
    state = patient();
    random = new Random(seed);
    int count = 1 + random.nextInt(3);
    for (int host = 0; host < count; host++) {
      hosts.add(host(new HostId("host-" + host)));
      report(hosts.get(host));
    }
    for (int number = 1; number <= 12; number++) {
      SealProofType type =
          List.of(
                  SealProofType.STACKED_DRG_2KIB_V1_1,
                  SealProofType.STACKED_DRG_32GIB_V1_1,
                  SealProofType.STACKED_DRG_64GIB_V1_1)
              .get(random.nextInt(3));
      ask(new Life(TestTasks.task(number, 1, TaskKind.ADD_PIECE), type, 0));
    }
    for (int step = 0; step < 400 && !lives.isEmpty(); step++) {
      act();
      decide();
    }
    for (int step = 0; step < 2_000 && !lives.isEmpty(); step++) {
      now = now.plus(Duration.ofMinutes(1));
      List.copyOf(lives.values()).stream()
          .filter(life -> life.given.isPresent())
          .forEach(this::end);
      hosts.forEach(this::report);
      decide();
    }
    Map<TaskId, String> reasons = state.reasons();
    for (Life life : lives.values()) {
      String reason = String.valueOf(reasons.get(life.task));
      assertTrue(
          reason.contains("too little memory") || reason.contains("disk space"),
          () -> "seed " + seed + ": " + life.task + " still waits: " + reason);
    }
  }

  private Host host(HostId id) {
    Map<TaskKind, Integer> slots = new HashMap<>();
    PHASES.stream()
        .filter(TaskKind::isPooled)
        .forEach(kind -> slots.put(kind, 1 + random.nextInt(3)));
    long gib = 1L << 30;
    HostLimits limits =
        new HostLimits(
            slots,
            1 + random.nextInt(4),
            random.nextInt(3),
            (70 + random.nextInt(200)) * gib,
            TaskMemory.defaults(),
            new HostLimits.Devices(1 + random.nextInt(2), true),
            List.of());
    return new Host(id, limits, (600 + random.nextInt(3_000)) * gib);
  }

  private void act() {
    now = now.plusSeconds(random.nextInt(60));
    List<Life> running = lives.values().stream().filter(life -> life.given.isPresent()).toList();
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        if (!running.isEmpty()) {
          end(running.get(random.nextInt(running.size())));
        }
      }
      case 2 -> report(hosts.get(random.nextInt(hosts.size())));
      case 3 -> {
        if (random.nextInt(10) == 0) {
          forget();
        }
      }
      default -> lives.values().stream().filter(life -> life.given.isEmpty()).forEach(this::submit);
    }
  }

  /** The scheduler starts anew; in time everybody speaks, hosts with all that was on its way. */
  private void forget() {
    state = patient();
    for (Life life : lives.values()) {
      life.given.ifPresent(
          host ->
              state.resume(
                  life.task, Optional.of(life.type), host, Optional.of(host), life.task.sector()));
    }
    hosts.forEach(this::report);
    lives.values().stream().filter(life -> life.given.isEmpty()).forEach(this::submit);
  }

  private void report(Host host) {
    state.report(host.id, host.id, host.state(), now);
  }

  private void ask(Life life) {
    lives.put(life.task.sector(), life);
    submit(life);
  }

  private void submit(Life life) {
    state.submit(
        new Placement.Waiting(
            life.task, Optional.of(life.type), now, life.on, Placement.Urgency.NONE),
        life.task.sector());
  }

  private void decide() {
    for (SchedulerState.Answer<SectorId, HostId> answer : state.decide(now)) {
      Life life = lives.get(answer.to());
      if (life == null || !life.task.equals(answer.task()) || life.given.isPresent()) {
        continue;
      }
      begin(
          life,
          hosts.stream().filter(host -> host.id.equals(answer.host())).findFirst().orElseThrow());
    }
    for (Life life : lives.values()) {
      assertEquals(
          life.given.isEmpty(),
          state.reasons().containsKey(life.task),
          () -> life.task + " on " + life.given + ": " + state.reasons().get(life.task));
    }
  }

  private void begin(Life life, Host host) {
    assertFalse(host.running.containsKey(life.task.sector()));
    life.given = Optional.of(host.id);
    life.on = Optional.of(host.id);
    host.running.put(life.task.sector(), life.task);
    if (life.task.kind().bringsFiles()) {
      host.sectors.put(
          life.task.sector(),
          new HostSector(life.task.sector(), life.type, HostSector.Presence.SEALING, false));
    }
    check(host);
  }

  private void check(Host host) {
    HostLimits limits = host.limits;
    Map<TaskKind, Long> kinds =
        host.running.values().stream()
            .collect(Collectors.groupingBy(TaskId::kind, Collectors.counting()));
    kinds.forEach(
        (kind, used) ->
            assertTrue(!kind.isPooled() || used <= limits.slots(kind), kind + " " + used));
    long sealed =
        host.sectors.values().stream()
            .filter(sector -> sector.presence() == HostSector.Presence.SEALED)
            .count();
    assertTrue(
        host.running.size() + Math.max(0, sealed - limits.transferBuffer()) <= limits.maxTasks());
    assertTrue(host.sectors.size() <= limits.maxTasks() + limits.transferBuffer());
    assertTrue(host.kept() <= host.disk, () -> host.id + " keeps " + host.kept());
    long memory =
        host.running.values().stream()
            .mapToLong(
                task ->
                    limits.needs().bytes(task.kind(), lives.get(task.sector()).type.sectorSize()))
            .sum();
    assertTrue(memory <= limits.memory());
    assertTrue(
        kinds.getOrDefault(TaskKind.PRE_COMMIT_2, 0L) + kinds.getOrDefault(TaskKind.COMMIT_2, 0L)
            <= limits.devices().leases());
  }

  /** The task ends; the sector asks for the next, goes back, or leaves. */
  private void end(Life life) {
    Host host =
        hosts.stream()
            .filter(one -> one.id.equals(life.given.orElseThrow()))
            .findFirst()
            .orElseThrow();
    SectorId sector = life.task.sector();
    host.running.remove(sector);
    state.withdraw(life.task);
    boolean back = life.number == 4 && random.nextInt(8) == 0;
    int next = back ? 1 : life.number + 1;
    if (next == PHASES.size()) {
      lives.remove(sector);
      host.sectors.remove(sector);
      if (random.nextInt(4) == 0) {
        report(host);
      }
      return;
    }
    Life after =
        new Life(
            new TaskId(
                sector,
                life.task.generation() + (back ? 1 : 0),
                life.task.task() + 1,
                PHASES.get(next)),
            life.type,
            next);
    after.on = life.on;
    lives.put(sector, after);
    if (random.nextBoolean()) {
      submit(after);
    } else {
      ask(after);
    }
  }
}
