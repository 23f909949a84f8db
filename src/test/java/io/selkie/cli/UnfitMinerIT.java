package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Permission;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.wire.MinerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code selkie run} beside a miner that it cannot work for, or that is not there. */
@Timeout(240)
class UnfitMinerIT {
  /** With the log that an operator sees: that of tests is off. */
  private static final String[] OPTIONS = {
    "-Dselkie.lotus.address=127.0.0.1:0",
    "-Dlogback.configurationFile=" + Path.of("src/main/resources/logback.xml").toAbsolutePath()
  };

  private static final Duration REGISTERED = Duration.ofSeconds(90);

  /** Of the node's link with its miner, which looks each 2 s. */
  private static final Duration LOOKS = Duration.ofSeconds(7);

  @TempDir Path home;
  private CliProcess selkie;
  private LotusMinerStandIn miner;

  @BeforeEach
  void startMiner() throws Exception {
    miner = LotusMinerStandIn.start(new MinerId(1000), SectorSize.MIB_8);
    selkie = withoutOther(CliProcess.standIn(home, OPTIONS));
  }

  @AfterEach
  void stopMiner() throws Exception {
    selkie.killAll();
    miner.close();
  }

  /** Whoever runs this test may have a miner of his own. */
  private static CliProcess withoutOther(CliProcess selkie) {
    return selkie.with("MINER_API_INFO", "").with("STORAGE_API_INFO", "");
  }

  private Path repo() {
    return home.resolve("miner");
  }

  private CliProcess.Running run(String... flags) throws Exception {
    List<String> line =
        new ArrayList<>(List.of("run", "--repo", "r", "--storagerepo", "miner", "--api-port", "0"));
    line.addAll(List.of(flags));
    return selkie.start(line.toArray(String[]::new));
  }

  /** It ends by itself, and the line of the command is the last one. */
  private static void assertRefused(CliProcess.Running node, String line) throws Exception {
    CliProcess.Result end = node.await();

    assertEquals(1, end.status(), end.err());
    List<String> said = end.err().lines().filter(one -> one.startsWith("selkie run: ")).toList();
    assertEquals(1, said.size(), end.err());
    assertTrue(said.get(0).contains(line), end.err());
    assertFalse(end.err().contains("Exception"), end.err());
  }

  @Test
  void theTokenOfAnotherMinerEndsIt() throws Exception {
    LotusMinerStandIn other = LotusMinerStandIn.start(new MinerId(1001), SectorSize.KIB_2);
    try {
      other.writeRepo(repo());
      Files.copy(repo().resolve("token"), home.resolve("foreign"));
      miner.writeRepo(repo());
      Files.copy(
          home.resolve("foreign"), repo().resolve("token"), StandardCopyOption.REPLACE_EXISTING);

      assertRefused(run(), "; check MINER_API_INFO, or the file token in its repo");
      assertEquals(List.of(), miner.workers());
    } finally {
      other.close();
    }
  }

  @Test
  void aTokenWithoutAdminEndsIt() throws Exception {
    miner.writeRepo(repo(), Permission.READ, Permission.WRITE);

    assertRefused(
        run(), "lacks admin: give the one that `lotus-miner auth api-info --perm admin` prints");
  }

  @Test
  void aMinerOfAnotherVersionEndsIt() throws Exception {
    miner.sayApiVersion(MinerVersion.API + 0x100);
    miner.writeRepo(repo());

    assertRefused(run(), "with API version 0x10600; this program speaks 0x10500: run lotus-miner");
  }

  /** Proofs are real here, and there are no parameters. */
  @Test
  void aMinerWithSectorsThatItCannotProveEndsIt() throws Exception {
    selkie = withoutOther(new CliProcess(home, OPTIONS));
    miner.writeRepo(repo());

    assertRefused(
        run("--parallel-commit2", "1"),
        "--sector-size 8MiB --sets porep, or take no Commit2 here: --parallel-commit2=0");
  }

  @Test
  void whoTakesNoCommit2NeedsNoParameters() throws Exception {
    selkie = withoutOther(new CliProcess(home, OPTIONS));
    miner.writeRepo(repo());

    CliProcess.Running node = run("--parallel-commit2", "0");

    miner.awaitWorkers(1, REGISTERED);
    assertTrue(node.process().isAlive());
  }

  @Test
  void aMinerThatIsNotThereIsWaitedForInOneLine() throws Exception {
    long begin = System.nanoTime();
    CliProcess.Running node = run();
    CliProcess.await(node.process(), () -> Files.readString(node.out()).contains("serving "));
    long looked = System.nanoTime() + LOOKS.toNanos();
    CliProcess.await(node.process(), () -> System.nanoTime() > looked);

    String waiting = Files.readString(node.err());
    assertTrue(waiting.contains("waiting for the miner: "), waiting);
    assertTrue(waiting.contains("miner/api is missing"), waiting);
    long lines = 1 + Duration.ofNanos(System.nanoTime() - begin).toMinutes();
    assertTrue(waiting.lines().filter(one -> one.contains("api is missing")).count() <= lines);
    miner.writeRepo(repo());

    miner.awaitWorkers(1, REGISTERED);
    assertFalse(Files.readString(node.err()).contains("Exception"));
  }

  @Test
  void aMinerThatDoesNotListenIsWaitedForInOneLine() throws Exception {
    miner.writeRepo(repo());
    miner.stop();
    long begin = System.nanoTime();
    CliProcess.Running node = run();
    CliProcess.await(node.process(), () -> Files.readString(node.out()).contains("serving "));
    long looked = System.nanoTime() + LOOKS.toNanos();
    CliProcess.await(node.process(), () -> System.nanoTime() > looked);

    String waiting = Files.readString(node.err());
    assertTrue(waiting.contains("waiting for the miner: "), waiting);
    long lines = 1 + Duration.ofNanos(System.nanoTime() - begin).toMinutes();
    assertTrue(
        waiting.lines().filter(one -> one.contains("Connection refused")).count() <= lines,
        waiting);
    miner.comeBack();

    miner.awaitWorkers(1, REGISTERED);
    assertFalse(Files.readString(node.err()).contains("Exception"));
  }
}
