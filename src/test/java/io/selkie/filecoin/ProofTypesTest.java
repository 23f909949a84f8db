package io.selkie.filecoin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProofTypesTest {
  private static final List<SectorSize> SIZES = List.of(SectorSize.values());

  @ParameterizedTest
  @CsvSource({
    "0,StackedDrg2KiBV1",
    "1,StackedDrg8MiBV1",
    "2,StackedDrg512MiBV1",
    "3,StackedDrg32GiBV1",
    "4,StackedDrg64GiBV1",
    "5,StackedDrg2KiBV1_1",
    "6,StackedDrg8MiBV1_1",
    "7,StackedDrg512MiBV1_1",
    "8,StackedDrg32GiBV1_1",
    "9,StackedDrg64GiBV1_1",
    "10,StackedDrg2KiBV1_1_Feat_SyntheticPoRep",
    "11,StackedDrg8MiBV1_1_Feat_SyntheticPoRep",
    "12,StackedDrg512MiBV1_1_Feat_SyntheticPoRep",
    "13,StackedDrg32GiBV1_1_Feat_SyntheticPoRep",
    "14,StackedDrg64GiBV1_1_Feat_SyntheticPoRep",
  })
  void sealProofTypesHaveTheIdsAndNamesOfTheField(int id, String rustName) {
    SealProofType type = SealProofType.ofId(id);

    assertEquals(id, type.id());
    assertEquals(rustName, type.rustName());
    assertEquals(rustName, type.toString());
    assertEquals(id >= 10, type.synthetic());
    assertEquals(id % 5 < 3 ? 2 : 11, type.layers());
    assertEquals(SIZES.get(id % 5), type.sectorSize());
  }

  @ParameterizedTest
  @CsvSource({
    "0,StackedDrgWinning2KiBV1",
    "1,StackedDrgWinning8MiBV1",
    "2,StackedDrgWinning512MiBV1",
    "3,StackedDrgWinning32GiBV1",
    "4,StackedDrgWinning64GiBV1",
    "5,StackedDrgWindow2KiBV1",
    "6,StackedDrgWindow8MiBV1",
    "7,StackedDrgWindow512MiBV1",
    "8,StackedDrgWindow32GiBV1",
    "9,StackedDrgWindow64GiBV1",
    "10,StackedDrgWindow2KiBV1_1",
    "11,StackedDrgWindow8MiBV1_1",
    "12,StackedDrgWindow512MiBV1_1",
    "13,StackedDrgWindow32GiBV1_1",
    "14,StackedDrgWindow64GiBV1_1",
  })
  void postProofTypesHaveTheIdsAndNamesOfTheField(int id, String name) {
    PostProofType type = PostProofType.ofId(id);

    assertEquals(id, type.id());
    assertEquals(name, type.toString());
    assertEquals(id < 5, type.winning());
    assertEquals(SIZES.get(id % 5), type.sectorSize());
  }

  @ParameterizedTest
  @EnumSource
  void aSealProofTypeLeadsToTheOtherProofsOfItsSectorSize(SealProofType type) {
    SectorSize size = type.sectorSize();

    assertEquals(size, type.windowPost().sectorSize());
    assertEquals("StackedDrgWindow" + size + "V1_1", type.windowPost().toString());
    assertEquals("StackedDrgWinning" + size + "V1", type.winningPost().toString());
    assertTrue(type.winningPost().winning());
    assertFalse(type.windowPost().winning());
    assertEquals(size, type.update().sectorSize());
    assertEquals("StackedDrg" + size + "V1", type.update().toString());
  }

  @ParameterizedTest
  @EnumSource
  void newSectorsAreSealedWithVersionOneOne(SectorSize size) {
    assertEquals("StackedDrg" + size + "V1_1", SealProofType.forSectorSize(size).rustName());
  }

  @Test
  void updateAndAggregationTypesHaveTheIdsOfTheField() {
    for (int id = 0; id < 5; id++) {
      assertEquals(id, UpdateProofType.ofId(id).id());
      assertEquals(SIZES.get(id), UpdateProofType.ofId(id).sectorSize());
    }
    assertEquals("SnarkPackV1", AggregationType.ofId(0).toString());
    assertEquals("SnarkPackV2", AggregationType.ofId(1).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 18, 19})
  void refusesNonInteractivePoRep(int id) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> SealProofType.ofId(id)).getMessage();

    assertEquals("non-interactive PoRep is not supported (seal proof type " + id + ")", message);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 20, Integer.MAX_VALUE})
  void refusesUnknownIds(int id) {
    assertThrows(IllegalArgumentException.class, () -> SealProofType.ofId(id));
    assertThrows(IllegalArgumentException.class, () -> PostProofType.ofId(id));
    assertThrows(IllegalArgumentException.class, () -> UpdateProofType.ofId(id));
    assertThrows(IllegalArgumentException.class, () -> AggregationType.ofId(id));
  }
}
