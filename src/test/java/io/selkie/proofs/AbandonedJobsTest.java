package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedJobsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration LONG_AGO = Duration.ofSeconds(61);
  private static final String BOOT = "0b6ac6d0-5f65-4d6a-9c3c-0d5c2a7b9e11";
  private static final int PID = 4711;
  private static final long START_TIME = 987_654;

  @TempDir Path temp;
  private Path jobs;
  private Path proc;

  @BeforeEach
  void setUp() throws IOException {
    jobs = Files.createDirectory(temp.resolve("jobs"));
    proc = temp.resolve("proc");
    Path bootId = proc.resolve("sys/kernel/random/boot_id");
    Files.createDirectories(bootId.resolveSibling(""));
    Files.writeString(bootId, BOOT + "\n");
    run(PID, START_TIME);
  }

  @Test
  void removesAJobWhoseProverIsDead() throws IOException {
    Path job = job("dead", true, PID + 1, START_TIME, BOOT);
    age(job, LONG_AGO);

    assertEquals(1, remove());

    assertFalse(Files.exists(job));
  }

  @Test
  void neverTouchesAJobWhoseProverIsAlive() throws IOException {
    Path job = job("alive", true, PID, START_TIME, BOOT);
    age(job, Duration.ofDays(9));

    assertEquals(0, remove());

    assertTrue(Files.exists(job.resolve("job.json")));
  }

  @Test
  void isNotDeceivedByAnotherProcessOfTheSameId() throws IOException {
    age(job("reused", true, PID, START_TIME - 1, BOOT), LONG_AGO);

    assertEquals(1, remove());
  }

  @Test
  void isNotDeceivedByAnIdFromBeforeTheLastBoot() throws IOException {
    String earlier = BOOT.replace('0', '1');
    age(job("rebooted", true, PID, START_TIME, earlier), LONG_AGO);

    assertEquals(1, remove());
  }

  @Test
  void leavesADirectoryInWhichSomethingChangedWithinAMinute() throws IOException {
    Path starting = Files.createDirectory(jobs.resolve("starting"));
    age(starting, Duration.ofSeconds(59));
    Path answered = job("answered", true, PID + 1, START_TIME, BOOT);
    age(answered, LONG_AGO);
    Path result = Files.writeString(answered.resolve("result.json"), "{}");
    age(result, Duration.ofSeconds(2));
    Files.setLastModifiedTime(answered, FileTime.from(NOW.minus(LONG_AGO)));

    assertEquals(0, remove());
  }

  @Test
  void leavesAFinishedJobOfANodeToTheNode() throws IOException {
    age(job("of-a-node", false, PID + 1, START_TIME, BOOT), LONG_AGO);

    assertEquals(0, remove());
  }

  @Test
  void removesAJobThatNeverGotAProver() throws IOException {
    Path empty = Files.createDirectory(jobs.resolve("empty"));
    Path torn = Files.createDirectory(jobs.resolve("torn"));
    Files.writeString(torn.resolve("job.json"), "{\"job\":1,\"boundTo");
    Path started = Files.createDirectory(jobs.resolve("started"));
    Files.writeString(started.resolve("job.json"), "{\"job\":1,\"boundToParent\":4711}");
    for (Path job : new Path[] {empty, torn, started}) {
      age(job, LONG_AGO);
    }

    assertEquals(3, remove());
  }

  @Test
  void leavesAJobWhoseProverCannotBeTold() throws IOException {
    Path job = job("damaged", true, PID, START_TIME, BOOT);
    Files.writeString(job.resolve("prover.json"), "{");
    age(job, LONG_AGO);

    assertEquals(0, remove());
  }

  @Test
  void oneThatCannotBeJudgedDoesNotKeepTheOthers() throws IOException {
    Path odd = job("odd", true, PID, START_TIME, BOOT);
    Files.delete(odd.resolve("prover.json"));
    Files.createDirectory(odd.resolve("prover.json"));
    age(odd, LONG_AGO);
    age(job("dead", true, PID + 1, START_TIME, BOOT), LONG_AGO);

    assertEquals(1, remove());
  }

  @Test
  void removesTheDirectoryOfItsSocketButNoOther() throws IOException {
    Path job = job("long", true, PID + 1, START_TIME, BOOT);
    Path beside = Files.createDirectory(temp.resolve("selkie-long4711"));
    Files.writeString(beside.resolve("progress"), "");
    Files.writeString(
        job.resolve("job.json"),
        "{\"boundToParent\":4711,\"socket\":\"" + beside.resolve("progress") + "\"}");
    age(job, LONG_AGO);
    Path other = job("other", true, PID + 1, START_TIME, BOOT);
    Path precious = Files.createDirectory(temp.resolve("precious"));
    Files.writeString(
        other.resolve("job.json"),
        "{\"boundToParent\":4711,\"socket\":\"" + precious.resolve("progress") + "\"}");
    age(other, LONG_AGO);

    assertEquals(2, remove());

    assertFalse(Files.exists(beside));
    assertTrue(Files.exists(precious));
  }

  @Test
  void followsNoLinks() throws IOException {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(jobs.resolve("link"), elsewhere);
    age(elsewhere, LONG_AGO);
    Path job = job("linking", true, PID + 1, START_TIME, BOOT);
    Files.createSymbolicLink(job.resolve("log"), temp.resolve("nowhere"));

    remove();

    assertTrue(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(elsewhere));
  }

  @Test
  void hasNothingToDoWhereThereAreNoJobs() {
    assertEquals(0, AbandonedJobs.remove(temp.resolve("none")));
  }

  @Test
  void knowsALivingProcessByTheRealProcessTable() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String startTime = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    long pid = ProcessHandle.current().pid();
    Path alive = job("alive", true, pid, Long.parseLong(startTime), bootId);
    age(alive, Duration.ofDays(9));
    Path dead = job("dead", true, pid, Long.parseLong(startTime) + 1, bootId);
    age(dead, Duration.ofDays(9));

    assertEquals(1, AbandonedJobs.remove(jobs, clock(), Path.of("/proc")));

    assertTrue(Files.exists(alive));
    assertFalse(Files.exists(dead));
  }

  private int remove() {
    return AbandonedJobs.remove(jobs, clock(), proc);
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  private Path job(String name, boolean bound, long pid, long startTime, String bootId)
      throws IOException {
    Path job = Files.createDirectory(jobs.resolve(name));
    Files.writeString(
        job.resolve("job.json"),
        "{\"job\":1,\"boundToParent\":"
            + (bound ? "4711" : "null")
            + ",\"socket\":\""
            + job
            + "/progress\"}");
    Files.writeString(
        job.resolve("prover.json"),
        "{\"bootId\":\"" + bootId + "\",\"pid\":" + pid + ",\"startTime\":" + startTime + "}");
    return job;
  }

  /** A process with a name that is hard to read over. */
  private void run(int pid, long startTime) throws IOException {
    Path stat = proc.resolve(Integer.toString(pid)).resolve("stat");
    Files.createDirectories(stat.resolveSibling(""));
    Files.writeString(
        stat, pid + " (a) (b 1 2) S 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 25 5 1 0 " + startTime + " 0 0\n");
  }

  private static void age(Path tree, Duration age) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
      }
    }
  }
}
