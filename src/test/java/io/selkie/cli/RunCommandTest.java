package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the flags of a worker mean, and which are refused: MISSION.md A1 to A6 and B1. */
class RunCommandTest {
  private static final List<String> PHASES =
      List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2");

  /** The flags of example 1 of seed 000. */
  private static final String EXAMPLE_1 =
      "--max-tasks=1 --cache-mode=0 --transfer-buffer=1 --parallel-addpiece=1"
          + " --parallel-precommit1=1 --parallel-precommit2=1 --parallel-commit1=1"
          + " --parallel-commit2=1";

  @TempDir Path home;

  /** Provers that make no proofs need no parameters. */
  private static final String STAND_IN = "selkie.test.stand-in-proofs = on";

  private SelkieRun selkie;
  private final AtomicReference<NodeLauncher.Order> asked = new AtomicReference<>();

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(home);
    selkie.withProofs();
    selkie.launcher =
        order -> {
          asked.set(order);
          return new Started();
        };
  }

  /** A node that stops at once. */
  private static final class Started implements NodeLauncher.Running {
    @Override
    public URI api() {
      return URI.create("http://127.0.0.1:4720/api/v1");
    }

    @Override
    public void awaitStopped() {}

    @Override
    public void close() {}
  }

  /** The settings that a command line starts a node with. */
  private Config settings(String line) {
    assertEquals(0, run(line), selkie.err);
    return asked.get().config();
  }

  private int run(String line) {
    return selkie.run(line.replace("HOME", home.toString()).strip().split(" +", -1));
  }

  private static Map<String, Integer> bounds(Config settings) {
    Map<String, Integer> bounds = new TreeMap<>();
    PHASES.forEach(phase -> bounds.put(phase, settings.getInt("selkie.parallel." + phase)));
    return bounds;
  }

  private static Map<String, Integer> bounds(int addPiece, int p1, int p2, int c1, int c2) {
    return new TreeMap<>(
        Map.of(
            "addpiece",
            addPiece,
            "precommit1",
            p1,
            "precommit2",
            p2,
            "commit1",
            c1,
            "commit2",
            c2));
  }

  @Test
  void aHostThatMakesProofsOfSpacetimeNeedsNoPhase() {
    selkie.file = STAND_IN + "\nselkie.cluster.roles = [coordinator, post]\n";
    Config settings =
        settings(
            "run --parallel-addpiece=0 --parallel-precommit1=0 --parallel-precommit2=0"
                + " --parallel-commit1=0 --parallel-commit2=0");

    assertEquals(bounds(0, 0, 0, 0, 0), bounds(settings));
  }

  @Test
  void noFlagsAreTheFirstExample() {
    Config none = settings("run");
    Config example = settings("lotus-seal-worker " + EXAMPLE_1 + " run");

    assertEquals(bounds(1, 1, 1, 1, 1), bounds(none));
    assertEquals(
        Map.of("max-tasks", 1, "cache-mode", 0, "transfer-buffer", 1),
        Map.of(
            "max-tasks", none.getInt("selkie.max-tasks"),
            "cache-mode", none.getInt("selkie.cache-mode"),
            "transfer-buffer", none.getInt("selkie.transfer-buffer")));
    assertEquals(none.getConfig("selkie"), example.getConfig("selkie"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lotus-seal-worker --repo=HOME/w --max-tasks=14 --parallel-precommit1=12 run",
        "lotus-seal-worker run --repo=HOME/w --max-tasks=14 --parallel-precommit1=12",
        "lotus-seal-worker --repo HOME/w run --max-tasks 14 --parallel-precommit1 12",
        "lotus-seal-worker -repo=HOME/w -max-tasks=14 run -parallel-precommit1=12",
        "selkie-is-first --repo=HOME/w --max-tasks=14 --parallel-precommit1=12 run",
        "run --repo=HOME/w --max-tasks=14 --parallel-precommit1=12",
      })
  void flagsMayStandBeforeOrBehindRun(String line) {
    Config settings = settings(line.replace("selkie-is-first ", ""));

    assertEquals(home.resolve("w").toString(), settings.getString("selkie.repo"));
    assertEquals(14, settings.getInt("selkie.max-tasks"));
    assertEquals(bounds(1, 12, 1, 1, 1), bounds(settings));
    assertEquals(home.resolve("w"), asked.get().repo());
  }

  @ParameterizedTest
  @CsvSource({
    "--precommit1, 1, 1, 0, 1, 0",
    "--precommit2, 0, 0, 1, 1, 0",
    "--commit, 0, 0, 0, 1, 1",
    "--precommit1 --precommit2 --commit, 1, 1, 1, 1, 1",
    "--precommit1 --parallel-precommit2=3, 1, 1, 3, 1, 0",
    "--precommit1 --parallel-addpiece=2 --parallel-commit1=0, 2, 1, 0, 0, 0",
    "--commit=true --precommit1=false, 0, 0, 0, 1, 1",
  })
  void taskTypesOfTheOlderDialectHaveABoundOfOne(
      String types, int addPiece, int p1, int p2, int c1, int c2) {
    selkie.file = STAND_IN;
    Config settings = settings("run --address 10.0.0.5:3456 " + types);

    assertEquals(bounds(addPiece, p1, p2, c1, c2), bounds(settings));
    assertEquals("10.0.0.5:3456", settings.getString("selkie.lotus.address"));
    assertEquals(1, settings.getInt("selkie.max-tasks"));
  }

  @Test
  void whoIsToDoCommit2NeedsItsParametersFirst() {
    assertEquals(1, run("run --address 10.0.0.5:3456 --commit"));

    assertTrue(
        selkie.err.startsWith("selkie run: --commit: Commit2 needs Groth parameters, and "),
        selkie.err);
    assertEquals(1, selkie.err.lines().count(), selkie.err);
    assertNull(asked.get());
  }

  @Test
  void theLineOfTheSealWorkerMeansWhatItSays() {
    Config settings =
        settings(
            "lotus-seal-worker --enable-gpu-proving --workerrepo HOME/path --storagerepo HOME/path"
                + " run --address 127.0.0.1:3456 --precommit1");

    assertTrue(settings.getBoolean("selkie.gpu.enabled"));
    assertTrue(settings.getBoolean("selkie.local-storage"));
    assertEquals(home.resolve("path").toString(), settings.getString("selkie.repo"));
    assertEquals(home.resolve("path").toString(), settings.getString("selkie.storage-repo"));
    assertEquals(bounds(1, 1, 0, 1, 0), bounds(settings));
  }

  @Test
  void switchesMayBeTurnedOff() {
    selkie.file = STAND_IN;
    Config settings =
        settings(
            "lotus-seal-worker --enable-gpu-proving=false run --no-local-storage --commit"
                + " --address h:1");

    assertFalse(settings.getBoolean("selkie.gpu.enabled"));
    assertFalse(settings.getBoolean("selkie.local-storage"));
  }

  @Test
  void aSwitchRightBeforeRunIsOn() {
    assertTrue(
        settings("lotus-seal-worker --enable-gpu-proving run").getBoolean("selkie.gpu.enabled"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-tasks=-1| --max-tasks is -1: use 0 to 10000",
        "--max-tasks=10001| --max-tasks is 10001: use 0 to 10000",
        "--max-tasks=x| Invalid value for option '--max-tasks': 'x' is not an int",
        "--transfer-buffer=-1| --transfer-buffer is -1: use 0 to 10000",
        "--parallel-addpiece=-1| --parallel-addpiece is -1: use 0 to 10000",
        "--parallel-precommit1=-2| --parallel-precommit1 is -2: use 0 to 10000",
        "--parallel-precommit2 -3| --parallel-precommit2 is -3: use 0 to 10000",
        "--parallel-commit1=-1| --parallel-commit1 is -1: use 0 to 10000",
        "--parallel-commit2=10001| --parallel-commit2 is 10001: use 0 to 10000",
        "--cache-mode=2| --cache-mode is 2: use 0 (local disk) or 1 (shared directory)",
        "--cache-mode=-1| --cache-mode is -1: use 0 (local disk) or 1 (shared directory)",
        "--api-port=70000| --api-port is 70000: use 0 to 65535",
        "--chain=main| --chain is 'main': use none or dev",
        "--precommit1| --address is missing: give HOST:PORT, where the miner reaches this host"
            + " (asked for by --precommit1)",
        "--workerrepo=HOME/w| --address is missing: give HOST:PORT, where the miner reaches this"
            + " host (asked for by --workerrepo)",
        "--no-local-storage| --address is missing: give HOST:PORT, where the miner reaches this"
            + " host (asked for by --no-local-storage)",
        "--address=h:1| no task type is given: give at least one of --precommit1, --precommit2,"
            + " --commit (asked for by --address)",
        "--address=h:1 --precommit1 --parallel-precommit1=1| --precommit1 and"
            + " --parallel-precommit1 are two ways to say how many: give one of them",
        "--address=h:1 --precommit2 --parallel-precommit2=1| --precommit2 and"
            + " --parallel-precommit2 are two ways to say how many: give one of them",
        "--address=h:1 --commit --parallel-commit2=0| --commit and --parallel-commit2 are two ways"
            + " to say how many: give one of them",
        "--address=h:1:2 --commit| --address: 'h:1:2' is not an address such as 10.0.0.5:3456",
        "--address=h:0 --commit| --address: a miner cannot call at port 0",
        "--address=h:65536 --commit| --address: 'h:65536' is not an address such as 10.0.0.5:3456",
        "--repo=HOME/a --workerrepo=HOME/a --address=h:1 --commit| --repo and --workerrepo are two"
            + " names of one directory: give one of them",
        "--repo=| --repo is empty: give a directory",
        "--repo=HOME/a --sealedrepo=HOME/b/../a| --sealedrepo is the directory of --repo: give"
            + " another one, or --cache-mode=1 if it is shared and nothing is to be moved",
        "--repo=HOME/a --sealedrepo=HOME/a/b| --sealedrepo and the directory of --repo lie in one"
            + " another: give two that do not",
        "--workerrepo=HOME/a --sealedrepo=HOME/a --address=h:1 --commit| --sealedrepo is the"
            + " directory of --workerrepo: give another one, or --cache-mode=1 if it is shared and"
            + " nothing is to be moved",
        "--parallel-addpiece=0 --parallel-precommit1=0 --parallel-precommit2=0 --parallel-commit1=0"
            + " --parallel-commit2=0| every phase is off: give 1 or more to at least one of"
            + " --parallel-addpiece, --parallel-precommit1, --parallel-precommit2,"
            + " --parallel-commit1, --parallel-commit2",
        "--repo=HOME/a --repo=HOME/b| option '--repo' (DIR) should be specified only once",
        "--bogus| Unknown option: '--bogus'",
      })
  void whatMakesNoSenseIsRefusedInOneLineThatNamesTheFlag(String flags, String line) {
    assertEquals(2, run("run " + flags));
    assertEquals("selkie run: " + line + " (see selkie run --help)\n", selkie.err);
    assertEquals("", selkie.out);

    assertEquals(2, run("lotus-seal-worker " + flags + " run"));
    assertTrue(selkie.err.contains(line), selkie.err);
    assertEquals(1, selkie.err.lines().count(), selkie.err);
  }

  @Test
  void aFlagOnBothSidesOfRunIsRefused() {
    assertEquals(2, run("lotus-seal-worker --max-tasks=3 run --max-tasks=4"));

    assertEquals(
        "lotus-seal-worker run: --max-tasks stands before and behind run: give it once"
            + " (see lotus-seal-worker run --help)\n",
        selkie.err);
  }

  @Test
  void sealedSectorsGoToTheSealedRepoFirst() {
    selkie.file = "selkie.transfer.targets = [\"/far\"]";
    assertEquals(
        List.of(home.resolve("s").toString(), "/far"),
        settings("run --repo=HOME/a --sealedrepo=HOME/s").getStringList("selkie.transfer.targets"));
    assertEquals(
        List.of("/far"),
        settings("run --repo=HOME/a --sealedrepo=HOME/s --cache-mode=1")
            .getStringList("selkie.transfer.targets"));
  }

  @Test
  void theSharedDirectoryMayBeBothRepos() {
    Config settings = settings("run --repo=HOME/a --sealedrepo=HOME/a --cache-mode=1");

    assertEquals(1, settings.getInt("selkie.cache-mode"));
  }

  @Test
  void twoNamesOfOneDirectoryAreFoundOut() throws IOException {
    Files.createDirectories(home.resolve("a"));
    Files.createSymbolicLink(home.resolve("b"), home.resolve("a"));

    assertEquals(2, run("run --repo=HOME/a --sealedrepo=HOME/b"));
    assertTrue(selkie.err.startsWith("selkie run: --sealedrepo is the directory of --repo: "));
  }

  @ParameterizedTest
  @CsvSource({"--repo, --repo", "--sealedrepo, --sealedrepo"})
  void aDirectoryThatCannotBeWrittenIsNamed(String flag, String name) throws IOException {
    Files.writeString(home.resolve("file"), "");

    assertEquals(1, run("run " + flag + "=HOME/file"));
    assertEquals(
        "selkie run: " + name + ": " + home.resolve("file") + " is not a directory\n", selkie.err);

    assertEquals(1, run("run " + flag + "=/proc/self"));
    assertTrue(
        selkie.err.startsWith("selkie run: " + name + ": cannot write to /proc/self: "),
        selkie.err);

    assertEquals(1, run("run " + flag + "=/proc/self/none"));
    assertTrue(selkie.err.startsWith("selkie run: " + name + ": cannot make it: "), selkie.err);
    assertEquals(1, selkie.err.lines().count(), selkie.err);
  }

  @Test
  void directoriesAreMade() {
    settings("run --repo HOME/x/y --sealedrepo HOME/x/z");

    assertTrue(Files.isDirectory(home.resolve("x/y")));
    assertTrue(Files.isDirectory(home.resolve("x/z")));
    assertEquals(List.of(), listed(home.resolve("x/z")));
  }

  private static List<String> listed(Path directory) {
    try {
      return CliProcess.names(directory);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "'  ', ''",
    "10.0.0.5, 10.0.0.5:3456",
    "'10.1.2.3\n', 10.1.2.3:3456",
    "fd00::1, [fd00::1]:3456"
  })
  void theAddressIsThatOfNetip(String netIp, String address) {
    selkie.environment.put("NETIP", netIp);

    assertEquals(address, settings("run").getString("selkie.lotus.address"));
  }

  @Test
  void anAddressGivenCountsMoreThanNetip() {
    selkie.environment.put("NETIP", "10.0.0.1");
    selkie.file = "selkie.lotus.address = \"10.0.0.2:1\"";
    assertEquals("10.0.0.2:1", settings("run").getString("selkie.lotus.address"));
    assertEquals(
        "10.0.0.3:3456",
        settings("run --address 10.0.0.3 --precommit2").getString("selkie.lotus.address"));
  }

  @Test
  void severalAddressesInNetipAreListed() {
    selkie.environment.put("NETIP", "10.0.0.1\n10.8.0.6\n");

    assertEquals(2, run("run"));
    assertEquals(
        "selkie run: NETIP has more than one address: 10.0.0.1, 10.8.0.6; set it to one of them, or"
            + " give --address (see selkie run --help)\n",
        selkie.err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eth0", "10.0.0", "10.0.0.256", "10.0.0.1 10.0.0.2", "10.0.0.1/24", ":x"})
  void whatIsNoAddressInNetipIsRefused(String netIp) {
    selkie.environment.put("NETIP", netIp);

    assertEquals(2, run("run"));
    assertEquals(
        "selkie run: NETIP is '"
            + netIp
            + "': set it to an IP address of this host, or unset it (see selkie run --help)\n",
        selkie.err);
  }

  @Test
  void aFlagCountsMoreThanTheEnvironmentAndThatMoreThanTheFile() {
    selkie.file = "selkie { max-tasks = 2, transfer-buffer = 2, cache-mode = 1 }";
    selkie.environment.put("SELKIE_MAX_TASKS", "3");
    selkie.environment.put("SELKIE_TRANSFER_BUFFER", "3");

    Config settings = settings("run --max-tasks=4");

    assertEquals(4, settings.getInt("selkie.max-tasks"));
    assertEquals(3, settings.getInt("selkie.transfer-buffer"));
    assertEquals(1, settings.getInt("selkie.cache-mode"));
  }

  @Test
  void everySettingOfAFlagMayComeByEnvironment() {
    selkie.environment.putAll(
        Map.of(
            "SELKIE_REPO", home.resolve("w").toString(),
            "SELKIE_STORAGE_REPO", "/miner",
            "SELKIE_PARALLEL_PRECOMMIT1", "7",
            "SELKIE_GPU_ENABLED", "off",
            "SELKIE_LOTUS_ADDRESS", "h:5",
            "SELKIE_API_PORT", "0"));

    Config settings = settings("run");

    assertEquals(home.resolve("w"), asked.get().repo());
    assertEquals("/miner", settings.getString("selkie.storage-repo"));
    assertEquals(bounds(1, 7, 1, 1, 1), bounds(settings));
    assertFalse(settings.getBoolean("selkie.gpu.enabled"));
    assertEquals("h:5", settings.getString("selkie.lotus.address"));
    assertEquals(0, settings.getInt("selkie.api.port"));
  }

  @Test
  void aWrongVariableIsNamed() {
    selkie.environment.put("SELKIE_CACHE_MODE", "shared");

    assertEquals(1, run("run --repo=HOME/a --sealedrepo=HOME/a"));
    assertTrue(selkie.err.contains("SELKIE_CACHE_MODE"), selkie.err);
    assertEquals(1, selkie.err.lines().count(), selkie.err);
  }

  @Test
  void aVariableThatMeansNothingIsSaidSo() {
    selkie.environment.put("SELKIE_MAX_TASK", "3");
    selkie.environment.put("SELKIE_SERVICE_HOST", "10.0.0.1");
    selkie.environment.put("SELKIE_PORT_4720_TCP_ADDR", "10.0.0.1");
    settings("run");

    assertEquals("selkie run: SELKIE_MAX_TASK is set, but there is no such setting\n", selkie.err);
  }

  @Test
  void whatTestsSetDoesNotComeByEnvironment() {
    selkie.environment.put("SELKIE_TEST_STAND_IN_PROOFS", "on");

    assertFalse(settings("run").getBoolean("selkie.test.stand-in-proofs"));
  }

  @Test
  void listsInTheEnvironmentHaveCommas() {
    selkie.environment.put("SELKIE_PARAMS_GATEWAYS", "https://a/ipfs/, https://b/ipfs/");

    assertEquals(
        List.of("https://a/ipfs/", "https://b/ipfs/"),
        settings("run").getStringList("selkie.params.gateways"));
  }

  @Test
  void aWorkerHasNoChainUnlessItIsAskedFor() {
    assertEquals("none", settings("run").getString("selkie.chain"));
    assertEquals("dev", settings("run --chain dev").getString("selkie.chain"));
    selkie.file = "selkie.chain = dev";
    assertEquals("dev", settings("run").getString("selkie.chain"));
    assertEquals("none", settings("run --chain=none").getString("selkie.chain"));
  }

  @Test
  void theRepoIsThatOfLotussWorkerIfNothingElseIsSaid() {
    settings("run");
    assertEquals(home.resolve(".selkie"), asked.get().repo());

    selkie.environment.put("WORKER_PATH", home.resolve("lotus").toString());
    settings("run");
    assertEquals(home.resolve("lotus"), asked.get().repo());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lotus-seal-worker", "lotus-seal-worker run", "lotus-storage-miner", "run"})
  void everyProgramTellsItsUsageAndVersion(String line) {
    assertEquals(0, run(line + " --help"));
    assertTrue(selkie.out.startsWith("Usage: "), selkie.out);
    assertEquals(0, run(line + " --version"));
    assertTrue(selkie.out.matches("selkie \\S+ \\(commit \\S+\\)\\R"), selkie.out);
  }

  @Test
  void pledgeSectorOfTheMinerIsSectorsPledge() {
    assertEquals(
        List.of("sectors", "pledge", "--json"),
        MinerProgram.normal(List.of("pledge", "sector", "--json")));
    assertEquals(List.of("sectors", "pledge"), MinerProgram.normal(List.of("pledge-sector")));
    assertEquals(List.of("sectors", "list"), MinerProgram.normal(List.of("sectors", "list")));
  }

  /** Every flag, and the variable of each setting, as the code has them. */
  @Test
  void thePageOfSettingsShowsEveryFlag() throws IOException {
    String page = Files.readString(Path.of("docs/settings.md"));
    CommandLine run = RunCommand.create(selkie.context());
    for (OptionSpec option : run.getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        assertTrue(page.contains("`" + option.longestName() + "`"), option.longestName());
      }
    }
    Matcher row = Pattern.compile("`(SELKIE_[A-Z0-9_]+)`[^|]*\\| `(selkie[^`]+)`").matcher(page);
    int rows = 0;
    for (; row.find(); rows++) {
      assertEquals(EnvironmentSettings.variable(row.group(2)), row.group(1));
      assertTrue(ConfigFactory.defaultReference().hasPath(row.group(2)), row.group(2));
    }
    assertEquals(16, rows);
  }

  @Test
  void itSaysWhereItServes() {
    settings("run --repo HOME/w");

    assertEquals(
        "serving http://127.0.0.1:4720 for " + home.resolve("w"), selkie.outLines().get(0));
  }
}
