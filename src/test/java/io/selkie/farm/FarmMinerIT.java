package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusMinerStandIn;
import io.selkie.lotus.SealedSector;
import io.selkie.selftest.EndsProvers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts are one worker to a miner, and share the phases of its sectors. */
@Timeout(300)
@ExtendWith(EndsProvers.class)
class FarmMinerIT {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final Duration REGISTERED = Duration.ofSeconds(90);
  private static final List<String> PHASES =
      List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2");
  private static final Pattern COMPLETED =
      Pattern.compile("(?m)^.* s-t\\d+-(\\d+)\\.g1\\.t\\d+\\.(\\w+)\\.a\\d+ completed$");

  @TempDir Path directory;
  private LotusMinerStandIn miner;

  @BeforeEach
  void startMiner() throws Exception {
    miner = LotusMinerStandIn.start(new MinerId(1000), SectorSize.KIB_2);
    miner.writeRepo(directory.resolve("miner"));
  }

  @AfterEach
  void stopMiner() throws Exception {
    miner.close();
  }

  /** What the first host does not offer, the second does. */
  private TestFarm farm(Set<String> ofFirst) throws Exception {
    TestFarm farm = TestFarm.in(directory);
    farm.set("selkie.lotus.enabled", "on");
    farm.set("selkie.lotus.address", "127.0.0.1:0");
    farm.set("selkie.storage-repo", directory.resolve("miner").toString());
    farm.set("selkie.chain", "none");
    for (String phase : PHASES) {
      farm.set(ofFirst.contains(phase) ? 1 : 0, "selkie.parallel." + phase, "0");
    }
    boolean started = false;
    try {
      farm.start(0);
      farm.start(1);
      farm.awaitReady(0);
      farm.awaitReady(1);
      started = true;
      return farm;
    } finally {
      if (!started) {
        farm.close();
      }
    }
  }

  private List<SealedSector> seal(TestFarm farm) throws Exception {
    miner.awaitWorkers(1, REGISTERED);
    byte[] piece = new byte[1016];
    new Random().nextBytes(piece);
    List<CompletableFuture<SealedSector>> begun =
        List.of(miner.seal(1, TYPE), miner.seal(2, TYPE, piece), miner.seal(3, TYPE));
    List<SealedSector> sealed = new ArrayList<>();
    for (CompletableFuture<SealedSector> one : begun) {
      farm.await("a sealed sector; the miner: " + miner.log() + miner.failures(), one::isDone);
      sealed.add(one.get());
    }
    assertEquals(List.of(), miner.violations());
    assertEquals(List.of(), miner.failures());
    assertEquals(List.of(), sealed.stream().filter(one -> one.replica().size() != 2048).toList());
    return sealed;
  }

  /** Phases that a host completed, each by its sectors. */
  private static Map<String, List<Long>> completed(TestFarm farm, int host) throws IOException {
    Path log = farm.state(host).resolve("provers.log");
    return COMPLETED
        .matcher(Files.exists(log) ? Files.readString(log) : "")
        .results()
        .collect(
            Collectors.groupingBy(
                found -> found.group(2),
                TreeMap::new,
                Collectors.collectingAndThen(
                    Collectors.mapping(found -> Long.valueOf(found.group(1)), Collectors.toList()),
                    numbers -> numbers.stream().sorted().toList())));
  }

  /** The second sector has two pieces. */
  private static Map<String, List<Long>> eachOnce(String... phases) {
    Map<String, List<Long>> once = new TreeMap<>();
    for (String phase : phases) {
      once.put(phase, phase.equals("AddPiece") ? List.of(1L, 2L, 2L, 3L) : List.of(1L, 2L, 3L));
    }
    return once;
  }

  @Test
  void whatOneHostSealsTheOtherProves() throws Exception {
    try (TestFarm farm = farm(Set.of("addpiece", "precommit1", "precommit2", "commit1"))) {
      seal(farm);

      assertEquals(
          eachOnce("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Finalize"),
          completed(farm, 0));
      assertEquals(eachOnce("Commit2"), completed(farm, 1));
    }
  }

  /** The files move from host to host, and the miner's index follows them. */
  @Test
  void aSectorGoesOnAtTheHostThatOffersItsNextPhase() throws Exception {
    try (TestFarm farm = farm(Set.of("addpiece", "precommit1"))) {
      seal(farm);

      assertEquals(eachOnce("AddPiece", "PreCommit1"), completed(farm, 0));
      assertEquals(eachOnce("PreCommit2", "Commit1", "Commit2", "Finalize"), completed(farm, 1));
    }
  }
}
