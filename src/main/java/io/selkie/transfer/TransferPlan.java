package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was decided of a sector's transfer, kept in the state directory: after a crash the same is
 * gone on with. The sources are written down too: where files are found changes as they are
 * renamed.
 *
 * @param place of the target it goes to
 * @param sources where the files of the offer are, or were before they were renamed, in its order
 * @param committed whether the target may have put the sector in place: no other is tried then
 */
record TransferPlan(
    int version, Offer offer, String place, List<String> sources, boolean committed) {
  private static final int VERSION = 1;

  /** The list is copied. */
  TransferPlan {
    sources = List.copyOf(sources);
  }

  static TransferPlan of(Offer offer, String place, List<Path> sources) {
    return new TransferPlan(
        VERSION, offer, place, sources.stream().map(Path::toString).toList(), false);
  }

  TransferPlan commit() {
    return new TransferPlan(VERSION, offer, place, sources, true);
  }

  List<Path> paths() {
    return sources.stream().map(Path::of).toList();
  }

  /**
   * Where plans are.
   *
   * @param path below the state directory
   */
  record Directory(Path path) {
    private Path file(SectorId sector) {
      return path.resolve(sector + ".json");
    }

    /** The plan of the sector; empty if there is none. */
    Optional<TransferPlan> read(SectorId sector) throws IOException {
      return TransferJson.read(file(sector), TransferPlan.class);
    }

    void write(TransferPlan plan) throws IOException {
      Files.createDirectories(path);
      TransferJson.write(file(plan.offer().sector()), plan);
    }

    void delete(SectorId sector) throws IOException {
      Files.deleteIfExists(file(sector));
    }
  }
}
