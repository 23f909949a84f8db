package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.net.URI;
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
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Three hosts for days, and as soon as a sector is sealed another comes: none of those before it
 * waits for ever, however much memory it takes and however many small ones there are.
 */
class FairnessPropertyTest {
  private static final List<TaskKind> WAY =
      List.of(
          TaskKind.ADD_PIECE,
          TaskKind.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.COMMIT_2,
          TaskKind.FINALIZE);
  private static final int AT_ONCE = 14;
  private static final int ROUNDS = 2_000;
  private static final Duration LONGEST_WAIT = Duration.ofHours(12);

  private static final class Life {
    private final SectorId sector;
    private final SealProofType type;
    private int step;
    private Instant since;
    private Optional<HostId> files = Optional.empty();
    private boolean runs;

    Life(SectorId sector, SealProofType type, Instant since) {
      this.sector = sector;
      this.type = type;
      this.since = since;
    }

    TaskId task() {
      return new TaskId(sector, 1, step + 1, WAY.get(step));
    }
  }

  private final Map<Long, Life> lives = new TreeMap<>();
  private SchedulerState<Life, HostId> state = new SchedulerState<>();
  private Map<HostId, HostLimits> hosts = new TreeMap<>();
  private Instant now = Instant.EPOCH;
  private Random random = new Random(0);
  private long born;

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void nobodyWaitsForEver(@ForAll long seed) {
    random = new Random(seed);
    now = Instant.parse("2026-01-01T00:00:00Z");
    state = new SchedulerState<>(new HostPatience(Duration.ofDays(9), Duration.ofDays(9)));
    hosts = new TreeMap<>();
    lives.clear();
    for (int host = 0; host < 3; host++) {
      hosts.put(new HostId("host-" + host), limits());
    }
    for (int round = 0; round < ROUNDS; round++) {
      while (lives.size() < AT_ONCE) {
        begin();
      }
      hosts.keySet().forEach(this::report);
      state.decide(now).forEach(answer -> given(answer.to(), answer.host()));
      now = now.plusSeconds(60);
      List.copyOf(lives.values()).forEach(this::perhapsEnd);
      for (Life life : lives.values()) {
        assertTrue(
            life.runs || life.since.plus(LONGEST_WAIT).isAfter(now),
            () ->
                "seed "
                    + seed
                    + ": "
                    + life.task()
                    + " waits since "
                    + life.since
                    + ": "
                    + state.reasons().get(life.task()));
      }
    }
  }

  private HostLimits limits() {
    Map<TaskKind, Integer> slots = new HashMap<>();
    WAY.stream().filter(TaskKind::isPooled).forEach(kind -> slots.put(kind, 1 + random.nextInt(2)));
    long gib = 1L << 30;
    return new HostLimits(
        slots,
        2 + random.nextInt(3),
        random.nextInt(3),
        (130 + random.nextInt(60)) * gib,
        TaskMemory.defaults(),
        new HostLimits.Devices(1 + random.nextInt(2), true),
        List.of());
  }

  private void begin() {
    SealProofType type =
        random.nextInt(5) == 0
            ? SealProofType.STACKED_DRG_64GIB_V1_1
            : SealProofType.STACKED_DRG_32GIB_V1_1;
    Life life =
        new Life(
            new SectorId(TestTasks.task(1, 1, TaskKind.ADD_PIECE).sector().miner(), ++born),
            type,
            now);
    lives.put(born, life);
    submit(life);
  }

  private void submit(Life life) {
    state.submit(
        new Placement.Waiting(
            life.task(), Optional.of(life.type), life.since, life.files, Placement.Urgency.NONE),
        life);
  }

  private void report(HostId host) {
    List<HostSector> here = new ArrayList<>();
    lives.values().stream()
        .filter(life -> life.files.equals(Optional.of(host)))
        .forEach(
            life ->
                here.add(
                    new HostSector(life.sector, life.type, HostSector.Presence.SEALING, false)));
    state.report(
        host,
        host,
        new HostState(
            Optional.ofNullable(hosts.get(host)).orElseThrow(),
            Set.of(),
            here,
            Optional.empty(),
            Optional.of(new FileSource(host, URI.create("http://10.0.0.1:4721")))),
        now);
  }

  private static void given(Life life, HostId host) {
    life.runs = true;
    if (life.task().kind().needsFiles()) {
      life.files = Optional.of(host);
    }
  }

  private void perhapsEnd(Life life) {
    if (!life.runs || random.nextInt(5) != 0) {
      return;
    }
    state.withdraw(life.task());
    life.runs = false;
    life.since = now;
    life.step++;
    if (life.step == WAY.size()) {
      lives.remove(life.sector.number());
    } else {
      submit(life);
    }
  }
}
