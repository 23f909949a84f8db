package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SectorId;
import java.util.List;
import java.util.Optional;

/**
 * The proof of a partition; or none, and the sectors that cannot be read, which is no error: an
 * error would lose them.
 */
public record WindowPostResult(Optional<PostProof> proof, List<SectorId> skipped) {
  /** Copies the list. */
  public WindowPostResult {
    skipped = List.copyOf(skipped);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static WindowPostResult ofJson(Form form) {
    return new WindowPostResult(
        form.proof
            .proofBytes
            .filter(bytes -> bytes.size() > 0)
            .map(bytes -> new PostProof(PostProofType.ofId(form.proof.type), bytes)),
        form.skipped);
  }

  @JsonValue
  Form toJson() {
    return new Form(
        new Proof(proof.map(made -> made.type().id()).orElse(0), proof.map(PostProof::bytes)),
        skipped);
  }

  /** One, despite its name. */
  record Form(@JsonProperty("PoStProofs") Proof proof, @NilIfEmpty List<SectorId> skipped) {}

  record Proof(@JsonProperty("PoStProof") int type, Optional<Bytes> proofBytes) {}
}
