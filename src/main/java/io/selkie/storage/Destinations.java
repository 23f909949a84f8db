package io.selkie.storage;

import io.selkie.filecoin.MinerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the attached paths of a host say of sealed sectors that are to be kept there: by their
 * {@code sectorstore.json}, and by how full one may become. Asked once a sector is sealed and not
 * before. Calls that may fail block for the disk.
 */
public final class Destinations {
  private final Supplier<List<StoragePath>> paths;
  private final int fullAt;

  private Destinations(Supplier<List<StoragePath>> paths, int fullAt) {
    this.paths = paths;
    this.fullAt = fullAt;
  }

  /** Of a host with these paths, asked each time. */
  public static Destinations of(StoragePaths paths) {
    return new Destinations(paths::all, paths.fullAt());
  }

  /** Of a host without attached paths. */
  public static Destinations none() {
    return new Destinations(List::of, 0);
  }

  /**
   * What needs a place.
   *
   * @param types of files that it has
   * @param bytes of all of them
   */
  public record Wish(MinerId miner, Set<FileType> types, long bytes) {
    /** The set is copied. */
    public Wish {
      types = Set.copyOf(types);
    }
  }

  /** The attached path with this root, a real path; empty if there is none. */
  public Optional<StoragePath> at(Path root) {
    return paths.get().stream().filter(path -> path.root().equals(root)).findFirst();
  }

  /**
   * Why files may not leave for a place; empty if they may.
   *
   * @param files where they lie now
   * @param to the path that the place is; empty: it is none of this host's, so in no group
   */
  public Optional<String> refusalToLeave(List<Path> files, Optional<PathSettings> to) {
    return paths.get().stream()
        .filter(path -> files.stream().anyMatch(file -> file.startsWith(path.root())))
        .filter(path -> to.filter(path.settings()::letsGoTo).isEmpty())
        .filter(path -> !path.settings().allowTo().isEmpty())
        .findFirst()
        .map(path -> "AllowTo of " + Shown.shown(path.root()) + " names none of its groups");
  }

  /** Why a path may not have files of these types, however empty it is; empty if it may. */
  public static Optional<String> refusalOfKind(PathSettings to, Wish wish) {
    return wish.types().stream()
        .sorted()
        .filter(type -> !to.takes(type, wish.miner()))
        .findFirst()
        .map(type -> "its filters refuse " + type + " files of " + wish.miner());
  }

  /**
   * Why a path has no room; empty if it has.
   *
   * @param renamed whether the files are on its file system already: only {@code MaxStorage} counts
   * @param onTheirWay bytes that others are bringing there, and that are not there yet
   */
  public Optional<String> refusalOfRoom(StoragePath to, Wish wish, boolean renamed, long onTheirWay)
      throws IOException {
    Optional<PathSpace> space =
        renamed
            ? PathSpace.allowed(to.root(), to.settings())
            : Optional.of(left(to.space(), onTheirWay));
    return space.flatMap(room -> reasonOfSpace(room, wish.bytes(), fullAt));
  }

  static Optional<String> reasonOfSpace(PathSpace space, long bytes, int fullAt) {
    if (bytes > space.available()) {
      return Optional.of(
          "it has room for " + space.available() + " bytes and " + bytes + " are needed");
    }
    return new PathSpace(space.capacity(), space.available() - bytes).isFuller(fullAt)
        ? Optional.of("it would be more than " + fullAt + " % full")
        : Optional.empty();
  }

  private static PathSpace left(PathSpace space, long onTheirWay) {
    return new PathSpace(space.capacity(), Math.max(0, space.available() - onTheirWay));
  }

  /** The most bytes that may come to a path before it is too full. */
  public long room(StoragePath path) throws IOException {
    return room(path.space(), fullAt);
  }

  static long room(PathSpace space, int fullAt) {
    double most = (double) space.capacity() * fullAt / 100;
    long used = space.capacity() - space.available();
    return Math.max(0, Math.min(space.available(), (long) most - used));
  }
}
