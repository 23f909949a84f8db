package io.selkie.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.filecoin.SectorSize;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskMemoryTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  @Test
  void isThatOfLotusOrWhatWasMeasured() {
    TaskMemory memory = TaskMemory.defaults();

    assertEquals(56 * GIB + 10 * MIB, memory.bytes(TaskKind.PRE_COMMIT_1, SectorSize.GIB_32));
    assertEquals(112 * GIB + 10 * MIB, memory.bytes(TaskKind.UNSEAL, SectorSize.GIB_64));
    assertEquals(16 * GIB, memory.bytes(TaskKind.PRE_COMMIT_2, SectorSize.GIB_32));
    assertEquals(62 * GIB, memory.bytes(TaskKind.COMMIT_2, SectorSize.GIB_32));
    assertEquals(2_800_000_000L, memory.bytes(TaskKind.COMMIT_2, SectorSize.KIB_2));
    assertEquals(2_800_000_000L, memory.bytes(TaskKind.COMMIT_2, SectorSize.MIB_8));
    assertEquals(1_030_000_000L, memory.bytes(TaskKind.PRE_COMMIT_1, SectorSize.MIB_512));
    assertEquals(4096, memory.bytes(TaskKind.ADD_PIECE, SectorSize.KIB_2));
    assertEquals(0, memory.bytes(TaskKind.REMOVE, SectorSize.GIB_32));
    assertEquals(16 * GIB, memory.bytes(TaskKind.REPLICA_UPDATE, SectorSize.GIB_32));
    assertEquals(2 * GIB, memory.bytes(TaskKind.PROVE_REPLICA_UPDATE_1, SectorSize.GIB_32));
    assertEquals(62 * GIB, memory.bytes(TaskKind.PROVE_REPLICA_UPDATE_2, SectorSize.GIB_32));
    assertEquals(0, memory.bytes(TaskKind.FINALIZE_REPLICA_UPDATE, SectorSize.GIB_32));
  }

  @Test
  void theEnvironmentChangesItAsInLotus() {
    TaskMemory memory =
        TaskMemory.of(
            Map.of(
                "PC1_32G_MIN_MEMORY", "1000",
                "PC1_MIN_MEMORY", "7",
                "PC1_BASE_MIN_MEMORY", "24",
                "C2_2K_BASE_MIN_MEMORY", "",
                "PR2_32G_MIN_MEMORY", "0",
                "AP_8M_MAX_MEMORY", "3"));

    assertEquals(1024, memory.bytes(TaskKind.PRE_COMMIT_1, SectorSize.GIB_32));
    assertEquals(31, memory.bytes(TaskKind.PRE_COMMIT_1, SectorSize.GIB_64));
    assertEquals(31, memory.bytes(TaskKind.PRE_COMMIT_1, SectorSize.MIB_512));
    assertEquals(2_800_000_000L, memory.bytes(TaskKind.COMMIT_2, SectorSize.KIB_2));
    assertEquals(16 * MIB, memory.bytes(TaskKind.ADD_PIECE, SectorSize.MIB_8));
    assertEquals(32 * GIB, memory.bytes(TaskKind.PROVE_REPLICA_UPDATE_2, SectorSize.GIB_32));
  }

  @Test
  void aWrongValueIsNamed() {
    assertEquals(
        "C2_MIN_MEMORY is \"30G\": use a number of bytes",
        assertThrows(
                IllegalArgumentException.class, () -> TaskMemory.of(Map.of("C2_MIN_MEMORY", "30G")))
            .getMessage());
  }
}
