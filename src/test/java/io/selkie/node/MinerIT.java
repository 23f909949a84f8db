package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.lotus.StandInFaults;
import io.selkie.selftest.EndsProvers;
import io.selkie.selftest.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node that seals for a miner, with stand-in proofs, and what may happen to both meanwhile. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class MinerIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Duration REGISTERED = Duration.ofSeconds(90);
  private static final long SEALED_SECONDS = 200;
  private static final int SECTORS = 4;
  private static final long FIRST_CELL = 100;
  private static final List<String> CALLS =
      List.of(
          "AddPiece",
          "Fetch",
          "PreCommit1",
          "PreCommit2",
          "Commit1",
          "Commit2",
          "ReleaseUnsealed",
          "Finalize");

  /** Which prover completed which phase of which sector. */
  private static final Pattern COMPLETED =
      Pattern.compile("(?m)^.* (s-t\\d+-\\d+)\\.g(\\d+)\\.t\\d+\\.(\\w+)\\.a\\d+ completed$");

  @TempDir Path temp;
  private MinerId id;
  private LotusMinerStandIn miner;
  private Map<String, String> settings;

  @BeforeEach
  void startMiner() throws Exception {
    id = new MinerId(1000 + new Random().nextInt(1000));
    miner = LotusMinerStandIn.start(id, SectorSize.KIB_2);
    miner.writeRepo(temp.resolve("miner"));
    settings = TrialNode.settings();
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.lotus.enabled", "on");
    settings.put("selkie.storage-repo", temp.resolve("miner").toString());
    settings.put("selkie.lotus.address", "127.0.0.1:" + freePort());
    settings.put("selkie.chain", "none");
    settings.put("selkie.max-tasks", "8");
    for (String kind : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + kind, "4");
    }
    settings.put("selkie.gpu.cpu-leases", "4");
  }

  @AfterEach
  void stopMiner() throws Exception {
    miner.close();
  }

  /** So that a node which is killed is found at the same address again. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private NodeProcess start() throws Exception {
    return NodeProcess.start(temp.resolve("node"), settings);
  }

  private void slowPhases() {
    settings.put("selkie.test.phase-times.0", "AddPiece=300");
    settings.put("selkie.test.phase-times.1", "PreCommit1=1500");
    settings.put("selkie.test.phase-times.2", "PreCommit2=800");
    settings.put("selkie.test.phase-times.3", "Commit2=1500");
  }

  private List<CompletableFuture<SealedSector>> sealAll() {
    List<CompletableFuture<SealedSector>> all = new ArrayList<>();
    for (int i = 0; i < SECTORS; i++) {
      all.add(miner.seal(new Random().nextInt(1_000_000) * 10L + i, TYPE));
    }
    return all;
  }

  private static List<SealedSector> await(List<CompletableFuture<SealedSector>> all)
      throws Exception {
    List<SealedSector> sealed = new ArrayList<>();
    for (CompletableFuture<SealedSector> one : all) {
      sealed.add(one.get(SEALED_SECONDS, TimeUnit.SECONDS));
    }
    return sealed;
  }

  /** How often each phase was completed, by sector, generation and phase. */
  private Map<String, Long> completed() throws IOException {
    String log = Files.readString(temp.resolve("node/state/provers.log"));
    return COMPLETED
        .matcher(log)
        .results()
        .map(found -> found.group(1) + " g" + found.group(2) + " " + found.group(3))
        .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
  }

  private void assertEachPhaseOnce(List<SealedSector> sectors) throws IOException {
    Map<String, Long> once = new TreeMap<>();
    for (SealedSector sealed : sectors) {
      for (String phase :
          List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize")) {
        once.put(sealed.sector().id() + " g1 " + phase, 1L);
      }
    }
    assertEquals(once, completed());
  }

  private void assertMinerIsContent() {
    assertEquals(List.of(), miner.violations());
    assertEquals(List.of(), miner.failures());
  }

  @Test
  void sectorsAreSealedFromAddPieceToThePullOfTheMiner() throws Exception {
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      byte[] data = new byte[1016];
      new Random().nextBytes(data);

      List<CompletableFuture<SealedSector>> begun = sealAll();
      SealedSector withPiece = miner.seal(77, TYPE, data).get(SEALED_SECONDS, TimeUnit.SECONDS);
      List<SealedSector> sealed = await(begun);

      assertEquals(2, withPiece.pieces().size());
      assertEquals(2048, withPiece.replica().size());
      assertFalse(withPiece.cache().isEmpty());
      assertEquals(List.of(), sealed.stream().filter(one -> one.replica().size() != 2048).toList());
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void aNodeThatIsKilledAgainAndAgainLosesNoCallAndRepeatsNoPhase() throws Exception {
    slowPhases();
    List<CompletableFuture<SealedSector>> begun = List.of();
    for (int life = 0; life < 4; life++) {
      try (NodeProcess node = start()) {
        miner.awaitWorkers(1, REGISTERED);
        if (life == 0) {
          begun = sealAll();
          awaitStarted("sealPreCommit1");
        } else {
          TimeUnit.MILLISECONDS.sleep(new Random().nextInt(2500));
        }
        node.kill();
      }
    }
    try (NodeProcess node = start()) {
      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertEquals(List.of(), miner.violations());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void aMinerThatRestartsIsWorkedForAgainAndGetsWhatRan() throws Exception {
    slowPhases();
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      List<CompletableFuture<SealedSector>> begun = sealAll();
      awaitStarted("sealPreCommit1");
      miner.restart(Duration.ofSeconds(1));
      awaitStarted("sealCommit2");
      miner.restart(Duration.ofSeconds(3));

      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  @Test
  void whatIsLostOnTheWireIsSaidAgain() throws Exception {
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      miner.startTwice(true);
      for (String method :
          List.of("ReturnSealPreCommit1", "ReturnSealCommit1", "StorageDeclareSector")) {
        miner.faults().loseNextAnswer(method, StandInFaults.Loss.CUT);
        miner.faults().loseNextAnswer(method, StandInFaults.Loss.BAD_GATEWAY);
      }
      miner.faults().delayAnswers(Duration.ofMillis(50));

      List<SealedSector> sealed = await(sealAll());

      assertEachPhaseOnce(sealed);
      assertMinerIsContent();
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  /**
   * Each call in each of its changes: one sector is held at each place, and all are killed once.
   */
  @Test
  void aKillAtEveryPlaceOfACallLosesNothing() throws Exception {
    Path marks = Files.createDirectories(temp.resolve("marks"));
    List<String> places = places();
    Map<String, String> plain = Map.copyOf(settings);
    room(places.size());
    settings.put("akka.actor.default-dispatcher.executor", "thread-pool-executor");
    settings.put(
        "akka.actor.default-dispatcher.thread-pool-executor.fixed-pool-size",
        String.valueOf(places.size() + 64)); // each place keeps a thread
    settings.put("selkie.test.failpoint-dir", marks.toString());
    List<CompletableFuture<SealedSector>> begun = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      settings.put(
          "selkie.test.failpoints." + i, places.get(i) + "@" + new SectorId(id, FIRST_CELL + i));
    }
    try (NodeProcess node = start()) {
      miner.awaitWorkers(1, REGISTERED);
      for (int i = 0; i < places.size(); i++) {
        begun.add(miner.seal(FIRST_CELL + i, TYPE));
      }
      TrialNode.await(node, "places that are not held", () -> count(marks) == places.size());
      node.kill();
    }
    settings = new TreeMap<>(plain);
    room(places.size());
    try (NodeProcess node = start()) {
      List<SealedSector> sealed = await(begun);

      assertEachPhaseOnce(sealed);
      assertEquals(List.of(), miner.violations());
      assertFalse(node.log().contains("Exception"), node.log());
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  private void room(int sectors) {
    String all = String.valueOf(sectors);
    settings.put("selkie.max-tasks", all);
    settings.put("selkie.memory", "100 TiB");
    settings.put("selkie.gpu.cpu-leases", all);
    for (String kind : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + kind, all);
    }
  }

  private static List<String> places() {
    List<String> places = new ArrayList<>();
    for (String call : CALLS) {
      for (String event : List.of("CallTaken", "CallEnded", "CallReported")) {
        for (String place : List.of("before-persist", "after-persist", "after-effect")) {
          places.add(call + "." + event + "." + place);
        }
      }
    }
    return places;
  }

  private void awaitStarted(String method) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(SEALED_SECONDS).toNanos();
    while (miner.log().stream().noneMatch(line -> line.startsWith(method))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nobody was asked for " + method + ": " + miner.log());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
