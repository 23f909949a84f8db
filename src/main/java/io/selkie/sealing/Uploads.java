package io.selkie.sealing;

import io.selkie.scheduler.HostId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Files that were uploaded for a sector.
 *
 * @param host that has them; empty: the one that the driver runs on
 */
record Uploads(Optional<HostId> host, List<Path> files) {
  /** The list is copied. */
  Uploads {
    files = List.copyOf(files);
  }
}
