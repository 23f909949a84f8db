package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The kinds of empty sector update proof (snap deals). Ids are those of the Filecoin actors
 * (abi.RegisteredUpdateProof); in JSON the id.
 */
public enum UpdateProofType {
  STACKED_DRG_2KIB_V1(0, SectorSize.KIB_2),
  STACKED_DRG_8MIB_V1(1, SectorSize.MIB_8),
  STACKED_DRG_512MIB_V1(2, SectorSize.MIB_512),
  STACKED_DRG_32GIB_V1(3, SectorSize.GIB_32),
  STACKED_DRG_64GIB_V1(4, SectorSize.GIB_64);

  private final int id;
  private final SectorSize sectorSize;

  UpdateProofType(int id, SectorSize sectorSize) {
    this.id = id;
    this.sectorSize = sectorSize;
  }

  /**
   * The proof type with this id.
   *
   * @throws IllegalArgumentException if the id is unknown
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static UpdateProofType ofId(int id) {
    return Lookup.find(values(), type -> type.id == id, () -> "unknown update proof type " + id);
  }

  /** The update proof for sectors of this size. */
  public static UpdateProofType forSectorSize(SectorSize size) {
    return Lookup.find(
        values(),
        type -> type.sectorSize == size,
        () -> "no update proof type for sector size " + size);
  }

  /** The id that the actors use. */
  @JsonValue
  public int id() {
    return id;
  }

  /** The size of the sectors. */
  public SectorSize sectorSize() {
    return sectorSize;
  }

  /** The name in the actors and in filecoin-proofs-api, such as {@code StackedDrg32GiBV1}. */
  @Override
  public String toString() {
    return "StackedDrg" + sectorSize + "V1";
  }
}
