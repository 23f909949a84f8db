package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One proof for the seal proofs of many sectors (SnarkPack). In JSON a base64 string. */
public record AggregateProof(@JsonValue Bytes bytes) {
  /** Wraps the proof's bytes. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AggregateProof {}
}
