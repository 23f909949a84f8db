package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.selftest.EndsProvers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What hosts of a farm and their database go through, each for as long as it takes to be noticed,
 * while sectors are in the middle of phases. Sectors end in their stores, so that files are deleted
 * as well; slots are few, so that limits could be passed.
 */
@Timeout(900)
@ExtendWith(EndsProvers.class)
class FarmTroubleSlowIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  /** Phases that last, and bounds that count. */
  private static TestFarm bounded(TestFarm farm) {
    return farm.storing()
        .set("selkie.test.phase-times.0", "PreCommit1=3000")
        .set("selkie.test.phase-times.1", "Commit2=3000")
        .set("selkie.parallel.precommit1", "2")
        .set("selkie.parallel.commit2", "2")
        .set("selkie.max-tasks", "3");
  }

  private static List<String> pledgeOnAll(TestFarm farm) throws Exception {
    List<String> sectors = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sectors.add(farm.pledge(i % TestFarm.HOSTS));
    }
    return sectors;
  }

  /** Every sector that the farm has taken comes to its end, also those that nobody was told of. */
  private static void finish(TestFarm farm, List<String> sectors) throws Exception {
    for (String sector : sectors) {
      farm.awaitProving(0, sector);
    }
    TreeSet<String> all = new TreeSet<>(farm.sectors(0));
    assertTrue(all.containsAll(sectors), all + " lacks some of " + sectors);
    for (String sector : all) {
      farm.awaitProving(0, sector);
      farm.await(sector + " to be stored", () -> FarmInvariants.isReleased(farm, sector));
    }
    FarmInvariants.check(farm, List.copyOf(all));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aHostIsKilledAndComesBack(int host) throws Exception {
    try (TestFarm farm = bounded(TestFarm.in(directory)).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      farm.node(host).kill();
      int other = (host + 1) % TestFarm.HOSTS;
      sectors.add(farm.pledge(other));
      farm.awaitProving(other, sectors.get(sectors.size() - 1));
      farm.start(host);

      finish(farm, sectors);
    }
  }

  /** Twice, so that it moves to a host that did not begin the farm, and from there. */
  @Test
  void theHostOfTheSchedulerIsKilled() throws Exception {
    try (TestFarm farm = bounded(TestFarm.in(directory)).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      for (int round = 1; round <= 2; round++) {
        int host = farm.schedulerHost();
        assertTrue(host >= 0, "no host says that the scheduler runs there");
        int other = (host + 1) % TestFarm.HOSTS;
        sectors.add(farm.pledge(other));
        long killed = System.nanoTime();
        farm.node(host).kill();
        farm.await("a scheduler elsewhere", () -> farm.schedulerHost() >= 0);
        farm.await("its answer", () -> farm.calls(other).get("/hosts").has("hosts"));
        Figures.note(
            "kill -9 of the scheduler's host to its answer from another, time " + round,
            Duration.ofNanos(System.nanoTime() - killed));
        farm.start(host);
        farm.awaitReady(host);
      }

      finish(farm, sectors);
    }
  }

  /** The first has the scheduler as well. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aCommit2RunsElsewhereWhenItsHostIsKilled(int host) throws Exception {
    killWithCommit2(host, TestFarm.in(directory), "");
  }

  /** The aim is that both are back within 20 s, by the times that operators have. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aCommit2RunsElsewhereByDefaultTiming(int host) throws Exception {
    killWithCommit2(host, TestFarm.in(directory).patient(), " by default timing");
  }

  /**
   * The last host seals, the others have Commit2 alone: what they read is on no host that is lost.
   */
  private static void killWithCommit2(int host, TestFarm empty, String timing) throws Exception {
    TestFarm made =
        bounded(empty)
            .set("selkie.test.phase-times.1", "Commit2=40000")
            .set("selkie.parallel.commit2", "6")
            .set("selkie.max-tasks", "6")
            .set(2, "selkie.parallel.commit2", "0");
    for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1")) {
      made.set(0, "selkie.parallel." + phase, "0").set(1, "selkie.parallel." + phase, "0");
    }
    try (TestFarm farm = made.startAll()) {
      List<String> sectors = pledgeOnAll(farm);
      farm.await("a Commit2 there", () -> commit2(farm, host).isPresent());
      ProverHistory.Run first = commit2(farm, host).orElseThrow();
      boolean both = farm.schedulerHost() == host;

      long killed = System.nanoTime();
      farm.node(host).kill();
      String what =
          "kill -9 of a Commit2's host"
              + (both ? ", which is the scheduler's as well," : "")
              + timing
              + " to ";
      if (both) {
        farm.await("a scheduler elsewhere", () -> farm.schedulerHost() >= 0);
        farm.await("its answer", () -> farm.calls(2).get("/hosts").has("hosts"));
        Figures.note(
            what + "an answer of the next scheduler", Duration.ofNanos(System.nanoTime() - killed));
      }
      farm.await("it to begin elsewhere", () -> isElsewhere(farm, first));
      Figures.note(what + "its prover elsewhere", Duration.ofNanos(System.nanoTime() - killed));
      farm.start(host);

      finish(farm, sectors);
    }
  }

  private static Optional<ProverHistory.Run> commit2(TestFarm farm, int host) throws Exception {
    return ProverHistory.of(farm).runs().stream()
        .filter(run -> run.kind().equals("Commit2") && run.host() == host)
        .filter(run -> run.completed().isEmpty())
        .findFirst();
  }

  private static boolean isElsewhere(TestFarm farm, ProverHistory.Run first) throws Exception {
    return ProverHistory.of(farm).runs().stream()
        .anyMatch(run -> run.taskName().equals(first.taskName()) && run.host() != first.host());
  }

  /** The first has the scheduler, the last has not. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aHostStandsStillForLong(int host) throws Exception {
    try (TestFarm farm = bounded(TestFarm.in(directory)).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      signal(farm.node(host).pid(), "STOP");
      TimeUnit.MILLISECONDS.sleep(LONG.toMillis());
      signal(farm.node(host).pid(), "CONT");
      farm.await("the host that stood still to end", () -> !farm.node(host).isAlive());
      farm.start(host);

      finish(farm, sectors);
    }
  }

  /** Running work goes on, none is begun, and whoever asks hears it in one line, soon. */
  @Test
  void theDatabaseIsAwayForLong() throws Exception {
    try (TestFarm farm = bounded(TestFarm.in(directory)).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      farm.postgres().stop();
      long begun = System.nanoTime();
      int status = farm.calls(1).pledge(UUID.randomUUID()).join().statusCode();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(status == 503, "answered " + status);
      assertTrue(took.compareTo(Duration.ofSeconds(6)) < 0, "answered after " + took);
      TimeUnit.MILLISECONDS.sleep(LONG.toMillis());
      for (int host = 0; host < TestFarm.HOSTS; host++) {
        assertTrue(farm.node(host).isAlive(), "host " + host + " ended");
      }
      farm.postgres().resume();

      finish(farm, sectors);
    }
  }

  @Test
  void cablesArePulledAndPluggedInAgain() throws Exception {
    Assumptions.assumeTrue(
        TestNetwork.isPossible(), "needs to make network namespaces: run as root");
    try (TestNetwork network = TestNetwork.make();
        TestFarm farm = bounded(TestFarm.in(directory, network, network.postgres())).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      network.cut(2);
      TimeUnit.MILLISECONDS.sleep(500);
      network.mend(2); // too short to be noticed
      network.cut(1);
      farm.await("the host alone to end", () -> !farm.node(1).isAlive());
      network.mend(1);
      farm.start(1);

      finish(farm, sectors);
    }
  }

  private static void signal(long pid, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
  }
}
