package io.selkie.scheduler;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision of the scheduler for a whole farm, simulated: the hosts are records in memory, and
 * nothing is sent. Each host has fourteen sectors of 32 GiB, of which eight run a task; two tasks for
 * each host wait.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PlacementBench {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_32GIB_V1_1;
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final int SECTORS = 14;
  private static final int RUNNING = 8;
  private static final int WAITING = 2;
  private static final List<TaskKind> KINDS =
      List.of(
          TaskKind.ADD_PIECE,
          TaskKind.PRE_COMMIT_1,
          TaskKind.PRE_COMMIT_2,
          TaskKind.COMMIT_1,
          TaskKind.COMMIT_2);

  @Param({"10", "100", "200", "1000"})
  public int hosts;

  /** Whether there is room for what waits; without, each host is looked at for each task. */
  @Param({"true", "false"})
  public boolean room;

  private SchedulerState<String, String> state;

  private static TaskId task(long sector, TaskKind kind) {
    return new TaskId(
        new SectorId(new MinerId(1000), sector), 1, 1 + KINDS.indexOf(kind), kind);
  }

  /** Before each decision the farm is as it was. */
  @Setup(Level.Invocation)
  public void fill() {
    state = new SchedulerState<>(new HostPatience(Duration.ofHours(1), Duration.ofHours(2)));
    long sector = 1;
    for (int number = 0; number < hosts; number++) {
      HostId host = new HostId("host-" + number);
      List<HostSector> here = new ArrayList<>();
      Set<TaskId.Attempt> present = new HashSet<>();
      for (int i = 0; i < SECTORS; i++, sector++) {
        here.add(
            new HostSector(
                new SectorId(new MinerId(1000), sector),
                TYPE,
                HostSector.Presence.SEALING,
                false));
        if (i < RUNNING) {
          TaskId running = task(sector, TaskKind.PRE_COMMIT_1);
          present.add(running.attempt(1));
          state.resume(running, Optional.of(TYPE), host, Optional.of(host), "sector");
        }
      }
      state.report(host, "worker", host(host, present, here), NOW);
    }
    for (int number = 0; number < hosts * WAITING; number++) {
      TaskKind kind = KINDS.get(number % KINDS.size());
      Optional<HostId> files =
          kind == TaskKind.ADD_PIECE
              ? Optional.empty()
              : Optional.of(new HostId("host-" + number % hosts));
      state.submit(
          new Placement.Waiting(
              task(1_000_000L + number, kind),
              Optional.of(TYPE),
              NOW.minusSeconds(number),
              files,
              Placement.Urgency.NONE),
          "sector");
    }
  }

  private HostState host(
      HostId host, Set<TaskId.Attempt> present, List<HostSector> here) {
    Map<TaskKind, Integer> slots = new EnumMap<>(TaskKind.class);
    KINDS.forEach(kind -> slots.put(kind, kind == TaskKind.PRE_COMMIT_1 ? RUNNING : 1));
    HostLimits limits =
        new HostLimits(
            slots,
            room ? SECTORS : RUNNING,
            room ? 2 : 0,
            2L << 40,
            TaskMemory.defaults(),
            new HostLimits.Devices(2, true),
            List.of());
    return new HostState(
        limits,
        present,
        here,
        Optional.empty(),
        Optional.of(new FileSource(host, URI.create("http://10.0.0.1:4721"))));
  }

  @Benchmark
  public Object decide() {
    return state.decide(NOW);
  }

  /**
   * Without JMH and in processor time, for a look on a loaded machine: {@code java -cp …
   * io.selkie.scheduler.PlacementBench > docs/figures/decision-cost.csv}, of which {@code
   * docs/figures/decision-cost.py} makes a picture.
   */
  public static void main(String[] arguments) {
    System.out.println("hosts,waiting,room,given,median_ms,p99_ms");
    for (int hosts : new int[] {10, 20, 50, 100, 200, 500, 1000}) {
      for (boolean room : new boolean[] {true, false}) {
        PlacementBench bench = new PlacementBench();
        bench.hosts = hosts;
        bench.room = room;
        List<Long> nanos = new ArrayList<>();
        int warm = hosts > 400 ? 30 : 150;
        int given = 0;
        for (int round = 0; round < warm * 2; round++) {
          bench.fill();
          long begin = CLOCK.getCurrentThreadCpuTime();
          given = ((List<?>) bench.decide()).size();
          if (round >= warm) {
            nanos.add(CLOCK.getCurrentThreadCpuTime() - begin);
          }
        }
        nanos.sort(null);
        System.out.printf(
            Locale.ROOT,
            "%d,%d,%b,%d,%.3f,%.3f%n",
            hosts,
            hosts * WAITING,
            room,
            given,
            nanos.get(nanos.size() / 2) / 1e6,
            nanos.get(nanos.size() * 99 / 100) / 1e6);
      }
    }
  }
}
