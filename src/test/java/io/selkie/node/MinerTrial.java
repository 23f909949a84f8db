package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a node share that seals for a miner, with stand-in proofs. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
abstract class MinerTrial {
  static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  static final Duration REGISTERED = Duration.ofSeconds(90);
  static final long SEALED_SECONDS = 200;
  static final int SECTORS = 4;

  /** Which prover completed which phase of which sector. */
  static final Pattern COMPLETED =
      Pattern.compile("(?m)^.* (s-t\\d+-\\d+)\\.g(\\d+)\\.t\\d+\\.(\\w+)\\.a\\d+ completed$");

  @TempDir Path temp;
  MinerId id;
  LotusMinerStandIn miner;
  Map<String, String> settings;

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
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  NodeProcess start() throws Exception {
    return NodeProcess.start(temp.resolve("node"), settings);
  }

  void slowPhases() {
    settings.put("selkie.test.phase-times.0", "AddPiece=300");
    settings.put("selkie.test.phase-times.1", "PreCommit1=1500");
    settings.put("selkie.test.phase-times.2", "PreCommit2=800");
    settings.put("selkie.test.phase-times.3", "Commit2=1500");
  }

  List<CompletableFuture<SealedSector>> sealAll() {
    List<CompletableFuture<SealedSector>> all = new ArrayList<>();
    for (int i = 0; i < SECTORS; i++) {
      all.add(miner.seal(new Random().nextInt(1_000_000) * 10L + i, TYPE));
    }
    return all;
  }

  static List<SealedSector> await(List<CompletableFuture<SealedSector>> all) throws Exception {
    List<SealedSector> sealed = new ArrayList<>();
    for (CompletableFuture<SealedSector> one : all) {
      sealed.add(one.get(SEALED_SECONDS, TimeUnit.SECONDS));
    }
    return sealed;
  }

  /** How often each phase was completed, by sector, generation and phase; the first makes a log. */
  static Map<String, Long> completed(Path state) throws IOException {
    Path provers = state.resolve("provers.log");
    String log = Files.exists(provers) ? Files.readString(provers) : "";
    return COMPLETED
        .matcher(log)
        .results()
        .map(found -> found.group(1) + " g" + found.group(2) + " " + found.group(3))
        .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
  }

  void assertEachPhaseOnce(List<SealedSector> sectors) throws IOException {
    assertEachPhaseOnce(
        sectors.stream().map(one -> one.sector().id()).toList(), temp.resolve("node/state"));
  }

  static void assertEachPhaseOnce(List<SectorId> sectors, Path state) throws IOException {
    Map<String, Long> once = new TreeMap<>();
    for (SectorId sector : sectors) {
      for (String phase :
          List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize")) {
        once.put(sector + " g1 " + phase, 1L);
      }
    }
    assertEquals(once, completed(state));
  }

  void assertMinerIsContent() {
    assertEquals(List.of(), miner.violations());
    assertEquals(List.of(), miner.failures());
  }
}
