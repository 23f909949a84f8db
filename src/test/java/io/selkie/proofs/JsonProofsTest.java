package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterSet;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the native side, and what its replies are taken for. */
class JsonProofsTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final String HEX = "ab".repeat(32);
  private static final TestSector SECTOR =
      new TestSector(
          new SectorFiles(Path.of("/repo"), new io.selkie.filecoin.SectorId(TestSector.MINER, 1)),
          TYPE,
          TestSector.TICKET,
          List.of());

  /** Gives one reply to everything and keeps the request. */
  private static final class Canned extends JsonProofs {
    private final String reply;
    private JsonNode request = JSON.nullNode();

    Canned(String reply) {
      this.reply = reply;
    }

    static Canned result(String result) {
      return new Canned("{\"ok\":true,\"result\":" + result + "}");
    }

    @Override
    byte[] exchange(byte[] bytes) {
      try {
        request = JSON.readTree(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return reply.getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void aRequestHasTheVersionOfItsLanguage() throws Exception {
    Canned proofs = Canned.result("{\"commD\":\"" + HEX + "\"}");
    assertEquals(CommD.ofHex(HEX), proofs.dataCommitment(TYPE, List.of()));
    assertEquals(
        JsonProofs.JSON.readTree(
            "{\"abi\":1,\"call\":{\"op\":\"dataCommitment\",\"proofType\":5,\"pieces\":[]}}"),
        proofs.request);
  }

  @Test
  void pathsAreAbsolute() throws Exception {
    Canned proofs = Canned.result("{\"size\":2048,\"commP\":\"" + HEX + "\"}");
    PieceInfo piece =
        proofs.pieceCommitment(
            TYPE, PieceSource.file(Path.of("a/../b c"), 7), new PaddedSize(2048));
    assertEquals(HEX, piece.commP().toString());
    assertEquals(
        Path.of("b c").toAbsolutePath().toString(),
        proofs.request.at("/call/source/path").asText());
    assertEquals(7, proofs.request.at("/call/source/bytes").asInt());
  }

  @Test
  void everySectorOfAJobHasItsOutcome() throws Exception {
    Canned proofs =
        Canned.result(
            "{\"sectors\":[{\"ok\":false,\"kind\":\"busy\",\"message\":\"taken\"},"
                + "{\"ok\":true,\"result\":{\"commR\":\""
                + HEX
                + "\",\"commD\":\""
                + HEX
                + "\",\"rebuilt\":true,\"kept\":false}}]}");
    SealWork.PreCommit2 work = SECTOR.preCommit2(Bytes.of(new byte[] {1}));
    List<Outcome<SealWork.PreCommit2Result>> outcomes = proofs.preCommit2(List.of(work, work));
    assertEquals(ProofsFailure.Kind.BUSY, RealProofs.failure(outcomes.get(0)).kind());
    assertEquals(
        new SealWork.PreCommit2Result(CommR.ofHex(HEX), CommD.ofHex(HEX), true, false),
        outcomes.get(1).orThrow());
    assertEquals("preCommit2", proofs.request.at("/call/op").asText());
    assertEquals("AQ==", proofs.request.at("/call/sectors/1/phase1Output").asText());
    assertEquals("s-t01000-1", proofs.request.at("/call/sectors/0/sector").asText());
    assertEquals(
        "/repo/selkie/s-t01000-1.json",
        proofs.request.at("/call/sectors/0/files/manifest").asText());
  }

  @Test
  void aFailedOutcomeThrowsItsFailure() {
    ProofsFailure failure = ProofsFailure.of(ProofsFailure.Kind.BUSY, "taken");
    Outcome<Integer> outcome = new Outcome.Failed<>(failure);
    ProofsException thrown = assertThrows(ProofsException.class, outcome::orThrow);
    assertEquals(failure, thrown.failure());
    assertEquals("taken", thrown.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"sectors\":[]}",
        "{\"sectors\":[{}]}",
        "{\"sectors\":[{\"ok\":true}]}",
        "{\"sectors\":[{\"ok\":true,\"result\":{}}]}",
        "{\"sectors\":[{\"ok\":true,\"result\":{\"commR\":null,\"commD\":null}}]}",
        "{\"sectors\":[{\"ok\":true,\"result\":{\"commR\":\"ab\",\"commD\":\"ab\"}}]}",
        "{\"sectors\":[{\"ok\":false}]}",
        "{\"sectors\":[{\"ok\":false,\"kind\":\"busy\",\"message\":\"a\"},"
            + "{\"ok\":false,\"kind\":\"busy\",\"message\":\"b\"}]}"
      })
  void anIncompleteResultIsAnError(String result) {
    Canned proofs = Canned.result(result);
    List<SealWork.PreCommit2> work = List.of(SECTOR.preCommit2(Bytes.of(new byte[0])));
    assertUnexpected(assertThrows(ProofsException.class, () -> proofs.preCommit2(work)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"valid\":null}", "{\"valid\":\"maybe\"}", "[]"})
  void aCheckWithoutAnAnswerIsNotFalse(String result) {
    Canned proofs = Canned.result(result);
    assertUnexpected(assertThrows(ProofsException.class, () -> proofs.verifyPost(post())));
  }

  @Test
  void aCheckSaysTrueOrFalse() throws Exception {
    assertTrue(Canned.result("{\"valid\":true}").verifyPost(post()));
    assertFalse(Canned.result("{\"valid\":false,\"reason\":\"x\"}").verifyPost(post()));
  }

  @Test
  void aPostIsAskedForWithItsTypeAndBytes() throws Exception {
    Canned proofs = Canned.result("{\"valid\":true}");
    proofs.verifyPost(post());
    JsonNode call = proofs.request.path("call");
    assertEquals(10, call.path("postType").asInt());
    assertEquals("CQ==", call.path("proof").asText());
    assertEquals("t01000", call.path("miner").asText());
    assertEquals(3, call.at("/replicas/0/number").asInt());
  }

  private static PostWork.VerifyPost post() {
    return new PostWork.VerifyPost(
        PostRandomness.ofHex(HEX),
        TestSector.MINER,
        List.of(new PostWork.PublicReplica(3, CommR.ofHex(HEX))),
        new PostProof(PostProofType.STACKED_DRG_WINDOW_2KIB_V1_1, Bytes.of(new byte[] {9})));
  }

  @Test
  void parametersAreAskedForBySet() throws Exception {
    Canned proofs = Canned.result("{}");
    proofs.generateParameters(SectorSize.KIB_2, ParameterSet.WINDOW_POST);
    assertEquals("window-post", proofs.request.at("/call/sets/0").asText());
    assertEquals(2048, proofs.request.at("/call/sectorBytes").asInt());
  }

  @Test
  void partsThatAreNewInAReplyAreNotInTheWay() throws Exception {
    Canned proofs = Canned.result("{\"digest\":\"blake3:00\",\"bytes\":1,\"new\":{}}");
    assertEquals("blake3:00", proofs.digest(Path.of("/x")));
  }

  @Test
  void aFailureSaysItsLastCauseAndItsPlaceOnOneLine() {
    ProofsFailure failure =
        new ProofsFailure(
            ProofsFailure.Kind.PANIC,
            "PreCommit2 failed",
            List.of("PreCommit2 failed", "tree-c", "disk on fire"),
            Optional.of("a.rs:7"),
            List.of());
    assertEquals("PreCommit2 failed: disk on fire (a.rs:7)", failure.describe());
    assertEquals(failure.describe(), new ProofsException(failure).getMessage());
  }

  @Test
  void aCauseThatTheMessageHasAlreadyIsNotRepeated() {
    ProofsFailure failure =
        new ProofsFailure(
            ProofsFailure.Kind.ERROR,
            "cannot write x: full",
            List.of("cannot write x: full", "full"),
            Optional.empty(),
            List.of());
    assertEquals("cannot write x: full", failure.describe());
  }

  private static void assertUnexpected(ProofsException thrown) {
    assertEquals(ProofsFailure.Kind.ERROR, thrown.failure().kind());
    String message = assertInstanceOf(String.class, thrown.getMessage());
    assertTrue(message.startsWith("the reply of the native side is not as expected: "), message);
    assertEquals(1, message.lines().count(), message);
  }
}
