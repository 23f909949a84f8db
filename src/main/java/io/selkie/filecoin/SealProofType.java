package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The kinds of PoRep that Selkie seals with. Ids are those of the Filecoin actors
 * (abi.RegisteredSealProof); in JSON the id. The V1 kinds only serve old sectors.
 */
public enum SealProofType {
  STACKED_DRG_2KIB_V1(0, SectorSize.KIB_2, Variant.V1),
  STACKED_DRG_8MIB_V1(1, SectorSize.MIB_8, Variant.V1),
  STACKED_DRG_512MIB_V1(2, SectorSize.MIB_512, Variant.V1),
  STACKED_DRG_32GIB_V1(3, SectorSize.GIB_32, Variant.V1),
  STACKED_DRG_64GIB_V1(4, SectorSize.GIB_64, Variant.V1),
  STACKED_DRG_2KIB_V1_1(5, SectorSize.KIB_2, Variant.V1_1),
  STACKED_DRG_8MIB_V1_1(6, SectorSize.MIB_8, Variant.V1_1),
  STACKED_DRG_512MIB_V1_1(7, SectorSize.MIB_512, Variant.V1_1),
  STACKED_DRG_32GIB_V1_1(8, SectorSize.GIB_32, Variant.V1_1),
  STACKED_DRG_64GIB_V1_1(9, SectorSize.GIB_64, Variant.V1_1),
  STACKED_DRG_2KIB_V1_1_SYNTHETIC(10, SectorSize.KIB_2, Variant.SYNTHETIC),
  STACKED_DRG_8MIB_V1_1_SYNTHETIC(11, SectorSize.MIB_8, Variant.SYNTHETIC),
  STACKED_DRG_512MIB_V1_1_SYNTHETIC(12, SectorSize.MIB_512, Variant.SYNTHETIC),
  STACKED_DRG_32GIB_V1_1_SYNTHETIC(13, SectorSize.GIB_32, Variant.SYNTHETIC),
  STACKED_DRG_64GIB_V1_1_SYNTHETIC(14, SectorSize.GIB_64, Variant.SYNTHETIC);

  private static final int FIRST_NON_INTERACTIVE = 15;
  private static final int LAST_NON_INTERACTIVE = 19;

  private enum Variant {
    V1("V1"),
    V1_1("V1_1"),
    SYNTHETIC("V1_1_Feat_SyntheticPoRep");

    private final String rustSuffix;

    Variant(String rustSuffix) {
      this.rustSuffix = rustSuffix;
    }
  }

  private final int id;
  private final SectorSize sectorSize;
  private final Variant variant;

  SealProofType(int id, SectorSize sectorSize, Variant variant) {
    this.id = id;
    this.sectorSize = sectorSize;
    this.variant = variant;
  }

  /**
   * The proof type with this id.
   *
   * @throws IllegalArgumentException if the id is unknown or of the non-interactive PoRep (15 to
   *     19), which Selkie does not make
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SealProofType ofId(int id) {
    if (id >= FIRST_NON_INTERACTIVE && id <= LAST_NON_INTERACTIVE) {
      throw new IllegalArgumentException(
          "non-interactive PoRep is not supported (seal proof type " + id + ")");
    }
    return Lookup.find(values(), type -> type.id == id, () -> "unknown seal proof type " + id);
  }

  /** The type that new sectors of this size are sealed with: V1_1. */
  public static SealProofType forSectorSize(SectorSize size) {
    return Lookup.find(
        values(),
        type -> type.variant == Variant.V1_1 && type.sectorSize == size,
        () -> "no seal proof type for sector size " + size);
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

  /** Whether challenges are drawn from synthetic proofs that PreCommit2 leaves in the cache. */
  public boolean synthetic() {
    return variant == Variant.SYNTHETIC;
  }

  /** How many SDR layers PreCommit1 writes (filecoin-proofs 19.1.0, constants). */
  public int layers() {
    return sectorSize.bytes() < SectorSize.GIB_32.bytes() ? 2 : 11;
  }

  /** The window PoSt of such sectors, version V1_1 (FIP-0061). */
  public PostProofType windowPost() {
    return PostProofType.windowFor(sectorSize);
  }

  /** The winning PoSt of such sectors. */
  public PostProofType winningPost() {
    return PostProofType.winningFor(sectorSize);
  }

  /** The proof for putting data into such a sector when it is empty (snap deals). */
  public UpdateProofType update() {
    return UpdateProofType.forSectorSize(sectorSize);
  }

  /** The name in filecoin-proofs-api 19.1.0 (RegisteredSealProof). */
  public String rustName() {
    return "StackedDrg" + sectorSize + variant.rustSuffix;
  }

  @Override
  public String toString() {
    return rustName();
  }
}
