package io.selkie.node;

import static io.selkie.node.TrialNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an upgrade of the node costs: nothing. Three sectors are in the middle of a phase; the node
 * ends, by TERM or by -9, and the next one finishes with the same provers.
 */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class UpgradeIT {
  private static final List<String> SECTORS = List.of("s-t01000-1", "s-t01000-2", "s-t01000-3");

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"PreCommit1, true", "PreCommit1, false", "Commit2, true", "Commit2, false"})
  void theSameProversFinishUnderTheNextNode(String phase, boolean orderly) throws Exception {
    Map<String, Long> held;
    try (NodeProcess node = NodeProcess.start(temp, settings(phase))) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      for (int i = 0; i < SECTORS.size(); i++) {
        var unused = calls.pledge(UUID.randomUUID());
      }
      for (String sector : SECTORS) {
        await(node, () -> Files.exists(mark(phase, sector)));
      }
      await(node, () -> provers("started", phase).size() == SECTORS.size());
      held = provers("started", phase);
      await(node, () -> count(node.log(), phase + ": holding while") == SECTORS.size());
      if (orderly) {
        assertEquals(0, node.terminate() & ~(128 + 15), "the exit status of a clean end");
      } else {
        node.kill();
      }
    }
    held.values().forEach(pid -> assertTrue(ProcessHandle.of(pid).isPresent(), pid + " lives on"));

    try (NodeProcess node = NodeProcess.start(temp, settings(phase))) {
      for (String sector : SECTORS) {
        await(node, () -> node.log().contains("the job " + job(phase, sector) + " is taken up"));
      }
      for (String sector : SECTORS) {
        Files.delete(mark(phase, sector));
      }
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      await(
          node,
          () -> calls.driverStates().values().stream().filter("Proving"::equals).count() == 3);

      assertEquals(held, provers("completed", phase));
      assertEquals(held, provers("started", phase));
      String log = node.log();
      for (String sector : SECTORS) {
        String line = sector + " " + phase + ": ";
        assertTrue(log.contains(line + "job ends"), log);
        assertEquals(0, count(log, line + "job begins"), "said by the node before");
      }
      node.terminate();
    }
  }

  /** What an operator sets for a phase is what its prover runs with, and the others do not. */
  @Test
  void aProverHasTheNicenessAndTheProcessorsOfItsPhase() throws Exception {
    Map<String, String> settings = settings("PreCommit1");
    settings.put("selkie.test.prover-failpoints.3", "AddPiece.before-work@s-t01000-1");
    settings.put("selkie.prover.precommit1.nice", "7");
    settings.put("selkie.prover.precommit1.cpus", "0");
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      var unused = NodeCalls.to(temp.resolve("state")).pledge(UUID.randomUUID());
      await(node, () -> Files.exists(mark("AddPiece", SECTORS.get(0))));
      long adding = provers("started", "AddPiece").get(SECTORS.get(0));
      assertEquals("5", niceness(adding));
      assertEquals(allowed(node.pid()), allowed(adding));
      Files.delete(mark("AddPiece", SECTORS.get(0)));

      await(node, () -> Files.exists(mark("PreCommit1", SECTORS.get(0))));
      long labelling = provers("started", "PreCommit1").get(SECTORS.get(0));
      assertEquals("7", niceness(labelling));
      assertEquals("0", allowed(labelling));
      Files.delete(mark("PreCommit1", SECTORS.get(0)));
      node.terminate();
    }
  }

  /** An aborted task is not only off the list: its process is dead; removal frees the rest. */
  @Test
  void anAbortEndsTheComputationAndARemovalFreesItsDisk() throws Exception {
    Map<String, String> settings = settings("PreCommit1");
    settings.put("selkie.test.prover-failpoints.0", "PreCommit1.after-work@" + SECTORS.get(0));
    try (NodeProcess node = NodeProcess.start(temp, settings)) {
      NodeCalls calls = NodeCalls.to(temp.resolve("state"));
      var unused = calls.pledge(UUID.randomUUID());
      Path mark = temp.resolve("PreCommit1.after-work@" + SECTORS.get(0));
      await(node, () -> Files.exists(mark));
      long prover = provers("started", "PreCommit1").get(SECTORS.get(0));
      assertNotEquals(0, sizeOfSector());

      String path = "/sectors/" + SECTORS.get(0);
      assertEquals(
          200,
          calls.send("POST", path + "/abort", "{\"cause\":\"maintenance\"}").join().statusCode());
      await(node, () -> ProcessHandle.of(prover).isEmpty());
      await(
          node,
          () ->
              !Files.exists(temp.resolve("state/jobs").resolve(job("PreCommit1", SECTORS.get(0)))));
      assertTrue(Files.exists(mark), "it did not end by itself");

      assertEquals(200, calls.send("DELETE", path, "").join().statusCode());
      await(node, () -> sizeOfSector() == 0);
      node.terminate();
    }
  }

  /** Bytes below the repo that are of the first sector. */
  private long sizeOfSector() throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("repo"))) {
      return files
          .filter(file -> file.toString().contains(SECTORS.get(0)))
          .filter(Files::isRegularFile)
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (UncheckedIOException e) {
      return -1; // it is being removed
    }
  }

  private static String niceness(long pid) throws Exception {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)).get(16);
  }

  private static String allowed(long pid) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.split("\\s+", -1)[1])
        .findFirst()
        .orElseThrow();
  }

  private Path mark(String phase, String sector) {
    return temp.resolve(phase + ".before-work@" + sector);
  }

  private Map<String, String> settings(String phase) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("SELKIE_LOG", "info");
    settings.put(
        "logback.configurationFile",
        Path.of("src/main/resources/logback.xml").toAbsolutePath().toString());
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", temp.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.max-tasks", "8");
    settings.put("selkie.gpu.cpu-leases", "8");
    for (String name : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + name, "3");
    }
    for (int i = 0; i < SECTORS.size(); i++) {
      settings.put("selkie.test.prover-failpoints." + i, phase + ".before-work@" + SECTORS.get(i));
    }
    return settings;
  }

  /** The job of the phase, of whatever number. */
  private String job(String phase, String sector) throws Exception {
    return history().stream()
        .map(line -> line.split(" ", -1)[2])
        .filter(job -> job.startsWith(sector + ".") && job.contains("." + phase + "."))
        .findFirst()
        .orElseThrow();
  }

  private List<String> history() throws Exception {
    Path file = temp.resolve("state/provers.log");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** Who did something for a phase, by sector. */
  private Map<String, Long> provers(String what, String phase) throws Exception {
    Pattern line =
        Pattern.compile("\\S+ (\\d+) (s-t01000-\\d+)\\.g1\\.t\\d+\\." + phase + "\\.a\\d+ " + what);
    Map<String, Long> provers = new TreeMap<>();
    for (String text : history()) {
      Matcher match = line.matcher(text);
      if (match.matches()) {
        assertEquals(null, provers.put(match.group(2), Long.valueOf(match.group(1))), text);
      }
    }
    return provers;
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
