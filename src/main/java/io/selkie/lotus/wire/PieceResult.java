package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.CommP;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import java.util.Optional;

/** A piece that was made, or none: then all is zero in JSON. */
public record PieceResult(Optional<PieceInfo> piece) {
  /** What goes with an error. */
  public static final PieceResult NONE = new PieceResult(Optional.empty());

  /** A piece. */
  public static PieceResult of(PieceInfo piece) {
    return new PieceResult(Optional.of(piece));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PieceResult ofJson(Form form) {
    return form.size == 0 && form.pieceCid.isEmpty()
        ? NONE
        : of(new PieceInfo(new PaddedSize(form.size), form.pieceCid.orElseThrow()));
  }

  @JsonValue
  Form toJson() {
    return new Form(piece.map(made -> made.size().bytes()).orElse(0L), piece.map(PieceInfo::commP));
  }

  record Form(long size, @JsonProperty("PieceCID") Optional<CommP> pieceCid) {}
}
