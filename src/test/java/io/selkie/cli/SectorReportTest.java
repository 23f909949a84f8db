package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.TaskKind;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SectorReportTest {
  @Test
  void hasEveryFactOfASealThatIsOver() throws IOException {
    SectorReport report = report(Reports.proving());

    SealRecord record = report.record();

    assertEquals(Optional.of(SectorReport.End.PROVING), report.end());
    assertEquals(
        new SealRecord(
            Reports.SECTOR,
            Reports.TYPE,
            report.pieces(),
            Optional.of(Reports.COMM_D),
            Optional.of(Reports.COMM_R),
            Optional.of(Reports.TICKET),
            Optional.of(Reports.SEED),
            Optional.of(Reports.PROOF),
            List.of(new SealRecord.PhaseTime("Commit2", 61_500)),
            Optional.of(true)),
        record);
    assertEquals(
        List.of(700L, 0L), report.pieces().stream().map(SectorManifest.Piece::bytes).toList());
    assertEquals(Optional.of("a.bin"), report.pieces().get(0).name());
    assertTrue(report.isSealed());
  }

  @Test
  void factsOfPhasesThatWereNotReachedAreAbsent() throws IOException {
    SectorReport report = report(Reports.inPreCommit1());

    SealRecord record = report.record();

    assertEquals(Optional.empty(), record.commR());
    assertEquals(Optional.empty(), record.proof());
    assertEquals(Optional.empty(), record.verified());
    assertEquals(Optional.empty(), report.end());
    assertFalse(report.isSealed());
  }

  @Test
  void theNumberIsThatOfThePhaseWhateverTheState() {
    assertEquals(OptionalInt.of(10), report(Reports.inPreCommit1()).number());
    assertEquals(OptionalInt.of(21), report(Reports.waitingForTheSeed()).number());
    assertEquals(OptionalInt.of(10), report(Reports.failed()).number());
    assertEquals(OptionalInt.of(50), report(Reports.proving()).number());
  }

  @Test
  void whyATaskHasNoHostIsToldWhereTheDriverSaysNothing() {
    ObjectNode json = Reports.inPreCommit1();
    json.put("waiting", "waits for memory");

    assertEquals(Optional.of("waits for memory"), report(json).waitsFor());
    assertEquals(Optional.of("waits for memory"), report(json).heldBy());
    assertEquals(Optional.empty(), report(Reports.waitingForTheSeed()).heldBy());
  }

  @Test
  void theDriversWordComesBeforeTheActors() {
    assertEquals("PreCommit1", report(Reports.inPreCommit1()).state());
    assertEquals("Running", report(Reports.inPreCommit1().without("sealing")).state());
    assertEquals("Commit2", report(json("{\"sealing\":{\"step\":\"Commit2\"}}")).step());
  }

  @Test
  void aFailureIsTheDriversElseTheActorsElseThatOfTheReadModel() {
    assertEquals(Optional.of("the disk is full"), report(Reports.failed()).failure());
    assertEquals(
        Optional.of("the disk is full"), report(Reports.failed().without("sealing")).failure());
    assertEquals(
        Optional.of("died"), report(json("{\"summary\":{\"failure\":\"died\"}}")).failure());
    assertEquals(Optional.empty(), report(json("{\"summary\":{\"failure\":null}}")).failure());
  }

  @Test
  void knowsHowASectorsWayEnds() {
    assertEquals(Optional.of(SectorReport.End.FAILED), report(Reports.failed()).end());
    assertEquals(Optional.of(SectorReport.End.REMOVED), report(Reports.removed()).end());
    assertEquals(
        Optional.of(SectorReport.End.GIVEN_UP),
        report(json("{\"sealing\":{\"state\":\"FailedUnrecoverable\"}}")).end());
    assertEquals(
        Optional.of(SectorReport.End.FAILED),
        report(json("{\"actor\":{\"state\":\"Aborted\"}}")).end());
  }

  @Test
  void takesTheProgressOfTheProverIfThereIsSome() {
    ProofsProgress progress = new ProofsProgress("preCommit1", "s-t01000-1", "layer", 1, 2);
    String text =
        "{\"operation\":\"preCommit1\",\"sector\":\"s-t01000-1\",\"stage\":\"layer\",\"done\":1,"
            + "\"total\":2,\"new\":1}";

    assertEquals(Optional.of(progress), report(json("{\"progress\":" + text + "}")).progress());
    assertEquals(Optional.empty(), report(json("{\"progress\":null}")).progress());
    assertEquals(Optional.empty(), report(json("{\"progress\":{\"done\":1}}")).progress());
  }

  @Test
  void whatIsMissingOrOfAnotherVersionIsEmpty() {
    SectorReport nothing = report(json("{\"actor\":{\"facts\":{\"phase\":\"PreCommit9\"}}}"));

    assertEquals("", nothing.state());
    assertEquals(Optional.empty(), nothing.phase());
    assertEquals(OptionalInt.empty(), nothing.number());
    assertEquals(List.of(), nothing.pieces());
    assertEquals(Optional.empty(), nothing.request());
    IOException refusal = assertThrows(IOException.class, nothing::record);
    assertEquals("the node does not know what s-t01000-1 is", refusal.getMessage());
    assertEquals(Optional.of(TaskKind.PRE_COMMIT_1), report(Reports.inPreCommit1()).phase());
  }

  private static SectorReport report(JsonNode json) {
    return new SectorReport(Reports.SECTOR, json);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
