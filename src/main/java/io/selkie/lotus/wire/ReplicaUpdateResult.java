package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import java.util.Optional;

/** Commitments of an update that was made, or none: then both are null in JSON. */
public record ReplicaUpdateResult(Optional<ReplicaUpdateOut> update) {
  /** What goes with an error. */
  public static final ReplicaUpdateResult NONE = new ReplicaUpdateResult(Optional.empty());

  /** Commitments. */
  public static ReplicaUpdateResult of(ReplicaUpdateOut update) {
    return new ReplicaUpdateResult(Optional.of(update));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ReplicaUpdateResult ofJson(Form form) {
    return form.newSealed.isEmpty() && form.newUnsealed.isEmpty()
        ? NONE
        : of(new ReplicaUpdateOut(form.newSealed.orElseThrow(), form.newUnsealed.orElseThrow()));
  }

  @JsonValue
  Form toJson() {
    return new Form(
        update.map(ReplicaUpdateOut::newSealed), update.map(ReplicaUpdateOut::newUnsealed));
  }

  record Form(Optional<CommR> newSealed, Optional<CommD> newUnsealed) {}
}
