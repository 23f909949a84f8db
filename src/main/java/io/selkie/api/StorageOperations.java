package io.selkie.api;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.Orphan;
import io.selkie.storage.PathSettings;
import io.selkie.storage.PathSpace;
import io.selkie.storage.StoragePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a node does with its storage paths. A call that is refused completes with {@link
 * OperationException}. No call blocks.
 */
public interface StorageOperations {
  /** All attached paths. */
  CompletionStage<List<PathReport>> paths();

  /**
   * Attaches a directory of the node's host; one that is attached may be given again to be served.
   *
   * @param fresh what it shall be, if it is to become a path; empty: it is one
   * @param serve whether peers may send sectors there
   */
  CompletionStage<PathReport> attach(Path directory, Optional<PathSettings> fresh, boolean serve);

  /**
   * Forgets a path; nothing in it changes.
   *
   * @param path its root or its id
   * @param force also while sectors are worked on there
   */
  CompletionStage<PathReport> detach(String path, boolean force);

  /** Files that nothing needs any more. */
  CompletionStage<List<Orphan>> orphans();

  /**
   * Deletes orphans, after another look at the journal.
   *
   * @param ids those that are meant
   * @param sectors that were named, for what is only deleted by name
   * @param by who wants it
   */
  CompletionStage<Collected> collect(Set<String> ids, Set<SectorId> sectors, String by);

  /**
   * A path as it is now.
   *
   * @param space empty if its disk does not answer
   * @param sectors how many have files there
   * @param served whether peers may send sectors there
   * @param problem one line, if something is amiss
   */
  record PathReport(
      StoragePath path,
      Optional<PathSpace> space,
      int sectors,
      boolean served,
      Optional<String> problem) {}

  /**
   * What became of orphans.
   *
   * @param deleted they are gone
   * @param kept and why
   */
  record Collected(List<Orphan> deleted, List<Kept> kept) {
    /** The lists are copied. */
    public Collected {
      deleted = List.copyOf(deleted);
      kept = List.copyOf(kept);
    }
  }

  /** An orphan that was not deleted. */
  record Kept(String id, String reason) {}
}
