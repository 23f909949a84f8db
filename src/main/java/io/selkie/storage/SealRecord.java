package io.selkie.storage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a seal: what {@code selkie seal --json} prints and {@code selkie verify} checks.
 * Facts of phases that were not reached are absent.
 *
 * @param phases those that ran, in order
 * @param verified whether the proof was checked and holds; absent if there is none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record SealRecord(
    SectorId sector,
    SealProofType proofType,
    List<SectorManifest.Piece> pieces,
    Optional<CommD> commD,
    Optional<CommR> commR,
    Optional<Ticket> ticket,
    Optional<Seed> seed,
    Optional<SealProof> proof,
    List<PhaseTime> phases,
    Optional<Boolean> verified) {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          // File names must come through whatever the encoding of the terminal is.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Missing lists are empty.
   *
   * @throws IllegalArgumentException if sector or proof type is missing
   */
  public SealRecord {
    if (sector == null || proofType == null) {
      throw new IllegalArgumentException(
          "it names no " + (sector == null ? "sector" : "proofType"));
    }
    pieces = pieces == null ? List.of() : List.copyOf(pieces);
    phases = phases == null ? List.of() : List.copyOf(phases);
  }

  /**
   * Wall time of a phase.
   *
   * @param phase such as {@code PreCommit1}
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PhaseTime(String phase, long millis) {}

  /**
   * Reads a record.
   *
   * @throws IOException if there is none; one line
   */
  public static SealRecord read(Path file) throws IOException {
    try {
      @Nullable SealRecord record = JSON.readValue(Files.readAllBytes(file), SealRecord.class);
      if (record != null) {
        return record;
      }
    } catch (JsonProcessingException e) {
      throw JsonTrouble.in(file, "the record of a seal", e);
    }
    throw new IOException(file + " is not the record of a seal: it is empty");
  }

  /** The record as one line of ASCII JSON. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of values is always JSON", e);
    }
  }

  /** Writes the record so that a crash leaves the old file or the new one. */
  public void write(Path file) throws IOException {
    Durable.replace(file, (toJson() + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
