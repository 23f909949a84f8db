package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The ways to aggregate seal proofs. Ids are those of the Filecoin actors
 * (abi.RegisteredAggregationProof); in JSON the id.
 */
public enum AggregationType {
  SNARK_PACK_V1(0, "SnarkPackV1"),
  SNARK_PACK_V2(1, "SnarkPackV2");

  private final int id;
  private final String label;

  AggregationType(int id, String label) {
    this.id = id;
    this.label = label;
  }

  /**
   * The aggregation with this id.
   *
   * @throws IllegalArgumentException if the id is unknown
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static AggregationType ofId(int id) {
    return Lookup.find(values(), type -> type.id == id, () -> "unknown aggregation type " + id);
  }

  /** The id that the actors use. */
  @JsonValue
  public int id() {
    return id;
  }

  /** The name in the actors and in filecoin-proofs-api. */
  @Override
  public String toString() {
    return label;
  }
}
