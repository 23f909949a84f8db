package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.proofs.ProofsFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jobs of a node through its deaths, with a script in the place of the prover. */
@Timeout(60)
class NodeJobsTest {
  private static final String JOB = "s-t01000-1.g1.t2.PreCommit1.a1";
  private static final byte[] ABOUT =
      "{\"abi\":1,\"call\":{\"op\":\"about\"}}".getBytes(StandardCharsets.UTF_8);

  /** Takes the lock as a prover does, and waits for the test before it says who it is. */
  private static final String BEGIN =
      "pass() { while [ ! -e \"$here/$1\" ]; do\n"
          + "    [ -e \"$job/job.json\" ] || exit 4; sleep 0.01 9>&-\n"
          + "  done; }\n"
          + "job=$1; exec 9>lock; flock -n 9 || exit 3; [ -e result.json ] && exit 3\n"
          + "echo \"$$\" >> \"$here/begun\"; echo 'first line'; pass may-tell\n"
          + "printf '{\"bootId\":\"%s\",\"pid\":%d,\"startTime\":%d}'"
          + " \"$(cat /proc/sys/kernel/random/boot_id)\" $$"
          + " \"$(cut -d' ' -f22 /proc/$$/stat)\" > prover.json.tmp\n"
          + "mv prover.json.tmp prover.json; pass may-work\n";

  private static final String ANSWER =
      "printf '%s' '"
          + FakeProver.ABOUT
          + "' > result.json.tmp; mv result.json.tmp result.json; echo $$ >> \"$here/done\"";

  @TempDir Path temp;

  private FakeProver prover;
  private NodeJobs jobs;

  @BeforeEach
  void aProverThatWaitsForTheTest() throws IOException {
    prover(BEGIN + ANSWER);
  }

  @AfterEach
  void noProverIsLeftBehind() throws Exception {
    jobs.stop(JOB);
  }

  @Test
  void theJobIsWholeBeforeAnybodyIsTold() throws Exception {
    allow("may-tell", "may-work");
    AtomicInteger told = new AtomicInteger();
    Proofs proofs =
        jobs.run(
            JOB,
            () -> {
              told.incrementAndGet();
              assertTrue(Files.exists(in(JOB).resolve("job.json")));
              assertFalse(Files.exists(temp.resolve("begun")), "no prover before the job");
            },
            progress -> {});

    assertEquals(7, proofs.about().threads());

    assertEquals(1, told.get());
    JsonNode job = JsonProofs.JSON.readTree(in(JOB).resolve("job.json").toFile());
    assertEquals(jobs.history().toString(), job.path("history").asText());
    assertEquals(temp.resolve("provers.log"), jobs.history());
    assertFalse(job.has("boundToParent"));
    assertEquals("about", job.at("/request/call/op").asText());
  }

  @Test
  void anAnswerStaysUntilItIsRemoved() throws Exception {
    allow("may-tell", "may-work");
    run(jobs, JOB).about();
    assertEquals(Set.of(JOB), jobs.present());

    AtomicInteger told = new AtomicInteger();
    NodeJobs restarted = restarted();
    assertEquals(7, restarted.run(JOB, told::incrementAndGet, progress -> {}).about().threads());

    assertEquals(1, told.get());
    assertEquals(1, lines("begun").size(), "no second prover");
    restarted.remove(JOB);
    restarted.remove(JOB);
    assertEquals(Set.of(), restarted.present());
    assertFalse(Files.exists(in(JOB)));
  }

  @Test
  void aJobThatWasNotWholeWhenTheNodeDiedIsNone() throws Exception {
    Path torn = Files.createDirectories(in(ProverJob.unfinished(JOB)));
    Files.writeString(torn.resolve("job.json"), "{\"job\":1,");

    assertEquals(Set.of(), jobs.present());

    assertFalse(Files.exists(torn));
  }

  @Test
  void aJobThatWasNotWholeDoesNotKeepItFromBeingWrittenAgain() throws Exception {
    allow("may-tell", "may-work");
    Path torn = Files.createDirectories(in(ProverJob.unfinished(JOB)));
    Files.writeString(torn.resolve("job.json"), "{\"job\":1,");

    assertEquals(7, run(jobs, JOB).about().threads());
  }

  @Test
  void aJobWhoseProverWasNeverStartedIsStarted() throws Exception {
    allow("may-tell", "may-work");
    written();
    assertEquals(Set.of(JOB), jobs.present());

    assertEquals(7, run(jobs, JOB).about().threads());

    assertEquals(1, lines("done").size());
  }

  @Test
  void aProverThatDidNotSayYetWhoItIsIsWaitedFor() throws Exception {
    Process first = written().start();
    await("begun");
    CompletableFuture<Integer> answer = threads(jobs);
    // The second one has come and gone when the first may go on.
    awaitSecondProver(first);
    allow("may-tell");
    allow("may-work");

    assertEquals(7, answer.get());

    assertEquals(List.of(Long.toString(first.pid())), lines("begun"));
    assertEquals(lines("begun"), lines("done"));
    assertEquals("first line\n", Files.readString(in(JOB).resolve("log")), "its log is whole");
  }

  @Test
  void aProverAtWorkIsTakenUp() throws Exception {
    allow("may-tell");
    written().start();
    await(in(JOB).resolve("prover.json"));
    CompletableFuture<Integer> answer = threads(jobs);
    allow("may-work");

    assertEquals(7, answer.get());

    assertEquals(1, lines("begun").size());
  }

  @Test
  void anInterruptLeavesTheProverToTheNextLifeOfTheNode() throws Exception {
    allow("may-tell");
    CompletableFuture<ProofsFailure> given = new CompletableFuture<>();
    Thread waiting = new Thread(() -> given.complete(failureOf(run(jobs, JOB))));
    waiting.start();
    await(in(JOB).resolve("prover.json"));
    waiting.interrupt();
    assertEquals(Kind.DIED, given.get().kind());
    assertTrue(given.get().message().endsWith("it goes on"), given.get().message());

    CompletableFuture<Integer> answer = threads(restarted());
    allow("may-work");

    assertEquals(7, answer.get());
    assertEquals(1, lines("begun").size());
  }

  @Test
  void aProverThatDiedUnseenIsNotStartedAgain() throws Exception {
    allow("may-tell");
    Process first = written().start();
    await(in(JOB).resolve("prover.json"));
    first.destroyForcibly().waitFor();

    ProofsFailure failure = failureOf(run(jobs, JOB));

    assertEquals(Kind.DIED, failure.kind());
    assertEquals(
        "the prover (process "
            + first.pid()
            + ") died while no node watched it; its log ends: first line",
        failure.message());
    assertEquals(1, lines("begun").size());
  }

  @Test
  void aProverThatDiesWhileItIsWatchedAgainIsReported() throws Exception {
    allow("may-tell");
    Process first = written().start();
    await(in(JOB).resolve("prover.json"));
    CompletableFuture<Integer> answer = threads(jobs);
    first.destroyForcibly();

    ExecutionException failed = assertThrows(ExecutionException.class, answer::get);

    assertEquals(Kind.DIED, ((ProofsException) failed.getCause().getCause()).failure().kind());
  }

  @Test
  void aRestartOfTheHostEndsAJob() throws Exception {
    written();
    Files.writeString(
        in(JOB).resolve("prover.json"),
        "{\"bootId\":\"an earlier one\",\"pid\":1,\"startTime\":1}");

    ProofsFailure failure = failureOf(run(jobs, JOB));

    assertEquals(Kind.DIED, failure.kind());
    assertTrue(failure.message().contains("ended with its host"), failure.message());
  }

  @Test
  void howAProverOfOursEndedIsReported() throws Exception {
    prover("kill -7 $$");
    assertEquals(Kind.NO_SPACE, failureOf(run(jobs, JOB)).kind());
  }

  @Test
  void aJobThatDoesSomethingElseIsRefused() throws Exception {
    written();
    ProofsException refused =
        assertThrows(ProofsException.class, () -> run(jobs, JOB).digest(temp.resolve("x")));
    assertEquals(Kind.BAD_REQUEST, refused.failure().kind());
    assertFalse(Files.exists(temp.resolve("begun")));
  }

  @Test
  void aJobIsGoodForOneCall() throws Exception {
    allow("may-tell", "may-work");
    Proofs proofs = run(jobs, JOB);
    proofs.about();
    assertEquals(Kind.BAD_REQUEST, failureOf(proofs).kind());
  }

  @Test
  void aSecondWaitForOneJobIsRefused() throws Exception {
    CompletableFuture<Integer> answer = threads(jobs);
    await("begun");

    assertEquals(Kind.BUSY, failureOf(run(jobs, JOB)).kind());
    ProofsException kept = assertThrows(ProofsException.class, () -> jobs.remove(JOB));
    assertEquals(Kind.BUSY, kept.failure().kind());

    allow("may-tell", "may-work");
    assertEquals(7, answer.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"begun", "told"})
  void stoppingEndsTheProverAndTheCall(String when) throws Exception {
    if (when.equals("told")) {
      allow("may-tell");
    }
    CompletableFuture<ProofsFailure> given =
        CompletableFuture.supplyAsync(() -> failureOf(run(jobs, JOB)));
    await(when.equals("told") ? in(JOB).resolve("prover.json") : temp.resolve("begun"));
    long pid = Long.parseLong(lines("begun").get(0));

    jobs.stop(JOB);

    assertFalse(isAlive(pid));
    assertFalse(Files.exists(in(JOB)));
    assertEquals(ProofsFailure.of(Kind.DIED, "the job " + JOB + " was called off"), given.get());
    jobs.stop(JOB);
    // The name is free again.
    allow("may-tell", "may-work");
    assertEquals(7, run(jobs, JOB).about().threads());
  }

  @ParameterizedTest
  @ValueSource(strings = {"begun", "told"})
  void stoppingEndsAProverOfAnEarlierLife(String when) throws Exception {
    if (when.equals("told")) {
      allow("may-tell");
    }
    Process first = written().start();
    await(when.equals("told") ? in(JOB).resolve("prover.json") : temp.resolve("begun"));

    jobs.stop(JOB);

    assertFalse(isAlive(first.pid()));
    assertFalse(Files.exists(in(JOB)));
  }

  @Test
  void stoppingKillsNobodyWhoOnlyHasTheSameId() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "600").start();
    try {
      written();
      ProcessIdentity other =
          ProcessIdentity.of(bystander.pid(), ProcessIdentity.PROC).orElseThrow();
      Files.writeString(
          in(JOB).resolve("prover.json"),
          JsonProofs.JSON.writeValueAsString(
              new ProcessIdentity(other.bootId(), other.pid(), other.startTime() - 1)));

      jobs.stop(JOB);

      assertTrue(bystander.isAlive());
    } finally {
      bystander.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 10, 30, 100})
  void stoppingAtAnyMomentLeavesNobodyAtWork(int milliseconds) throws Exception {
    allow("may-tell");
    CompletableFuture<ProofsFailure> given =
        CompletableFuture.supplyAsync(() -> failureOf(run(jobs, JOB)));
    long begin = System.nanoTime() + milliseconds * 1_000_000L;
    while (System.nanoTime() < begin) {
      Thread.onSpinWait();
    }
    do {
      jobs.stop(JOB);
    } while (!given.isDone());

    // Busy if it came while the stop was under way.
    assertTrue(Set.of(Kind.DIED, Kind.BUSY).contains(given.get().kind()), given.get().message());
    assertEquals(List.of(), prover.leftBehind());
    for (String pid : Files.exists(temp.resolve("begun")) ? lines("begun") : List.<String>of()) {
      assertFalse(isAlive(Long.parseLong(pid)));
    }
  }

  @Test
  void aProverThatLingersAfterItsAnswerKeepsNobodyAndGoesWithTheJob() throws Exception {
    allow("may-tell", "may-work");
    prover(BEGIN + ANSWER + "; pass never");
    Process first = written().start();
    await("done");

    assertEquals(7, run(jobs, JOB).about().threads());

    assertTrue(first.isAlive());
    jobs.remove(JOB);
    assertFalse(isAlive(first.pid()));
  }

  @Test
  void whatAnInterruptedRemovalLeftIsClearedAway() throws Exception {
    Path left = Files.createDirectories(in(JOB));
    Files.writeString(left.resolve("result.json"), FakeProver.ABOUT);
    Files.writeString(left.resolve("lock"), "");

    assertEquals(Set.of(), jobs.present());

    assertFalse(Files.exists(left));
  }

  @Test
  void aJobThatCannotBeClearedAwayIsStillThere() throws Exception {
    Path left = Files.createDirectories(in(JOB));
    // Nobody can tell whether a prover works on it.
    Path identity = Files.createDirectory(left.resolve("prover.json"));

    assertEquals(Set.of(JOB), jobs.present());

    Files.delete(identity);
    assertEquals(Set.of(), jobs.present());
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws Exception {
    Path all = Files.createDirectories(prover.settings().jobs());
    Files.writeString(all.resolve("file"), "");
    Files.createDirectory(all.resolve("lost+found"));
    Files.createDirectory(all.resolve(".hidden"));
    Files.writeString(Files.createDirectory(all.resolve("theirs")).resolve("letter"), "");
    Files.createSymbolicLink(all.resolve("link"), temp);
    Files.createDirectories(all.resolve("odd/job.json"));
    ProverJob oneShot = ProverJob.create(prover.settings(), ABOUT);
    List<Path> before = prover.leftBehind();

    assertEquals(Set.of(), jobs.present());

    assertEquals(Set.copyOf(before), Set.copyOf(prover.leftBehind()));
    assertTrue(Files.exists(all.resolve("link"), LinkOption.NOFOLLOW_LINKS));
    oneShot.remove();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", ".hidden", "0123456789abcdef"})
  void anotherNameIsRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> run(jobs, name));
    assertThrows(IllegalArgumentException.class, () -> jobs.stop(name));
  }

  @Test
  void proversThatEndWithTheNodeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new NodeJobs(prover.settings()));
  }

  private void prover(String script) throws IOException {
    prover = FakeProver.of(temp, script);
    jobs = restarted();
  }

  /** A node that knows nothing of its earlier life. */
  private NodeJobs restarted() {
    return new NodeJobs(prover.ofNode());
  }

  /** As the node leaves it when it dies before it starts the prover. */
  private ProverJob written() throws IOException {
    return ProverJob.create(
        prover.ofNode(), JOB, ABOUT, Optional.of(jobs.history()), Optional.empty());
  }

  private Path in(String name) {
    return prover.settings().jobs().resolve(name);
  }

  private static Proofs run(NodeJobs jobs, String name) {
    return jobs.run(name, () -> {}, progress -> {});
  }

  private static CompletableFuture<Integer> threads(NodeJobs jobs) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return run(jobs, JOB).about().threads();
          } catch (ProofsException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static ProofsFailure failureOf(Proofs proofs) {
    return assertThrows(ProofsException.class, proofs::about).failure();
  }

  private void allow(String... gates) throws IOException {
    for (String gate : gates) {
      Files.writeString(temp.resolve(gate), "");
    }
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(temp.resolve(name));
  }

  private void await(String name) {
    await(temp.resolve(name));
  }

  private static void await(Path file) {
    while (!Files.exists(file)) {
      Thread.onSpinWait();
    }
  }

  /** Waits until another prover than this was there and left. */
  private void awaitSecondProver(Process first) {
    ProcessHandle second;
    do {
      second =
          ProcessHandle.current()
              .children()
              .filter(child -> child.pid() != first.pid())
              .filter(child -> child.info().commandLine().orElse("").endsWith(JOB))
              .findAny()
              .orElse(null);
    } while (second == null);
    second.onExit().join();
  }

  private static boolean isAlive(long pid) throws IOException {
    return ProcessIdentity.of(pid, ProcessIdentity.PROC).isPresent();
  }
}
