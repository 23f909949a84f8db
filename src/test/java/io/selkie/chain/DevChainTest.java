package io.selkie.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.ProofsFailure;
import io.selkie.proofs.SealWork;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevChainTest {
  private static final MinerId MINER = new MinerId(1000);
  private static final SectorId SECTOR = new SectorId(MINER, 7);
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final CommR COMM_R = CommR.ofHex("0e".repeat(32));
  private static final CommD COMM_D = CommD.ofHex("0d".repeat(32));
  private static final CommD ZEROS = CommD.ofHex("00".repeat(32));
  private static final SealProof PROOF = proof("a real one");
  private static final long DELAY = 10;

  @TempDir Path temp;

  private final List<SealWork.VerifySeal> verified = new ArrayList<>();
  private boolean valid = true;
  private boolean broken;
  private Instant now = Instant.ofEpochSecond(1_700_000_000);
  private boolean standIn;
  private DevChain chain;

  @BeforeEach
  void begin() throws IOException {
    chain = open(Duration.ofSeconds(1));
    pass(100);
  }

  @Test
  void anEpochPassesWithEachBlock() throws Exception {
    assertEquals(100, get(chain.head()));
    pass(3);
    assertEquals(103, get(chain.head()));
  }

  @Test
  void theHeadNeverGoesBack() throws Exception {
    assertEquals(100, get(chain.head()));
    pass(-50);
    assertEquals(100, get(chain.head()));
  }

  @Test
  void theHeadIsNotBelowWhatIsOnChainAfterARestartWithAClockSetBack() throws Exception {
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(-90);

    assertEquals(100, get(open(Duration.ofSeconds(1)).head()));
  }

  @Test
  void anotherBlockTimeDoesNotMoveTheHead() throws Exception {
    DevChain faster = open(Duration.ofMillis(100));

    assertEquals(100, get(faster.head()));
    pass(1);
    assertEquals(110, get(faster.head()));
    assertEquals(110, get(open(Duration.ofSeconds(5)).head()));
  }

  @Test
  void randomnessDiffersByEpochAndMinerAndUseButNotByTime() throws Exception {
    var ticket = get(chain.ticket(MINER, -800)).bytes();

    assertNotEquals(ticket, get(chain.ticket(MINER, -799)).bytes());
    assertNotEquals(ticket, get(chain.ticket(new MinerId(1001), -800)).bytes());
    assertNotEquals(get(chain.ticket(MINER, 50)).bytes(), get(chain.seed(MINER, 50)).bytes());
    assertNotEquals(get(chain.seed(MINER, 49)), get(chain.seed(MINER, 50)));
    pass(20);
    assertEquals(ticket, get(open(Duration.ofSeconds(1)).ticket(MINER, -800)).bytes());
  }

  @Test
  void twoChainsDrawDifferently() throws Exception {
    temp = temp.resolve("other");
    DevChain other = open(Duration.ofSeconds(1));

    assertNotEquals(get(chain.ticket(MINER, 0)), get(other.ticket(MINER, 0)));
  }

  @Test
  void refusesRandomnessOfTheFuture() {
    get(chain.seed(MINER, 100));

    assertRefused(
        "getting beacon randomness: cannot draw randomness from the future",
        chain.seed(MINER, 101));
    assertRefused(
        "getting ticket randomness: cannot draw randomness from the future",
        chain.ticket(MINER, 101));
  }

  @Test
  void takesAPreCommitOnce() {
    UUID message = UUID.randomUUID();

    assertEquals(100, get(chain.preCommit(message, preCommit())));
    pass(5);

    assertEquals(100, get(chain.preCommit(message, preCommit())));
    assertEquals(100, get(open(Duration.ofSeconds(1)).preCommit(message, preCommit())));
    assertEquals(
        Optional.of(new Chain.PreCommitOnChain(preCommit(), 100)),
        get(open(Duration.ofSeconds(1)).preCommitOf(SECTOR)));
    assertRefused(
        "sector numbers BitField {7} already allocated",
        chain.preCommit(UUID.randomUUID(), preCommit()));
  }

  @Test
  void refusesAMessageThatSaysSomethingElseThanBefore() {
    UUID message = UUID.randomUUID();
    get(chain.preCommit(message, preCommit()));
    Chain.PreCommit other = preCommitOf(new SectorId(MINER, 8), TYPE, 0);

    assertRefused(
        "message " + message + " was sent before with another content",
        chain.preCommit(message, other));
    assertEquals(Optional.empty(), get(chain.preCommitOf(other.sector())));
  }

  @Test
  void refusesAnOldProofType() {
    assertRefused(
        "unsupported seal proof type 0",
        chain.preCommit(
            UUID.randomUUID(), preCommitOf(SECTOR, SealProofType.STACKED_DRG_2KIB_V1, 0)));
  }

  @Test
  void withShortBlocksLimitsAreAsLongInTime() {
    DevChainSettings mainnet = DevChainSettings.devnet(Duration.ofSeconds(30), false);
    assertEquals(3780, mainnet.maxTicketAge());
    assertEquals(86_410, mainnet.maxProveCommitDuration());

    assertEquals(
        86_400 + 900, DevChainSettings.devnet(Duration.ofSeconds(1), false).maxTicketAge());
  }

  @Test
  void anEpochHasItsTimeBeforeItComes() {
    long head = get(chain.head());
    Instant soon = get(chain.timeOf(head + 3));

    now = soon.minusMillis(1);
    assertEquals(head + 2, get(chain.head()));
    now = soon;
    assertEquals(head + 3, get(chain.head()));
    assertEquals(soon, get(chain.timeOf(head + 3)));
  }

  @Test
  void refusesATicketOfTheFutureOrThePast() {
    assertRefused(
        "seal challenge epoch 100 must be before now 100",
        chain.preCommit(UUID.randomUUID(), preCommitOf(SECTOR, TYPE, 100)));
    assertRefused(
        "seal challenge epoch -3681 too old, must be after -3680",
        chain.preCommit(UUID.randomUUID(), preCommitOf(SECTOR, TYPE, -3681)));
    assertEquals(100, get(chain.preCommit(UUID.randomUUID(), preCommitOf(SECTOR, TYPE, -3680))));
  }

  @Test
  void verifiesAProofAgainstWhatItDrewItself() {
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY);
    UUID message = UUID.randomUUID();

    assertEquals(110, get(chain.proveCommit(message, prove(PROOF))));

    assertEquals(
        List.of(
            new SealWork.VerifySeal(
                SECTOR,
                TYPE,
                COMM_R,
                COMM_D,
                get(chain.ticket(MINER, -5)),
                get(chain.seed(MINER, 110)),
                PROOF)),
        verified);
    assertEquals(
        Optional.of(new Chain.SectorOnChain(SECTOR, TYPE, COMM_R, 110)),
        get(chain.sectorOf(SECTOR)));
    assertEquals(Optional.empty(), get(chain.preCommitOf(SECTOR)));
  }

  @Test
  void takesAProofOnce() {
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY);
    UUID message = UUID.randomUUID();
    get(chain.proveCommit(message, prove(PROOF)));
    pass(4);

    DevChain restarted = open(Duration.ofSeconds(1));

    assertEquals(110, get(restarted.proveCommit(message, prove(PROOF))));
    assertEquals(1, verified.size());
    assertEquals(110, get(restarted.sectorOf(SECTOR)).orElseThrow().activation());
    assertRefused(
        "loading precommits: sector 7 not found",
        restarted.proveCommit(UUID.randomUUID(), prove(PROOF)));
  }

  @Test
  void aSectorWithoutDataIsProvenAsZeros() {
    Chain.PreCommit zeros = new Chain.PreCommit(SECTOR, TYPE, COMM_R, Optional.empty(), 0);
    get(chain.preCommit(UUID.randomUUID(), zeros));
    pass(DELAY);

    get(chain.proveCommit(UUID.randomUUID(), prove(PROOF)));

    assertEquals(ZEROS, verified.get(0).commD());
  }

  @Test
  void refusesAProofThatDoesNotVerify() {
    valid = false;
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY);

    assertRefused(
        "the seal proof of sector 7 does not verify",
        chain.proveCommit(UUID.randomUUID(), prove(PROOF)));
    assertEquals(Optional.empty(), get(chain.sectorOf(SECTOR)));
  }

  @Test
  void aVerifierThatDoesNotAnswerIsNoRefusal() {
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY);
    UUID message = UUID.randomUUID();
    broken = true;

    assertInstanceOf(ProofsException.class, failure(chain.proveCommit(message, prove(PROOF))));
    broken = false;
    assertEquals(110, get(chain.proveCommit(message, prove(PROOF))));
  }

  @Test
  void refusesAProofBeforeItsSeedOrAfterItsTime() {
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY - 1);
    assertRefused(
        "too early to prove sector 7: seed at 110, now 109",
        chain.proveCommit(UUID.randomUUID(), prove(PROOF)));

    pass(86_410 - DELAY + 1);
    assertTrue(get(chain.preCommitOf(SECTOR)).isPresent());
    pass(1);
    assertRefused(
        "loading precommits: sector 7 not found",
        chain.proveCommit(UUID.randomUUID(), prove(PROOF)));
    assertEquals(Optional.empty(), get(chain.preCommitOf(SECTOR)));
    assertRefused(
        "sector numbers BitField {7} already allocated",
        chain.preCommit(UUID.randomUUID(), preCommitOf(SECTOR, TYPE, 86_000)));
  }

  @Test
  void takesStandInProofsOnlyWhereAskedTo() {
    SealProof marked = proof("stand-in proof of s-t01000-7");
    get(chain.preCommit(UUID.randomUUID(), preCommit()));
    pass(DELAY);

    assertRefused(
        "a stand-in proof proves nothing; only a chain for tests takes it",
        chain.proveCommit(UUID.randomUUID(), prove(marked)));
    standIn = true;
    DevChain forTests = open(Duration.ofSeconds(1));
    assertRefused(
        "this chain is for tests and takes stand-in proofs only",
        forTests.proveCommit(UUID.randomUUID(), prove(PROOF)));
    assertEquals(List.of(), verified);
    assertEquals(110, get(forTests.proveCommit(UUID.randomUUID(), prove(marked))));
    assertEquals(1, verified.size());
  }

  @Test
  void aStateThatCannotBeWrittenIsNoRefusalAndChangesNothing() throws IOException {
    Path blocked = Files.createDirectories(temp.resolve("dev-chain.json.tmp/full")).getParent();
    UUID message = UUID.randomUUID();

    assertInstanceOf(IOException.class, failure(chain.preCommit(message, preCommit())));
    assertEquals(Optional.empty(), get(chain.preCommitOf(SECTOR)));

    Files.delete(blocked.resolve("full"));
    Files.delete(blocked);
    assertEquals(100, get(chain.preCommit(message, preCommit())));
  }

  @Test
  void refusesAStateThatItCannotRead() throws IOException {
    Files.writeString(temp.resolve("dev-chain.json"), "{\"version\":1");

    String why = assertThrows(IOException.class, () -> openIn(Duration.ofSeconds(1))).getMessage();

    assertTrue(why.endsWith("dev-chain.json is not the state of a development chain"), why);
  }

  private static Chain.PreCommit preCommit() {
    return preCommitOf(SECTOR, TYPE, -5);
  }

  private static Chain.PreCommit preCommitOf(SectorId sector, SealProofType type, long epoch) {
    return new Chain.PreCommit(sector, type, COMM_R, Optional.of(COMM_D), epoch);
  }

  private static Chain.ProveCommit prove(SealProof proof) {
    return new Chain.ProveCommit(SECTOR, proof);
  }

  private static SealProof proof(String text) {
    return new SealProof(Bytes.of(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void pass(long seconds) {
    now = now.plusSeconds(seconds);
  }

  private DevChain open(Duration blockTime) {
    try {
      return openIn(blockTime);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private DevChain openIn(Duration blockTime) throws IOException {
    return DevChain.open(
        temp,
        new DevChainSettings(blockTime, DELAY, 3780, 86_410, standIn),
        proofs(),
        () -> now,
        Runnable::run);
  }

  private Proofs proofs() {
    return (Proofs)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Proofs.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "verifySeal" -> verify((SealWork.VerifySeal) arguments[0]);
                  case "dataCommitment" -> ZEROS;
                  default -> throw new AssertionError("no business of a chain: " + method);
                });
  }

  private boolean verify(SealWork.VerifySeal seal) throws ProofsException {
    if (broken) {
      throw new ProofsException(ProofsFailure.of(ProofsFailure.Kind.DIED, "killed"));
    }
    verified.add(seal);
    return valid;
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static Throwable failure(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> stage.toCompletableFuture().get())
        .getCause();
  }

  private static void assertRefused(String text, CompletionStage<?> stage) {
    Throwable failure = failure(stage);
    assertInstanceOf(ChainException.class, failure);
    assertEquals(text, failure.getMessage());
  }
}
