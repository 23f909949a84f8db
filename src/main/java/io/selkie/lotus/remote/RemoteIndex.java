package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The miner's index of sector files, as far as a deletion touches it. */
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

  /**
   * The file is in the trash. Whoever told of a result of the sector meanwhile may have declared it
   * again: then the index is to forget it once more. Fails if it cannot be told.
   */
  CompletionStage<@Nullable Void> isGone(String pathId, SectorId sector, FileType type);
}
