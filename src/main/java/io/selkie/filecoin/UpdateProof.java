package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The proof that a replica was updated with data (snap deals). In JSON a base64 string. */
public record UpdateProof(@JsonValue Bytes bytes) {
  /** Wraps the proof's bytes. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public UpdateProof {}
}
