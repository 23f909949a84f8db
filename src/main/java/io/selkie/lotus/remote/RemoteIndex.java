package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import java.util.concurrent.CompletionStage;

/** The miner's index of sector files, as far as a deletion touches it. */
@FunctionalInterface
public interface RemoteIndex {
  /**
   * A miner, or another worker, has the file of a sector deleted here. The index is to forget it
   * first (StorageDropSector): a file that it still has, and that is in the trash already, would
   * fail whoever is sent to fetch it. It may be called for a path that has no such file, or never
   * had.
   *
   * @param pathId of a path of this host
   * @return whether the index had it there. Fails if the index cannot be told, or the file must
   *     stay, for instance because a task works on it: then it stays
   */
  CompletionStage<Boolean> dropped(String pathId, SectorId sector, FileType type);
}
