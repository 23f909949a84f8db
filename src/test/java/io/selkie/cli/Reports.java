package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorFacts.Answered;
import io.selkie.sector.SectorState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a node tells of {@code s-t01000-1}, a sector of a file of 700 bytes and a filler. */
final class Reports {
  static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
  static final CommP COMM_P = CommP.ofHex("01".repeat(32));
  static final CommD COMM_D = CommD.ofHex("02".repeat(32));
  static final CommR COMM_R = CommR.ofHex("03".repeat(32));
  static final Ticket TICKET = Ticket.ofHex("04".repeat(32));
  static final Seed SEED = Seed.ofHex("05".repeat(32));
  static final SealProof PROOF = new SealProof(Bytes.of(new byte[192]));

  private static final List<PieceInfo> PIECES =
      List.of(
          new PieceInfo(new PaddedSize(1024), COMM_P), new PieceInfo(new PaddedSize(1024), COMM_P));
  private static final ObjectMapper JSON =
      JsonMapper.builder().addModules(new Jdk8Module(), new JavaTimeModule()).build();

  private Reports() {}

  /** Its pieces are in, and PreCommit1 runs. */
  static ObjectNode inPreCommit1() {
    TaskRequest labels = new TaskRequest.PreCommit1(TYPE, TICKET, PIECES);
    SectorState.Task task =
        new SectorState.Task(
            new TaskId(SECTOR, 1, 3, TaskKind.PRE_COMMIT_1), "key", labels, AT, 2, 1);
    SectorState.Assignment assignment = new SectorState.Assignment(new HostId("host-1"), 2, AT);
    return report(
        new SectorState.Running(facts(TaskKind.PRE_COMMIT_1, false, pieces()), task, assignment),
        "PreCommit1");
  }

  /** It waits for the seed. */
  static ObjectNode waitingForTheSeed() {
    return report(new SectorState.Idle(facts(TaskKind.PRE_COMMIT_2, true, replica())), "WaitSeed");
  }

  /** It is sealed and proven. */
  static ObjectNode proving() {
    List<Answered> answers = replica();
    answers.add(
        answered(
            5,
            new TaskRequest.Commit1(TYPE, TICKET, SEED, PIECES, COMM_R, COMM_D),
            new TaskResult.VanillaProved(Path.of("/c1"), 5, "blake3:00")));
    answers.add(
        answered(
            6,
            new TaskRequest.Commit2(TYPE, Path.of("/c1"), "blake3:00"),
            new TaskResult.Proved(PROOF)));
    answers.add(answered(7, new TaskRequest.Finalize(TYPE, false), new TaskResult.Finalized(3)));
    ObjectNode report =
        report(new SectorState.Idle(facts(TaskKind.FINALIZE, true, answers)), "Proving");
    ObjectNode sealing = (ObjectNode) report.get("sealing");
    sealing.putArray("phases").addObject().put("phase", "Commit2").put("millis", 61_500);
    return report;
  }

  /** PreCommit1 failed for good. */
  static ObjectNode failed() {
    TaskRequest labels = new TaskRequest.PreCommit1(TYPE, TICKET, PIECES);
    SectorState.Task task =
        new SectorState.Task(
            new TaskId(SECTOR, 1, 3, TaskKind.PRE_COMMIT_1), "key", labels, AT, 3, 3);
    Failure failure = new Failure(Failure.Action.HALT, "no_space", "the disk is full");
    ObjectNode report =
        report(
            new SectorState.Failed(facts(TaskKind.PRE_COMMIT_1, false, pieces()), task, failure),
            "SealFailed");
    ((ObjectNode) report.get("sealing")).set("failure", JSON.valueToTree(failure));
    return report;
  }

  /** Its files are gone. */
  static ObjectNode removed() {
    return report(
        new SectorState.Removed(facts(TaskKind.PRE_COMMIT_1, false, List.of())), "Removed");
  }

  /** The same report of a sector that was begun by this request. */
  static ObjectNode of(ObjectNode report, String request) {
    ObjectNode copy = report.deepCopy();
    ((ObjectNode) copy.get("sealing")).put("request", request);
    return copy;
  }

  private static ObjectNode report(SectorState actor, String driver) {
    ObjectNode report = JSON.createObjectNode();
    report
        .putObject("summary")
        .put("sector", SECTOR.toString())
        .put("state", "idle")
        .put("updatedAt", AT.toString());
    report.set("actor", JSON.<JsonNode>valueToTree(actor));
    report
        .putObject("sealing")
        .put("state", driver)
        .put("step", driver)
        .put("fieldOfALaterVersion", 1);
    return report;
  }

  private static SectorFacts facts(TaskKind phase, boolean done, List<Answered> answers) {
    return new SectorFacts(
        SECTOR, TYPE, 1, 3, phase, done, Optional.of(new HostId("host-1")), answers);
  }

  private static List<Answered> pieces() {
    return new ArrayList<>(
        List.of(
            answered(
                1,
                new TaskRequest.AddPiece(
                    TYPE,
                    List.of(),
                    new PaddedSize(1024),
                    PieceSource.file(Path.of("/spool/1"), 700),
                    Optional.of("a.bin")),
                new TaskResult.PieceAdded(PIECES.get(0))),
            answered(
                2,
                new TaskRequest.AddPiece(
                    TYPE,
                    List.of(new PaddedSize(1024)),
                    new PaddedSize(1024),
                    PieceSource.zeros(),
                    Optional.empty()),
                new TaskResult.PieceAdded(PIECES.get(1)))));
  }

  private static List<Answered> replica() {
    List<Answered> answers = pieces();
    answers.add(
        answered(
            3,
            new TaskRequest.PreCommit1(TYPE, TICKET, PIECES),
            new TaskResult.Labelled(Bytes.of(new byte[1]), COMM_D, 0)));
    answers.add(
        answered(
            4,
            new TaskRequest.PreCommit2(TYPE, TICKET, PIECES, Bytes.of(new byte[1])),
            new TaskResult.Encoded(COMM_R, COMM_D)));
    return answers;
  }

  private static Answered answered(int task, TaskRequest request, TaskResult result) {
    return new Answered(new TaskId(SECTOR, 1, task, request.kind()), "key", request, result);
  }
}
