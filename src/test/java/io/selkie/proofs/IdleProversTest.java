package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Provers that wait for jobs, with a script in the place of the prover. */
@Timeout(60)
class IdleProversTest {
  private static final String JOB = "s-t01000-1.g1.t1.AddPiece.a1";
  private static final String SCRIPT =
      "echo \"$1 $$\" >> \"$here/started\"\n"
          + "if [ \"$1\" = --idle ]; then read line || exit 4; fi\n"
          + "{ readlink /proc/$$/cwd; echo \"$line\"; } > \"$here/worked\"; printf '%s' '"
          + FakeProver.ABOUT
          + "' > result.json";

  @TempDir Path temp;

  private FakeProver prover;
  private NodeJobs jobs;

  @BeforeEach
  void aProverThatWaits() throws Exception {
    prover = FakeProver.of(temp, SCRIPT);
    jobs = new NodeJobs(prover.ofNode(), 1);
    jobs.startIdle();
    awaitStarted(1);
  }

  @AfterEach
  void noProverIsLeftBehind() throws Exception {
    jobs.stop(JOB);
    jobs.close();
    assertEquals(List.of(), prover.leftBehind());
  }

  @Test
  void theJobIsDoneByTheProverThatWaited() throws Exception {
    assertEquals(7, jobs.run(JOB, () -> {}, progress -> {}).about().threads());

    assertTrue(prover.seen("worked").startsWith(prover.settings().jobs().resolve(JOB) + "\n"));
    assertTrue(started().get(0).startsWith("--idle "));
    awaitStarted(2);
    assertTrue(started().get(1).startsWith("--idle "), "the next one waits by now");
  }

  @Test
  void theProverThatWaitedIsToldTheVariablesOfItsJob() throws Exception {
    jobs.run(JOB, Map.of("CUDA_VISIBLE_DEVICES", "GPU-1"), () -> {}, progress -> {}).about();

    assertTrue(started().get(0).startsWith("--idle "));
    assertEquals(
        prover.settings().jobs().resolve(JOB) + "\n{\"CUDA_VISIBLE_DEVICES\":\"GPU-1\"}\n",
        prover.seen("worked"));
  }

  @Test
  void aProverThatDiedWaitingIsReplaced() throws Exception {
    long pid = Long.parseLong(started().get(0).replaceAll(".* ", ""));
    ProcessHandle waiting = ProcessHandle.of(pid).orElseThrow();
    waiting.destroyForcibly();
    waiting.onExit().get(10, TimeUnit.SECONDS);

    assertEquals(7, jobs.run(JOB, () -> {}, progress -> {}).about().threads());
  }

  @Test
  void aProverThatWaitsIsNoJobAndNoRubbish() throws Exception {
    assertEquals(Set.of(), jobs.present());

    assertTrue(waiting().isPresent());
    assertEquals(7, jobs.run(JOB, () -> {}, progress -> {}).about().threads());
  }

  @Test
  void whatADeadNodeLeftIsClearedAway() throws Exception {
    NodeJobs nextLife = new NodeJobs(prover.ofNode());
    Path left = waiting().orElseThrow();

    assertEquals(Set.of(), nextLife.present());

    assertFalse(Files.exists(left));
  }

  @Test
  void closingEndsTheOnesThatWait() throws Exception {
    long pid = Long.parseLong(started().get(0).replaceAll(".* ", ""));

    jobs.close();

    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    assertFalse(waiting().isPresent());
    assertEquals(7, jobs.run(JOB, () -> {}, progress -> {}).about().threads());
  }

  @Test
  void theOneBeingStartedIsEndedToo() throws Exception {
    for (int round = 0; round < 100; round++) {
      IdleProvers provers = new IdleProvers(prover.settings(), 1);
      provers.refill();
      IdleProvers.Idle taken = provers.take().orElseThrow(); // the next one is started meanwhile
      taken.end();

      provers.close();

      assertEquals(1, idle().size(), "only that of the other provers, round " + round);
    }
  }

  private List<Path> idle() throws IOException {
    try (Stream<Path> files = Files.list(prover.settings().jobs())) {
      return files.filter(file -> file.getFileName().toString().startsWith(".idle-")).toList();
    }
  }

  private Optional<Path> waiting() throws IOException {
    return idle().stream().findFirst();
  }

  private List<String> started() throws IOException {
    Path file = temp.resolve("started");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private void awaitStarted(int count) throws Exception {
    while (started().size() < count) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
