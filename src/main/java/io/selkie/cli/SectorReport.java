package io.selkie.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.TaskKind;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What a node tells of a sector. The node may be of another version: fields that this program does
 * not know are ignored, and what is missing is empty.
 *
 * @param json {@code summary} of the read model, {@code actor} with its facts, {@code sealing} of
 *     the driver, and {@code progress} of the prover
 */
record SectorReport(SectorId sector, JsonNode json) {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final String PROVING = "Proving";
  private static final String REMOVED = "Removed";
  private static final String UNRECOVERABLE = "FailedUnrecoverable";
  private static final String FAILED = "Failed";
  private static final String ABORTED = "Aborted";

  /** How a sector's way ends. */
  enum End {
    /** Sealed and proven. */
    PROVING,
    /** It waits for an operator to try again. */
    FAILED,
    /** Nothing helps it any more. */
    GIVEN_UP,
    /** It is gone. */
    REMOVED
  }

  /** The driver's state, such as {@code Committing}; empty if no driver has the sector. */
  String driver() {
    return json.path("sealing").path("state").asText("");
  }

  /** The part of the driver's state, such as {@code Commit2}; empty if no driver has the sector. */
  String step() {
    return json.path("sealing").path("step").asText(driver());
  }

  /** Why the driver does not go on at the moment. */
  Optional<String> waitsFor() {
    return value(json.path("sealing").path("waitsFor"), String.class)
        .or(() -> value(json.path("waiting"), String.class));
  }

  /** Why it does not go on, where only somebody else can change that. */
  Optional<String> heldBy() {
    boolean ticket = json.path("sealing").path("state").asText("").equals("GetTicket");
    Optional<String> slot = value(json.path("waiting"), String.class);
    return ticket ? waitsFor() : slot;
  }

  /** The state of its actor, such as {@code Running}. */
  String actor() {
    return json.path("actor").path("state").asText("");
  }

  /** What operators call the state: the driver's word if there is one. */
  String state() {
    if (!driver().isEmpty()) {
      return driver();
    }
    return actor().isEmpty() ? json.path("summary").path("state").asText("") : actor();
  }

  /** The end, once there is one. */
  Optional<End> end() {
    String state = state();
    if (state.equals(PROVING)) {
      return Optional.of(End.PROVING);
    }
    if (state.equals(REMOVED)) {
      return Optional.of(End.REMOVED);
    }
    if (state.equals(UNRECOVERABLE)) {
      return Optional.of(End.GIVEN_UP);
    }
    boolean failed = state.endsWith(FAILED) || state.equals(ABORTED);
    return failed ? Optional.of(End.FAILED) : Optional.empty();
  }

  /** The latest phase that was begun. */
  Optional<TaskKind> phase() {
    return facts().path("phase").isTextual()
        ? value(facts().path("phase"), TaskKind.class)
        : Optional.empty();
  }

  /** Whether the result of {@link #phase} is there. */
  boolean phaseDone() {
    return facts().path("phaseDone").asBoolean();
  }

  /** The number that operators know for the phase (seed 000); a failed sector keeps it. */
  OptionalInt number() {
    return phase().map(phase -> phase.number(phaseDone())).orElse(OptionalInt.empty());
  }

  /** Why nothing goes on, or why the last attempt failed; one line. */
  Optional<String> failure() {
    JsonNode summary = json.path("summary");
    return Stream.of(
            json.path("sealing").path("failure"),
            json.path("actor").path("failure"),
            summary.path("failure"),
            summary.path("failureMessage"))
        .map(failure -> failure.isObject() ? failure.path("message") : failure)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isBlank())
        .findFirst();
  }

  /** Whether an attempt failed and is made again by itself. */
  boolean isTriedAgain() {
    return json.path("actor").hasNonNull("notBefore");
  }

  /** The request by which the sector was begun. */
  Optional<String> request() {
    return value(json.path("sealing").path("request"), String.class);
  }

  /** How far its prover is. */
  Optional<ProofsProgress> progress() {
    return value(json.path("progress"), ProofsProgress.class)
        .filter(told -> told.operation() != null && told.stage() != null);
  }

  /** Pieces, fillers among them, in the order they lie in the sector. */
  List<SectorManifest.Piece> pieces() {
    List<SectorManifest.Piece> pieces = new ArrayList<>();
    for (JsonNode answer : facts().path("answers")) {
      JsonNode piece = answer.path("result").path("piece");
      JsonNode request = answer.path("request");
      Optional<PaddedSize> size = value(piece.path("size"), PaddedSize.class);
      Optional<CommP> commP = value(piece.path("commP"), CommP.class);
      if (size.isPresent() && commP.isPresent()) {
        boolean data = request.path("source").hasNonNull("path");
        long bytes = data ? bytes(request, size.get()) : 0;
        Optional<String> name = value(request.path("name"), String.class);
        pieces.add(new SectorManifest.Piece(size.get(), commP.get(), bytes, name));
      }
    }
    return List.copyOf(pieces);
  }

  private static long bytes(JsonNode request, PaddedSize size) {
    return request.path("source").path("bytes").asLong(size.unpadded().bytes());
  }

  /** Whether there is a replica to take data out of. */
  boolean isSealed() {
    return fact("commR", "result", CommR.class).isPresent();
  }

  /**
   * The facts of the seal as far as they exist.
   *
   * @throws IOException if not even the kind of sector is known; one line
   */
  SealRecord record() throws IOException {
    SealProofType type =
        value(facts().path("proofType"), SealProofType.class)
            .orElseThrow(() -> new IOException("the node does not know what " + sector + " is"));
    return new SealRecord(
        sector,
        type,
        pieces(),
        fact("commD", "result", CommD.class),
        fact("commR", "result", CommR.class),
        fact("ticket", "request", Ticket.class),
        fact("seed", "request", Seed.class),
        fact("proof", "result", SealProof.class),
        phases(),
        // The chain verified the proof before it took the sector.
        end().filter(End.PROVING::equals).map(proving -> true));
  }

  private List<SealRecord.PhaseTime> phases() {
    List<SealRecord.PhaseTime> phases = new ArrayList<>();
    json.path("sealing")
        .path("phases")
        .forEach(phase -> value(phase, SealRecord.PhaseTime.class).ifPresent(phases::add));
    return phases;
  }

  /** The driver's word, else the first such field in what was asked of the sector or answered. */
  private <T> Optional<T> fact(String field, String part, Class<T> type) {
    Optional<T> driven = value(json.path("sealing").path(field), type);
    if (driven.isPresent()) {
      return driven;
    }
    for (JsonNode answer : facts().path("answers")) {
      if (answer.path(part).hasNonNull(field)) {
        return value(answer.path(part).path(field), type);
      }
    }
    return Optional.empty();
  }

  JsonNode facts() {
    return json.path("actor").path("facts");
  }

  private static <T> Optional<T> value(JsonNode node, Class<T> type) {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(MAPPER.treeToValue(node, type));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty(); // of a version that writes it otherwise: as good as missing
    }
  }
}
