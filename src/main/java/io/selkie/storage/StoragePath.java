package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory in Lotus's layout that is attached to this host.
 *
 * @param root its real path
 */
public record StoragePath(Path root, PathSettings settings) {
  /** Where a path of a type holds what is being fetched; in each directory of a type. */
  public static final String FETCHING = "fetching";

  /** What is Selkie's own, below the root. */
  static final String OWN = "selkie";

  /**
   * Opens a directory that has its settings, and makes what is missing of the layout.
   *
   * @throws IOException if it is none, or not as it must be; one line
   */
  static StoragePath open(Path root) throws IOException {
    StoragePath path = new StoragePath(root, settings(root));
    checkLayout(root);
    for (Path directory : layout(root)) {
      Files.createDirectories(directory);
    }
    return path;
  }

  private static List<Path> layout(Path root) {
    return Stream.concat(
            Stream.of(FileType.values()).map(type -> type.directory(root)),
            Stream.of(root.resolve(OWN)))
        .toList();
  }

  /** Files are only used below the root: what a link leads to is not. */
  static void checkLayout(Path root) throws IOException {
    for (Path directory : layout(root)) {
      if (Files.isSymbolicLink(directory)) {
        throw new IOException(
            Shown.shown(directory) + " is a link: put a directory there, or mount one");
      }
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
        throw new IOException(Shown.shown(directory) + " is no directory: move it away");
      }
    }
  }

  /**
   * Sectors come into a store by renames: all its directories have to be on one file system.
   *
   * @throws IOException if one is not; one line
   */
  public static void requireOneFileSystem(Path root) throws IOException {
    requireOneFileSystem(root, directory -> Files.getAttribute(directory, "unix:dev"));
  }

  /** What tells file systems apart. */
  interface FileSystemOf {
    Object of(Path directory) throws IOException;
  }

  static void requireOneFileSystem(Path root, FileSystemOf fileSystem) throws IOException {
    List<Path> all = new ArrayList<>(layout(root));
    all.add(root.resolve(FETCHING));
    for (Path directory : all) {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          && !fileSystem.of(directory).equals(fileSystem.of(root))) {
        throw new IOException(
            Shown.shown(directory)
                + " is on another file system than "
                + Shown.shown(root)
                + ": sectors are renamed into a store, so mount one disk at "
                + Shown.shown(root)
                + " for all of it");
      }
    }
  }

  private static PathSettings settings(Path root) throws IOException {
    Path file = root.resolve(PathSettings.FILE);
    try {
      return PathSettings.read(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          Shown.shown(root)
              + " has no "
              + PathSettings.FILE
              + ": mount its disk, or detach the path",
          e);
    }
  }

  /** The id, in Lotus a UUID. */
  public String id() {
    return settings.id();
  }

  /** The files of a sector here, whether they are there or not. */
  public SectorFiles files(SectorId sector) {
    return new SectorFiles(root, sector);
  }

  /**
   * Where a sector grows that arrives from another place.
   *
   * @param root of a directory that holds sectors, whether it is an attached path or not
   */
  public static Path arriving(Path root, SectorId sector) {
    return root.resolve(FETCHING).resolve(sector.toString());
  }

  /** Whether the sector has a file, or directory, of this type here. */
  public boolean holds(SectorId sector, FileType type) {
    return Files.exists(type.of(root, sector), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether the sector has anything of Lotus's layout here. */
  public boolean holdsAny(SectorId sector) {
    for (FileType type : FileType.values()) {
      if (holds(sector, type)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the sector has a manifest here: its files are whole, or were begun here. */
  boolean hasManifest(SectorId sector) {
    return Files.exists(files(sector).manifest(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether the sector was sealed elsewhere and arrived here. */
  boolean hasReceipt(SectorId sector) {
    return Files.exists(files(sector).receipt(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Its room now. Blocks for the disk, for long where that is behind a network. */
  public PathSpace space() throws IOException {
    return PathSpace.of(root, settings);
  }

  /** The sectors that have something here. */
  public Set<SectorId> sectors() throws IOException {
    return PathScan.of(this).sectors().keySet();
  }

  /**
   * Makes sure that the disk is there and still the same: an empty mount point looks like a path
   * that lost all its sectors.
   */
  public void checkIsThere() throws IOException {
    PathSettings now = settings(root);
    if (!now.id().equals(id())) {
      throw new IOException(
          Shown.shown(root)
              + " has become another path, with ID "
              + now.id()
              + ": mount the disk of "
              + id()
              + ", or detach the path");
    }
  }
}
