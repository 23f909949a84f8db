package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The proof of Commit2 that a sector is sealed: 192 bytes per partition. In JSON a base64 string.
 */
public record SealProof(@JsonValue Bytes bytes) {
  /** Wraps the proof's bytes. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SealProof {}
}
