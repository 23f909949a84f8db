package io.selkie.params;

import io.selkie.filecoin.SectorSize;

/**
 * What it takes to generate a set.
 *
 * @param bytes disk space
 * @param cpuSeconds processor time
 * @param memoryBytes peak resident memory
 */
record GenerationCost(long bytes, long cpuSeconds, long memoryBytes) {
  private static final long MB = 1_000_000;

  /** The files of 8MiB are 1.3 to 1.6 times as large as those of 2KiB. */
  private static final double FACTOR_8_MIB = 1.6;

  /** Whether generating makes sense: larger sets take days and more memory than machines have. */
  static boolean isGeneratable(SectorSize size) {
    return size == SectorSize.KIB_2 || size == SectorSize.MIB_8;
  }

  /** Measured for 2KiB with filecoin-proofs 19.1.0 (the disk space rounded up). */
  static GenerationCost of(SectorSize size, ParameterSet set) {
    GenerationCost small =
        switch (set) {
          case POREP -> new GenerationCost(1_200 * MB, 965, 5_200 * MB);
          case UPDATE -> new GenerationCost(700 * MB, 520, 3_200 * MB);
          case WINNING_POST -> new GenerationCost(50 * MB, 55, 1_300 * MB);
          case WINDOW_POST -> new GenerationCost(12 * MB, 22, 300 * MB);
          case SRS -> new GenerationCost(MB, 12, 300 * MB);
        };
    boolean larger = size == SectorSize.MIB_8 && set != ParameterSet.SRS;
    return larger ? small.times(FACTOR_8_MIB) : small;
  }

  /** As text, such as {@code 16 CPU minutes, 5.2 GB of memory, 1.2 GB of disk}. */
  String describe() {
    String time = cpuSeconds < 90 ? cpuSeconds + " CPU seconds" : cpuSeconds / 60 + " CPU minutes";
    return time
        + ", "
        + FreeSpace.megabytes(memoryBytes)
        + " of memory, "
        + FreeSpace.megabytes(bytes)
        + " of disk";
  }

  private GenerationCost times(double factor) {
    return new GenerationCost(
        (long) (bytes * factor), (long) (cpuSeconds * factor), (long) (memoryBytes * factor));
  }
}
