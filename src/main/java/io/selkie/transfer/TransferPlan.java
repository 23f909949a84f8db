package io.selkie.transfer;

import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What was decided of a sector's transfer: it lies beside the sector, so that after a crash the
 * same is gone on with.
 *
 * @param place of the target it goes to
 * @param committed whether the target may have put the sector in place: no other is tried then
 */
record TransferPlan(int version, Offer offer, String place, boolean committed) {
  private static final int VERSION = 1;

  static TransferPlan of(Offer offer, String place) {
    return new TransferPlan(VERSION, offer, place, false);
  }

  TransferPlan to(String other) {
    return new TransferPlan(VERSION, offer, other, false);
  }

  TransferPlan commit() {
    return new TransferPlan(VERSION, offer, place, true);
  }

  private static Path file(SectorFiles files) {
    return files.scratch().resolve(files.sector() + ".transfer.json");
  }

  /** The plan of the sector; empty if there is none. */
  static Optional<TransferPlan> read(SectorFiles files) throws IOException {
    return TransferJson.read(file(files), TransferPlan.class);
  }

  void write(SectorFiles files) throws IOException {
    TransferJson.write(file(files), this);
  }

  static void delete(SectorFiles files) throws IOException {
    Files.deleteIfExists(file(files));
  }
}
