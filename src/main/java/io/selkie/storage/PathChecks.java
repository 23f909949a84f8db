package io.selkie.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a directory has to be before it is used as one of a host's storage paths. */
final class PathChecks {
  private PathChecks() {}

  /**
   * The real path of a root.
   *
   * @throws IOException if it is no directory, or cannot be shown in a line; one line
   */
  static Path real(Path root) throws IOException {
    if (Shown.hasControl(root.toString())) {
      throw new IOException(
          Shown.shown(root) + " has a control character in its name: give it another");
    }
    if (!Files.isDirectory(root)) {
      throw new IOException(
          Shown.shown(root) + " is no directory: mount its disk, or detach the path");
    }
    return root.toRealPath();
  }

  /**
   * Makes sure that a path is none of the others, no copy of one and neither in nor around one.
   *
   * @throws IOException if it is; one line
   */
  static void requireApart(StoragePath path, List<StoragePath> others) throws IOException {
    for (StoragePath other : others) {
      if (other.root().equals(path.root())) {
        throw attached(path.root());
      }
      if (other.id().equals(path.id())) {
        throw new IOException(
            Shown.shown(path.root())
                + " has the ID of "
                + Shown.shown(other.root())
                + ": one is a copy of the other, detach it or give its sectorstore.json a new ID");
      }
      if (path.root().startsWith(other.root()) || other.root().startsWith(path.root())) {
        throw new IOException(
            Shown.shown(path.root())
                + " and the attached path "
                + Shown.shown(other.root())
                + " lie one inside the other: use directories side by side");
      }
    }
  }

  /** The refusal of a path that this host has. */
  static IOException attached(Path root) {
    return new IOException(Shown.shown(root) + " is attached already");
  }

  /** The refusal of a directory without settings. */
  static IOException uninitialised(Path root) {
    return new IOException(
        Shown.shown(root)
            + " has no "
            + PathSettings.FILE
            + ": use --init to make it a storage path");
  }
}
