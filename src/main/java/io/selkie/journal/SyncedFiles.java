package io.selkie.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * Files of H2 whose every write is on the disk when it returns ({@code O_DSYNC}). H2 alone leaves
 * that to the system, and a power cut would take back events that were acknowledged: a job that was
 * then deleted would be lost with its result. A commit is one write, and takes a few milliseconds.
 */
public final class SyncedFiles extends FilePathWrapper {
  /** How names of such files begin. */
  static final String SCHEME = "synced";

  static {
    FilePath.register(new SyncedFiles());
  }

  /** For H2, which makes one per file. */
  public SyncedFiles() {}

  /** Makes the names known to H2. */
  static void register() {
    // The class was loaded.
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return getBase().open(mode.equals("rw") ? "rwd" : mode);
  }
}
