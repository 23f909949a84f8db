package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The kinds of PoSt. Ids and names are those of the Filecoin actors (abi.RegisteredPoStProof); in
 * JSON the id. What the actors call window V1_1 is V1_2 in filecoin-proofs-api 19.1.0.
 */
public enum PostProofType {
  STACKED_DRG_WINNING_2KIB_V1(0, SectorSize.KIB_2, Variant.WINNING),
  STACKED_DRG_WINNING_8MIB_V1(1, SectorSize.MIB_8, Variant.WINNING),
  STACKED_DRG_WINNING_512MIB_V1(2, SectorSize.MIB_512, Variant.WINNING),
  STACKED_DRG_WINNING_32GIB_V1(3, SectorSize.GIB_32, Variant.WINNING),
  STACKED_DRG_WINNING_64GIB_V1(4, SectorSize.GIB_64, Variant.WINNING),
  STACKED_DRG_WINDOW_2KIB_V1(5, SectorSize.KIB_2, Variant.WINDOW_V1),
  STACKED_DRG_WINDOW_8MIB_V1(6, SectorSize.MIB_8, Variant.WINDOW_V1),
  STACKED_DRG_WINDOW_512MIB_V1(7, SectorSize.MIB_512, Variant.WINDOW_V1),
  STACKED_DRG_WINDOW_32GIB_V1(8, SectorSize.GIB_32, Variant.WINDOW_V1),
  STACKED_DRG_WINDOW_64GIB_V1(9, SectorSize.GIB_64, Variant.WINDOW_V1),
  STACKED_DRG_WINDOW_2KIB_V1_1(10, SectorSize.KIB_2, Variant.WINDOW_V1_1),
  STACKED_DRG_WINDOW_8MIB_V1_1(11, SectorSize.MIB_8, Variant.WINDOW_V1_1),
  STACKED_DRG_WINDOW_512MIB_V1_1(12, SectorSize.MIB_512, Variant.WINDOW_V1_1),
  STACKED_DRG_WINDOW_32GIB_V1_1(13, SectorSize.GIB_32, Variant.WINDOW_V1_1),
  STACKED_DRG_WINDOW_64GIB_V1_1(14, SectorSize.GIB_64, Variant.WINDOW_V1_1);

  private enum Variant {
    WINNING("Winning", "V1"),
    WINDOW_V1("Window", "V1"),
    WINDOW_V1_1("Window", "V1_1");

    private final String kind;
    private final String version;

    Variant(String kind, String version) {
      this.kind = kind;
      this.version = version;
    }
  }

  private final int id;
  private final SectorSize sectorSize;
  private final Variant variant;

  PostProofType(int id, SectorSize sectorSize, Variant variant) {
    this.id = id;
    this.sectorSize = sectorSize;
    this.variant = variant;
  }

  /**
   * The proof type with this id.
   *
   * @throws IllegalArgumentException if the id is unknown
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PostProofType ofId(int id) {
    return Lookup.find(values(), type -> type.id == id, () -> "unknown PoSt proof type " + id);
  }

  /** The winning PoSt for sectors of this size. */
  public static PostProofType winningFor(SectorSize size) {
    return of(Variant.WINNING, size);
  }

  /** The window PoSt for sectors of this size, version V1_1. */
  public static PostProofType windowFor(SectorSize size) {
    return of(Variant.WINDOW_V1_1, size);
  }

  private static PostProofType of(Variant variant, SectorSize size) {
    return Lookup.find(
        values(),
        type -> type.variant == variant && type.sectorSize == size,
        () -> "no PoSt proof type for sector size " + size);
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

  /** Whether this is a winning PoSt, else it is a window PoSt. */
  public boolean winning() {
    return variant == Variant.WINNING;
  }

  /** The name that the actors use, such as {@code StackedDrgWindow32GiBV1_1}. */
  @Override
  public String toString() {
    return "StackedDrg" + variant.kind + sectorSize + variant.version;
  }
}
