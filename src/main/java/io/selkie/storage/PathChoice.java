package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Which storage path new files go to. Calls block for the disk: its room is asked for. */
final class PathChoice {
  private PathChoice() {}

  /**
   * Where a sector begins.
   *
   * @throws IOException if no path can seal it; one line
   */
  static StoragePath forSealing(SectorId sector, List<StoragePath> there) throws IOException {
    requireSome(there);
    List<StoragePath> possible = sealing(sector, there);
    if (possible.isEmpty()) {
      throw new IOException(
          "no storage path of this host can seal "
              + sector
              + ": attach one with CanSeal whose filters allow it");
    }
    return best(possible);
  }

  /**
   * Where the next new sector would begin, of whichever miner it is; empty if no path seals.
   *
   * @param sector that is nowhere
   * @throws IOException if there is no path at all; one line
   */
  static Optional<StoragePath> next(SectorId sector, List<StoragePath> there) throws IOException {
    requireSome(there);
    List<StoragePath> seal = there.stream().filter(path -> path.settings().canSeal()).toList();
    List<StoragePath> possible = sealing(sector, there);
    return seal.isEmpty()
        ? Optional.empty()
        : Optional.of(best(possible.isEmpty() ? seal : possible));
  }

  /**
   * The path with the most room.
   *
   * @throws IOException if there is no path at all; one line
   */
  static StoragePath roomiest(List<StoragePath> there) throws IOException {
    requireSome(there);
    return most(there, path -> 1);
  }

  private static void requireSome(List<StoragePath> there) throws IOException {
    if (there.isEmpty()) {
      throw new IOException("this host has no storage path: attach one");
    }
  }

  private static List<StoragePath> sealing(SectorId sector, List<StoragePath> there) {
    return there.stream()
        .filter(path -> path.settings().canSeal())
        .filter(
            path ->
                Stream.of(FileType.UNSEALED, FileType.SEALED, FileType.CACHE)
                    .allMatch(type -> path.settings().takes(type, sector.miner())))
        .toList();
  }

  /** By weight times room, as in Lotus. */
  private static StoragePath best(List<StoragePath> possible) throws IOException {
    // Where there is no choice, a disk that is slow to answer is not asked.
    return possible.size() == 1
        ? possible.get(0)
        : most(possible, path -> path.settings().weight());
  }

  /** The first of those with the most room times weight. */
  private static StoragePath most(List<StoragePath> some, ToDoubleFunction<StoragePath> weight)
      throws IOException {
    StoragePath best = some.get(0);
    double most = -1;
    for (StoragePath path : some) {
      double value = (double) path.space().available() * weight.applyAsDouble(path);
      if (value > most) {
        most = value;
        best = path;
      }
    }
    return best;
  }
}
