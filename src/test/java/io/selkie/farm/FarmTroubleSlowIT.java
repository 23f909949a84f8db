package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What hosts of a farm and their database go through, each for as long as it takes to be noticed.
 */
@Timeout(900)
class FarmTroubleSlowIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  private static List<String> pledgeOnAll(TestFarm farm) throws Exception {
    List<String> sectors = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sectors.add(farm.pledge(i % TestFarm.HOSTS));
    }
    return sectors;
  }

  private static void finish(TestFarm farm, List<String> sectors) throws Exception {
    for (String sector : sectors) {
      farm.awaitProving(0, sector);
    }
    FarmInvariants.check(farm, sectors);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aHostIsKilledAndComesBack(int host) throws Exception {
    try (TestFarm farm = TestFarm.in(directory).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      farm.node(host).kill();
      sectors.add(farm.pledge((host + 1) % TestFarm.HOSTS));
      farm.awaitProving((host + 1) % TestFarm.HOSTS, sectors.get(sectors.size() - 1));
      farm.start(host);

      finish(farm, sectors);
    }
  }

  @Test
  void aHostStandsStillForLong() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).startAll()) {
      List<String> sectors = pledgeOnAll(farm);

      signal(farm.node(2).pid(), "STOP");
      TimeUnit.MILLISECONDS.sleep(LONG.toMillis());
      signal(farm.node(2).pid(), "CONT");
      farm.await("the host that stood still to end", () -> !farm.node(2).isAlive());
      farm.start(2);

      finish(farm, sectors);
    }
  }

  /** Running work goes on, none is begun, and whoever asks hears it in one line, soon. */
  @Test
  void theDatabaseIsAwayForLong() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).startAll()) {
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
    try (TestNetwork network = TestNetwork.make();
        TestFarm farm = TestFarm.in(directory, network, network.postgres()).startAll()) {
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
