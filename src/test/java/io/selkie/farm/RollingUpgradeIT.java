package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts are stopped by TERM and started as a later version, one by one, while sectors are sealed.
 * The first has the scheduler, and whichever has it next is stopped next.
 */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class RollingUpgradeIT {
  private static final String LATER = "99.0.0";

  @TempDir Path directory;

  @Test
  void allHostsAreUpgradedWhileSectorsAreSealedAndNoPhaseIsRepeated() throws Exception {
    try (TestFarm farm =
        TestFarm.in(directory)
            .set("selkie.test.phase-times.0", "PreCommit1=4000")
            .set("selkie.test.phase-times.1", "Commit2=4000")
            .set("selkie.hosts.silence", "6 s") // no restart is as quick as that
            .startAll()) {
      List<String> sectors = new ArrayList<>();
      farm.set("akka.cluster.app-version", LATER);
      Set<Integer> left = new TreeSet<>(List.of(0, 1, 2));
      while (!left.isEmpty()) {
        sectors.add(farm.pledge(0));
        sectors.add(farm.pledge(1));
        int scheduler = farm.schedulerHost();
        int host = left.contains(scheduler) ? scheduler : left.iterator().next();
        Figures.note("TERM of a host: longest wait for the scheduler", stop(farm, host));
        farm.start(host);
        farm.awaitReady(host);
        left.remove(host);
      }

      for (String sector : sectors) {
        farm.awaitProving(2, sector);
      }
      farm.await("all hosts to tell their version", () -> versions(farm).equals(Set.of(LATER)));
      FarmInvariants.checkNothingWasRepeated(farm, sectors);
    }
  }

  private static Set<String> versions(TestFarm farm) throws Exception {
    Set<String> versions = new TreeSet<>();
    for (JsonNode host : farm.calls(0).get("/hosts").path("hosts")) {
      versions.add(host.path("version").asText());
    }
    return versions;
  }

  /**
   * Stops a host as systemd does, and asks another all the while for what only the scheduler knows.
   * A question that is on its way when the scheduler leaves may get lost: the next one counts.
   *
   * @return the longest pause between two answers
   */
  private static Duration stop(TestFarm farm, int host) throws Exception {
    NodeCalls other = farm.calls((host + 1) % TestFarm.HOSTS);
    Queue<Long> answers = new ConcurrentLinkedQueue<>();
    ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor();
    try {
      ScheduledFuture<?> unusedHandle =
          asking.scheduleWithFixedDelay(
              () -> {
                CompletableFuture<Void> unused =
                    other
                        .send("GET", "/hosts", "")
                        .thenAccept(
                            answer -> {
                              if (answer.statusCode() == 200) {
                                answers.add(System.nanoTime());
                              }
                            });
              },
              0,
              100,
              TimeUnit.MILLISECONDS);
      assertEquals(0, farm.node(host).terminate() & ~(128 + 15), "the exit status of a clean end");
      long ended = System.nanoTime();
      farm.await("an answer", () -> answers.stream().anyMatch(at -> at > ended));
    } finally {
      asking.shutdownNow();
    }
    List<Long> times = answers.stream().sorted().toList();
    long longest = 0;
    for (int i = 1; i < times.size(); i++) {
      longest = Math.max(longest, times.get(i) - times.get(i - 1));
    }
    return Duration.ofNanos(longest);
  }
}
