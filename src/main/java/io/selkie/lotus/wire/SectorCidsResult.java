package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import java.util.Optional;

/** Commitments that were made, or none: then both are null in JSON. */
public record SectorCidsResult(Optional<SectorCids> cids) {
  /** What goes with an error. */
  public static final SectorCidsResult NONE = new SectorCidsResult(Optional.empty());

  /** Commitments. */
  public static SectorCidsResult of(SectorCids cids) {
    return new SectorCidsResult(Optional.of(cids));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static SectorCidsResult ofJson(Form form) {
    return form.unsealed.isEmpty() && form.sealed.isEmpty()
        ? NONE
        : of(new SectorCids(form.unsealed.orElseThrow(), form.sealed.orElseThrow()));
  }

  @JsonValue
  Form toJson() {
    return new Form(cids.map(SectorCids::unsealed), cids.map(SectorCids::sealed));
  }

  record Form(Optional<CommD> unsealed, Optional<CommR> sealed) {}
}
