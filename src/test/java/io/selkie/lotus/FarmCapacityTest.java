package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.TaskResources;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLimits;
import io.selkie.scheduler.HostLoss;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostSector;
import io.selkie.scheduler.HostStatus;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FarmCapacityTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;

  @Test
  void isTheSumOfTheHostsThatTakeWork() {
    HostStatus sealer = host("a", 4, Map.of(TaskKind.ADD_PIECE, 2, TaskKind.PRE_COMMIT_1, 3));
    HostStatus prover = host("b", 4, Map.of(TaskKind.COMMIT_2, 1, TaskKind.PRE_COMMIT_1, 1));
    HostStatus cordoned = with(host("c", 4, Map.of(TaskKind.PRE_COMMIT_2, 1)), HostMode.CORDONED);

    FarmCapacity farm = FarmCapacity.of(List.of(sealer, prover, cordoned));

    assertEquals(
        Map.of(
            LotusTask.ADD_PIECE,
            2,
            LotusTask.DATA_CID,
            2,
            LotusTask.DOWNLOAD_SECTOR,
            2,
            LotusTask.PRE_COMMIT_1,
            4,
            LotusTask.UNSEAL,
            4,
            LotusTask.COMMIT_2,
            1,
            LotusTask.PROVE_REPLICA_UPDATE_2,
            1),
        farm.slots());
    assertEquals(
        Set.of(
            LotusTask.ADD_PIECE,
            LotusTask.DATA_CID,
            LotusTask.DOWNLOAD_SECTOR,
            LotusTask.PRE_COMMIT_1,
            LotusTask.UNSEAL,
            LotusTask.COMMIT_2,
            LotusTask.PROVE_REPLICA_UPDATE_2,
            LotusTask.FINALIZE,
            LotusTask.FINALIZE_UNSEALED,
            LotusTask.FINALIZE_REPLICA_UPDATE,
            LotusTask.FETCH),
        farm.tasks());
  }

  /** To a miner 0 is no limit. */
  @Test
  void noTaskIsListedOfWhichNoneCanRun() {
    FarmCapacity farm =
        FarmCapacity.of(
            List.of(
                host("a", 4, Map.of(TaskKind.PRE_COMMIT_1, 0)),
                host("b", 0, Map.of(TaskKind.COMMIT_2, 1))));

    assertEquals(Set.of(), farm.tasks());
    assertEquals(Map.of(), farm.resources(SectorSize.KIB_2));
  }

  @Test
  void aSlotMoreThanAllTasksOfAHostIsNone() {
    FarmCapacity farm = FarmCapacity.of(List.of(host("a", 2, Map.of(TaskKind.COMMIT_1, 5))));

    assertEquals(Map.of(LotusTask.COMMIT_1, 2, LotusTask.PROVE_REPLICA_UPDATE_1, 2), farm.slots());
  }

  @Test
  void boundsHoldForEachKindOfSectorOfTheSize() {
    FarmCapacity farm = FarmCapacity.of(List.of(host("a", 9, Map.of(TaskKind.COMMIT_1, 5))));

    TaskResources five = TaskResources.atMost(5);
    assertEquals(
        Map.of(
            LotusTask.COMMIT_1,
            Map.of(0, five, 5, five, 10, five),
            LotusTask.PROVE_REPLICA_UPDATE_1,
            Map.of(0, five, 5, five, 10, five)),
        farm.resources(SectorSize.KIB_2));
  }

  @Test
  void noPieceIsTakenWhereNoHostHasRoomForASector() {
    HostStatus full =
        new HostStatus(
            new HostId("a"),
            HostMode.OPEN,
            Optional.empty(),
            Optional.empty(),
            Optional.of(limits(1, Map.of(TaskKind.ADD_PIECE, 1, TaskKind.PRE_COMMIT_1, 1))),
            Optional.empty(),
            List.of(),
            List.of(sector(1)),
            0);

    assertFalse(FarmCapacity.of(List.of(full)).tasks().contains(LotusTask.ADD_PIECE));
    assertTrue(FarmCapacity.of(List.of(full)).tasks().contains(LotusTask.DATA_CID));
    assertTrue(FarmCapacity.of(List.of(full)).tasks().contains(LotusTask.PRE_COMMIT_1));
  }

  /** Those of sectors that wait for room would keep others from their next pieces. */
  @Test
  void anyNumberOfPiecesMayWaitHere() {
    FarmCapacity farm =
        FarmCapacity.of(
            List.of(
                host("a", 4, Map.of(TaskKind.ADD_PIECE, 1)),
                host("b", 9, Map.of(TaskKind.COMMIT_2, 1))));

    assertEquals(
        TaskResources.atMost(0), farm.resources(SectorSize.KIB_2).get(LotusTask.ADD_PIECE).get(5));
  }

  @Test
  void theMinerIsToldOfMoreThanATenth() {
    FarmCapacity twenty = FarmCapacity.of(List.of(host("a", 99, Map.of(TaskKind.COMMIT_1, 20))));
    FarmCapacity twentyTwo = FarmCapacity.of(List.of(host("a", 99, Map.of(TaskKind.COMMIT_1, 22))));
    FarmCapacity more = FarmCapacity.of(List.of(host("a", 99, Map.of(TaskKind.COMMIT_1, 23))));
    FarmCapacity other =
        FarmCapacity.of(
            List.of(host("a", 99, Map.of(TaskKind.COMMIT_1, 20, TaskKind.COMMIT_2, 1))));

    assertFalse(twentyTwo.differsMuchFrom(twenty));
    assertTrue(more.differsMuchFrom(twenty));
    assertTrue(other.differsMuchFrom(twenty));
  }

  private static HostSector sector(long number) {
    return new HostSector(
        SectorId.parse("s-t01000-" + number), TYPE, HostSector.Presence.SEALING, false);
  }

  private static HostStatus host(String name, int maxTasks, Map<TaskKind, Integer> slots) {
    return new HostStatus(
        new HostId(name),
        HostMode.OPEN,
        Optional.empty(),
        Optional.empty(),
        Optional.of(limits(maxTasks, slots)),
        Optional.empty(),
        List.of(),
        List.of(),
        0);
  }

  private static HostStatus with(HostStatus host, HostMode mode) {
    Optional<HostLoss> none = Optional.empty();
    return new HostStatus(
        host.host(),
        mode,
        none,
        host.heardAt(),
        host.limits(),
        host.unfit(),
        host.tasks(),
        host.sectors(),
        0);
  }

  private static HostLimits limits(int maxTasks, Map<TaskKind, Integer> slots) {
    return new HostLimits(
        slots,
        maxTasks,
        0,
        1L << 30,
        new TaskMemory(List.of()),
        new HostLimits.Devices(1, false),
        List.of());
  }
}
