package io.selkie.scheduler;

import static io.selkie.scheduler.TestTasks.sector;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.filecoin.SealProofType;
import io.selkie.storage.SectorSpace;
import io.selkie.storage.SectorSpace.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostLoadTest {
  private static final HostId A = new HostId("a");
  private static final SealProofType SMALL = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final SealProofType LARGE = SealProofType.STACKED_DRG_32GIB_V1_1;
  private static final long GIB = 1L << 30;

  private int maxTasks = 14;
  private int transferBuffer = 1;
  private long memory = 1L << 40;
  private HostLimits.Devices devices = new HostLimits.Devices(1, true);
  private List<HostLimits.Disk> disks = List.of();
  private List<HostSector> here = List.of();
  private Optional<String> unfit = Optional.empty();

  private HostLoad host(HostLoad.Load... loads) {
    Map<TaskKind, Integer> slots =
        Arrays.stream(TaskKind.values())
            .filter(TaskKind::isPooled)
            .collect(Collectors.toMap(kind -> kind, kind -> 14));
    HostLimits limits =
        new HostLimits(
            slots, maxTasks, transferBuffer, memory, TaskMemory.defaults(), devices, disks);
    HostLoad host = new HostLoad(A, limits, here, unfit);
    Arrays.stream(loads).forEach(host::add);
    return host;
  }

  private static HostLoad.Load load(TaskKind kind, long number, SealProofType type) {
    return new HostLoad.Load(kind, sector(number), Optional.of(type));
  }

  private static HostLoad.Load small(TaskKind kind, long number) {
    return load(kind, number, SMALL);
  }

  private static HostSector here(long number, HostSector.Presence presence) {
    return new HostSector(sector(number), SMALL, presence, false);
  }

  private static String reason(HostLoad host, HostLoad.Load load) {
    return host.refusal(load).map(HostLoad.Refusal::reason).orElse("fits");
  }

  @Test
  void allPhasesAndUnsealingShareThePlaces() {
    maxTasks = 2;
    HostLoad host = host(small(TaskKind.UNSEAL, 1), small(TaskKind.FINALIZE, 2));

    assertEquals(
        "waits for a task on host a to end (2 of 2 in use; selkie.max-tasks)",
        reason(host, small(TaskKind.COMMIT_1, 3)));
    assertEquals("fits", reason(host, small(TaskKind.REMOVE, 3)));
  }

  @Test
  void anUpdateTakesAPlaceOfThePhaseWhoseWorkItDoes() {
    maxTasks = 99;
    devices = new HostLimits.Devices(99, true);
    HostLoad.Load[] proofs =
        IntStream.range(0, 14)
            .mapToObj(
                i -> small(i % 2 == 0 ? TaskKind.COMMIT_2 : TaskKind.PROVE_REPLICA_UPDATE_2, i))
            .toArray(HostLoad.Load[]::new);

    HostLoad host = host(proofs);

    for (TaskKind kind : List.of(TaskKind.COMMIT_2, TaskKind.PROVE_REPLICA_UPDATE_2)) {
      HostLoad.Refusal refusal = host.refusal(small(kind, 99)).orElseThrow();
      assertEquals(HostLoad.Limit.SLOTS, refusal.limit());
      assertEquals(
          "waits for a free " + kind + " slot on host a (14 of 14 in use; selkie.parallel.commit2)",
          refusal.reason());
    }
    assertEquals(Optional.empty(), host.refusal(small(TaskKind.PROVE_REPLICA_UPDATE_1, 99)));
  }

  @Test
  void updatesTakeTurnsOnTheDevicesToo() {
    HostLoad host = host(small(TaskKind.REPLICA_UPDATE, 1));

    assertEquals(
        HostLoad.Limit.DEVICES,
        host.refusal(small(TaskKind.PROVE_REPLICA_UPDATE_2, 2)).orElseThrow().limit());
  }

  @Test
  void removalsTakeNoPlace() {
    maxTasks = 1;

    assertEquals(
        "fits",
        reason(
            host(small(TaskKind.REMOVE, 1), small(TaskKind.REMOVE, 2)),
            small(TaskKind.PRE_COMMIT_1, 3)));
  }

  @Test
  void withoutTasksTheHostOnlyDrains() {
    maxTasks = 0;

    assertEquals(
        "host a runs no tasks (selkie.max-tasks is 0)",
        reason(host(), small(TaskKind.FINALIZE, 1)));
    assertEquals("fits", reason(host(), small(TaskKind.REMOVE, 1)));
  }

  @Test
  void noMoreSectorsAreAdmittedThanTasksAndBufferTogether() {
    maxTasks = 2;
    here =
        List.of(
            here(1, HostSector.Presence.SEALED),
            here(2, HostSector.Presence.SEALING),
            here(3, HostSector.Presence.SEALING));

    assertEquals(
        "waits for a sector to leave host a (3 of 3 have files there; selkie.max-tasks 2 +"
            + " selkie.transfer-buffer 1)",
        reason(host(), small(TaskKind.ADD_PIECE, 4)));
    assertEquals("fits", reason(host(), small(TaskKind.PRE_COMMIT_2, 3)));
    assertEquals("fits", reason(host(), small(TaskKind.COMMIT_2, 4)), "it brings no files");
  }

  @Test
  void aParkedSectorComesBackLikeANewOneForWhatItStillWrites() {
    maxTasks = 1;
    transferBuffer = 0;
    here =
        List.of(
            new HostSector(
                sector(1), SMALL, HostSector.Presence.PARKED, false, Map.of(Part.CACHE, 100L)));
    disks = List.of(new HostLimits.Disk("/repo", Set.of(Part.values()), 100));

    assertEquals("fits", reason(host(), small(TaskKind.PRE_COMMIT_2, 1)));
    assertEquals(
        HostLoad.Limit.DISK, host().refusal(small(TaskKind.PRE_COMMIT_2, 2)).orElseThrow().limit());
    here = List.of(here.get(0), here(2, HostSector.Presence.SEALING));
    assertEquals(
        HostLoad.Limit.SECTORS,
        host().refusal(small(TaskKind.PRE_COMMIT_2, 1)).orElseThrow().limit());
  }

  @Test
  void aSectorOnItsWayHereCountsToo() {
    maxTasks = 2;
    here = List.of(here(1, HostSector.Presence.SEALING), here(2, HostSector.Presence.VISITING));

    HostLoad host = host(small(TaskKind.ADD_PIECE, 4));
    assertEquals("fits", reason(host, small(TaskKind.ADD_PIECE, 5)));
    host.add(small(TaskKind.REMOVE, 6));
    transferBuffer = 0;
    assertEquals(
        HostLoad.Limit.SECTORS,
        host(small(TaskKind.ADD_PIECE, 4))
            .refusal(small(TaskKind.ADD_PIECE, 5))
            .orElseThrow()
            .limit());
  }

  @Test
  void withoutABufferASealedSectorKeepsItsPlace() {
    maxTasks = 2;
    transferBuffer = 0;
    here = List.of(here(1, HostSector.Presence.SEALED), here(2, HostSector.Presence.SEALING));

    assertEquals("fits", reason(host(), small(TaskKind.PRE_COMMIT_1, 2)));
    assertEquals(
        "waits for a task on host a to end (2 of 2 in use, 1 of them by sealed sectors above"
            + " selkie.transfer-buffer 0; selkie.max-tasks)",
        reason(host(small(TaskKind.PRE_COMMIT_1, 2)), small(TaskKind.COMMIT_2, 9)));
  }

  @Test
  void memoryIsCountedBySizeAndPhase() {
    memory = 128 * GIB;

    HostLoad host = host(load(TaskKind.PRE_COMMIT_1, 1, LARGE), load(TaskKind.ADD_PIECE, 2, LARGE));
    assertEquals("fits", reason(host, load(TaskKind.COMMIT_2, 3, LARGE)));
    host.add(load(TaskKind.ADD_PIECE, 4, LARGE));
    assertEquals(
        "waits for memory on host a: Commit2 of a 32GiB sector is counted with 62 GiB, of 128 GiB"
            + " are 62.0 GiB free (selkie.memory)",
        reason(host, load(TaskKind.COMMIT_2, 3, LARGE)));
  }

  @Test
  void memoryThatIsKeptIsNotGivenToOthers() {
    memory = 128 * GIB;
    HostLoad host = host(load(TaskKind.PRE_COMMIT_2, 1, LARGE));
    host.keepMemory(load(TaskKind.COMMIT_2, 2, LARGE));

    assertEquals(
        "waits for memory on host a: PreCommit1 of a 32GiB sector is counted with 56.0 GiB, of 128"
            + " GiB are 50 GiB free, 62 GiB are kept for Commit2 of s-t01000-2 (selkie.memory)",
        reason(host, load(TaskKind.PRE_COMMIT_1, 3, LARGE)));
  }

  @Test
  void aTaskLargerThanTheHostIsToldSo() {
    memory = 16 * GIB;

    assertEquals(
        "host a has too little memory: Commit2 of a 32GiB sector is counted with 62 GiB, and the"
            + " host uses up to 16 GiB (selkie.memory)",
        reason(host(), load(TaskKind.COMMIT_2, 3, LARGE)));
  }

  @Test
  void aSectorIsNotBegunThatCannotBeFinished() {
    memory = 60 * GIB;

    assertEquals(
        "host a has too little memory: Commit2 of a 32GiB sector is counted with 62 GiB, and the"
            + " host uses up to 60 GiB (selkie.memory)",
        reason(host(), load(TaskKind.ADD_PIECE, 3, LARGE)));
  }

  @Test
  void aProverOfUnknownSizeLeavesNoMemory() {
    HostLoad host = host(new HostLoad.Load(TaskKind.PRE_COMMIT_1, sector(1), Optional.empty()));

    assertEquals(
        HostLoad.Limit.MEMORY, host.refusal(small(TaskKind.COMMIT_1, 2)).orElseThrow().limit());
  }

  @Test
  void preCommit2AndCommit2TakeTurnsOnADevice() {
    HostLoad host = host(small(TaskKind.PRE_COMMIT_2, 1));

    assertEquals(
        "waits for a free GPU on host a (1 of 1 in use; PreCommit2 and Commit2 take one each)",
        reason(host, small(TaskKind.COMMIT_2, 2)));
    devices = new HostLimits.Devices(1, false);
    assertEquals(
        "waits for its turn on the processor of host a (1 of 1 in use; selkie.gpu.cpu-leases, one"
            + " for each PreCommit2 and Commit2)",
        reason(host(small(TaskKind.COMMIT_2, 1)), small(TaskKind.PRE_COMMIT_2, 2)));
    devices = new HostLimits.Devices(2, false);
    assertEquals(
        "fits", reason(host(small(TaskKind.COMMIT_2, 1)), small(TaskKind.PRE_COMMIT_2, 2)));
  }

  @Test
  void theWholePipelineOfASectorHasToFit() {
    long needed =
        SectorSpace.peak(LARGE, SectorSpace.Stage.SEALING).values().stream()
            .mapToLong(bytes -> bytes)
            .sum();
    disks = List.of(new HostLimits.Disk("/repo", Set.of(Part.values()), 2 * needed - 1));

    HostLoad host = host(load(TaskKind.ADD_PIECE, 1, LARGE));
    assertEquals(
        "waits for disk space on host a: sealing a sector of 32GiB takes up to 549.6 GiB below"
            + " /repo, where 549.6 GiB are free and not kept for other sectors",
        reason(host, load(TaskKind.ADD_PIECE, 2, LARGE)));
    assertEquals("fits", reason(host, load(TaskKind.PRE_COMMIT_1, 1, LARGE)));
    assertEquals("fits", reason(host, load(TaskKind.FINALIZE, 2, LARGE)), "it only frees");
    assertEquals("fits", reason(host, small(TaskKind.ADD_PIECE, 2)));
  }

  @Test
  void eachFileSystemIsLookedAt() {
    disks =
        List.of(
            new HostLimits.Disk(
                "/ssd", Set.of(Part.CACHE, Part.OWN, Part.UNSEALED, Part.SEALED), 1L << 50),
            new HostLimits.Disk("/state", Set.of(Part.JOBS), 1000));

    assertEquals(
        "waits for disk space on host a: sealing a sector of 2KiB takes up to 1.0 MiB below /state,"
            + " where 1000 bytes are free and not kept for other sectors",
        reason(host(), small(TaskKind.ADD_PIECE, 1)));
  }

  @Test
  void anUnfitHostTakesOnlyRemovals() {
    unfit = Optional.of("the prover program is not there");

    assertEquals(
        "host a takes no work: the prover program is not there",
        reason(host(), small(TaskKind.COMMIT_1, 1)));
    assertEquals("fits", reason(host(), small(TaskKind.REMOVE, 1)));
  }
}
