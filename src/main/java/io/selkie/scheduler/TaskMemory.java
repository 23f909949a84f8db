package io.selkie.scheduler;

import io.selkie.filecoin.SectorSize;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much memory a task is counted with: MinMemory and BaseMinMemory of Lotus's table
 * (storage/sealer/storiface/resources.go) together, or what its prover was measured to hold where
 * that is more (PROOFS.md 3). Lotus's environment variables change it as they do there.
 *
 * @param overrides what the operator says of some tasks
 */
public record TaskMemory(List<Changed> overrides) {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** Measured: Commit2 of a 2 KiB sector. That of 8 MiB is a larger circuit, so no less. */
  private static final long SMALLEST_COMMIT_2 = 2_800_000_000L;

  /** Measured: PreCommit1 of a 512 MiB sector. */
  private static final long PRE_COMMIT_1_OF_512_MIB = 1_030_000_000L;

  private static final Map<TaskKind, String> SHORT_NAMES =
      Map.of(
          TaskKind.ADD_PIECE, "AP",
          TaskKind.PRE_COMMIT_1, "PC1",
          TaskKind.PRE_COMMIT_2, "PC2",
          TaskKind.COMMIT_1, "C1",
          TaskKind.COMMIT_2, "C2",
          TaskKind.FINALIZE, "FIN",
          TaskKind.UNSEAL, "UNS",
          TaskKind.REPLICA_UPDATE, "RU",
          TaskKind.PROVE_REPLICA_UPDATE_1, "PR1",
          TaskKind.PROVE_REPLICA_UPDATE_2, "PR2");

  private static final Map<SectorSize, String> SIZES =
      Map.of(
          SectorSize.KIB_2, "2K",
          SectorSize.MIB_8, "8M",
          SectorSize.MIB_512, "512M",
          SectorSize.GIB_32, "32G",
          SectorSize.GIB_64, "64G");

  private static final Map<TaskKind, Map<SectorSize, Need>> TABLE = table();

  /** The list is copied. */
  public TaskMemory {
    overrides = List.copyOf(overrides);
  }

  /** A task that is counted with other bytes. */
  public record Changed(TaskKind kind, SectorSize size, long bytes) {}

  private record Need(long minimum, long base, long measured) {
    long bytes() {
      return Math.max(minimum + base, measured);
    }
  }

  /** The table as it is. */
  public static TaskMemory defaults() {
    return new TaskMemory(List.of());
  }

  /**
   * The table as the environment changes it: {@code PC1_32G_MIN_MEMORY}, {@code C2_BASE_MIN_MEMORY}
   * and so on, in bytes; the name with a size counts more. What the operator says replaces what was
   * measured.
   *
   * @throws IllegalArgumentException if a value is no number of bytes; one line that names it
   */
  public static TaskMemory of(Map<String, String> environment) {
    List<Changed> overrides = new ArrayList<>();
    SHORT_NAMES.forEach(
        (kind, name) ->
            SIZES.forEach(
                (size, label) -> {
                  Optional<Long> minimum = read(environment, name, label, "MIN_MEMORY");
                  Optional<Long> base = read(environment, name, label, "BASE_MIN_MEMORY");
                  if (minimum.isPresent() || base.isPresent()) {
                    Need need = need(kind, size);
                    overrides.add(
                        new Changed(
                            kind, size, minimum.orElse(need.minimum) + base.orElse(need.base)));
                  }
                }));
    return new TaskMemory(overrides);
  }

  private static Optional<Long> read(
      Map<String, String> environment, String name, String size, String field) {
    return read(environment, name + "_" + size + "_" + field)
        .or(() -> read(environment, name + "_" + field));
  }

  private static Optional<Long> read(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isEmpty())
        .map(
            value -> {
              if (!value.matches("[0-9]{1,18}")) {
                throw new IllegalArgumentException(
                    variable + " is \"" + value + "\": use a number of bytes");
              }
              return Long.parseLong(value);
            });
  }

  /** Bytes that a task on a sector of that size is counted with; 0 for those that prove nothing. */
  public long bytes(TaskKind kind, SectorSize size) {
    for (Changed other : overrides) {
      if (other.kind() == kind && other.size() == size) {
        return other.bytes();
      }
    }
    return need(kind, size).bytes();
  }

  private static Need need(TaskKind kind, SectorSize size) {
    return TABLE.getOrDefault(kind, Map.of()).getOrDefault(size, new Need(0, 0, 0));
  }

  private static Map<TaskKind, Map<SectorSize, Need>> table() {
    Map<TaskKind, Map<SectorSize, Need>> table = new EnumMap<>(TaskKind.class);
    for (TaskKind kind : SHORT_NAMES.keySet()) {
      table.put(kind, new EnumMap<>(SectorSize.class));
    }
    table.put(TaskKind.FINALIZE, Map.of());
    put(table, TaskKind.ADD_PIECE, need(GIB, GIB), need(4 * GIB, GIB), need(8 * GIB, GIB));
    for (TaskKind kind : List.of(TaskKind.PRE_COMMIT_1, TaskKind.UNSEAL)) {
      put(
          table,
          kind,
          new Need(768 * MIB, MIB, PRE_COMMIT_1_OF_512_MIB),
          need(56 * GIB, 10 * MIB),
          need(112 * GIB, 10 * MIB));
    }
    put(table, TaskKind.PRE_COMMIT_2, need(GIB, GIB), need(15 * GIB, GIB), need(30 * GIB, GIB));
    put(table, TaskKind.COMMIT_1, need(GIB, GIB), need(GIB, GIB), need(GIB, GIB));
    put(
        table,
        TaskKind.COMMIT_2,
        need(GIB, 10 * GIB),
        need(30 * GIB, 32 * GIB),
        need(60 * GIB, 64 * GIB));
    Map<SectorSize, Need> commit2 = table.getOrDefault(TaskKind.COMMIT_2, Map.of());
    commit2.put(SectorSize.KIB_2, new Need(2 * KIB, 2 * KIB, SMALLEST_COMMIT_2));
    commit2.put(SectorSize.MIB_8, new Need(8 * MIB, 8 * MIB, SMALLEST_COMMIT_2));
    // Lotus's rows of ProveReplicaUpdate are copies of Commit1's and Commit2's. That of
    // ReplicaUpdate
    // is AddPiece's, not measured: it builds the trees of PreCommit2, so it is counted as that.
    for (TaskKind kind : TaskKind.values()) {
      if (kind.isUpdate() && kind.isPooled()) {
        table.put(kind, new EnumMap<>(table.getOrDefault(kind.pool(), Map.of())));
      }
    }
    return table;
  }

  private static Need need(long minimum, long base) {
    return new Need(minimum, base, 0);
  }

  /** The rows of the two smallest sizes are the same for all. */
  private static void put(
      Map<TaskKind, Map<SectorSize, Need>> table,
      TaskKind kind,
      Need mib512,
      Need gib32,
      Need gib64) {
    Map<SectorSize, Need> row = table.computeIfAbsent(kind, key -> new EnumMap<>(SectorSize.class));
    row.put(SectorSize.KIB_2, need(2 * KIB, 2 * KIB));
    row.put(SectorSize.MIB_8, need(8 * MIB, 8 * MIB));
    row.put(SectorSize.MIB_512, mib512);
    row.put(SectorSize.GIB_32, gib32);
    row.put(SectorSize.GIB_64, gib64);
  }
}
