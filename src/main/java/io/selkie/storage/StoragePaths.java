package io.selkie.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The storage paths of this host, as they are attached and detached. Calls that may fail block for
 * the disk.
 */
public final class StoragePaths {
  private final Settings settings;
  private final PathList list;
  private volatile List<StoragePath> paths;

  private StoragePaths(Settings settings, PathList list, List<StoragePath> paths) {
    this.settings = settings;
    this.list = list;
    this.paths = List.copyOf(paths);
  }

  /**
   * How a host has its paths.
   *
   * @param repo its real path
   * @param repoIsPath whether the repo is a storage path itself
   * @param list Lotus's {@code storage.json}
   * @param fullAt percent of a path's capacity that sealed sectors may fill
   * @param known where this host remembers which path the repo is; empty: it does not
   */
  public record Settings(
      Path repo, boolean repoIsPath, Path list, int fullAt, Optional<Path> known) {
    /** The repo is the one path, its list is in it, and it may be filled. */
    public static Settings ofRepo(Path repo) {
      return new Settings(repo, true, repo.resolve("storage.json"), 100, Optional.empty());
    }
  }

  /**
   * Opens all attached paths; the repo gets its settings, those of Lotus, if it has none.
   *
   * @throws IOException if one of them is not as it must be; one line. A host without one of its
   *     disks would take the sectors there for lost.
   */
  public static StoragePaths open(Settings settings) throws IOException {
    PathList list = new PathList(settings.list());
    List<StoragePath> paths = new ArrayList<>();
    List<Path> listed = list.read();
    if (settings.repoIsPath()) {
      KnownRepo.require(settings);
      Path repo = settings.repo();
      Path file = repo.resolve(PathSettings.FILE);
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        PathSettings.fresh(PathSettings.DEFAULT_WEIGHT, true, false, 0, List.of()).create(file);
      }
      StoragePath path = StoragePath.open(repo);
      KnownRepo.remember(settings, path);
      paths.add(path);
      if (settings.list().startsWith(repo) && !listed.contains(repo)) {
        list.add(repo);
      }
    }
    for (Path root : listed) {
      Path real = PathChecks.real(root);
      if (!real.equals(settings.repo())) {
        StoragePath path = StoragePath.open(real);
        PathChecks.requireApart(path, paths);
        paths.add(path);
      }
    }
    return new StoragePaths(settings, list, paths);
  }

  /**
   * The paths as they are, for a program beside the node: nothing is made, and what is not there is
   * left out.
   */
  public static StoragePaths look(Settings settings) throws IOException {
    PathList list = new PathList(settings.list());
    List<StoragePath> paths = new ArrayList<>();
    List<Path> roots = new ArrayList<>(list.read());
    roots.add(0, settings.repo());
    for (Path root : roots) {
      Path file = root.resolve(PathSettings.FILE);
      if (Files.isRegularFile(file)) {
        StoragePath path = new StoragePath(root.toRealPath(), PathSettings.read(file));
        if (paths.stream().noneMatch(known -> known.id().equals(path.id()))) {
          paths.add(path);
        }
      }
    }
    return new StoragePaths(settings, list, paths);
  }

  /** All paths, the repo first. */
  public List<StoragePath> all() {
    return paths;
  }

  /** Those that store and do not seal: sealed sectors are to go there. */
  public List<StoragePath> stores() {
    return paths.stream()
        .filter(path -> path.settings().canStore() && !path.settings().canSeal())
        .toList();
  }

  /** The path with this id; empty if it is not attached. */
  public Optional<StoragePath> withId(String id) {
    return paths.stream().filter(path -> path.id().equals(id)).findFirst();
  }

  /** The path with this root, as it may be spelled; empty if it is not attached. */
  public Optional<StoragePath> withRoot(Path root) {
    Path wanted = root.toAbsolutePath().normalize();
    return paths.stream()
        .filter(path -> path.root().equals(wanted) || sameFile(path.root(), wanted))
        .findFirst();
  }

  /**
   * The path with this root or id.
   *
   * @throws IOException if none is attached; one line
   */
  public StoragePath find(String rootOrId) throws IOException {
    Optional<StoragePath> byRoot =
        rootOrId.startsWith("/") && rootOrId.indexOf(0) < 0
            ? withRoot(Path.of(rootOrId))
            : Optional.empty();
    return byRoot
        .or(() -> withId(rootOrId))
        .orElseThrow(
            () ->
                new IOException(
                    Shown.shown(rootOrId)
                        + " is no attached path: selkie storage list shows those"));
  }

  private static boolean sameFile(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // one of them is not there
    }
  }

  /**
   * Attaches a directory, from now on and after a restart.
   *
   * @param fresh settings to make, if the directory shall become a path; without, it must have some
   * @return the path
   * @throws IOException if it cannot be one of this host's; one line. Then nothing was made.
   */
  public synchronized StoragePath attach(Path directory, Optional<PathSettings> fresh)
      throws IOException {
    Path root = PathChecks.real(directory.toAbsolutePath().normalize());
    Path file = root.resolve(PathSettings.FILE);
    boolean has = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (withRoot(root).isPresent()) {
      throw PathChecks.attached(root);
    }
    PathSettings wanted =
        has ? PathSettings.read(file) : fresh.orElseThrow(() -> PathChecks.uninitialised(root));
    if (has && fresh.isPresent()) {
      throw new IOException(
          Shown.shown(file) + " is there already: leave --init and its options out");
    }
    // All that may refuse comes before anything is made.
    StoragePath added = new StoragePath(root, wanted);
    PathChecks.requireApart(added, paths);
    StoragePath.checkLayout(root);
    if (wanted.canStore() && !wanted.canSeal()) {
      StoragePath.requireOneFileSystem(root);
    }
    new SectorSearch(this).requireNoOther(added);
    if (!has && !wanted.create(file)) {
      throw new IOException(Shown.shown(file) + " was just made by somebody else: try again");
    }
    StoragePath path = StoragePath.open(root);
    list.add(root);
    paths = Stream.concat(paths.stream(), Stream.of(path)).toList();
    return path;
  }

  /**
   * Forgets a path; nothing in it changes.
   *
   * @throws IOException if it is the repo, which stays one, or the list cannot be written; one line
   */
  public synchronized void detach(StoragePath path) throws IOException {
    if (path.root().equals(settings.repo())) {
      throw new IOException(
          Shown.shown(path.root())
              + " is the repo: a node that starts with selkie.local-storage = off does not use it as"
              + " a path");
    }
    for (Path root : list.read()) {
      if (root.equals(path.root()) || sameFile(root, path.root())) {
        list.remove(root);
      }
    }
    paths = paths.stream().filter(other -> !other.id().equals(path.id())).toList();
  }

  /** The repo as a path; only where it is one. */
  StoragePath repo() {
    return paths.stream()
        .filter(path -> path.root().equals(settings.repo()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the repo is no storage path"));
  }

  /** Whether the repo is this path. */
  boolean isRepo(StoragePath path) {
    return path.root().equals(settings.repo());
  }

  /** Percent of a path's capacity that sealed sectors may fill. */
  int fullAt() {
    return settings.fullAt();
  }

  /**
   * All paths, each of which is there.
   *
   * @throws IOException if one has gone, or is another now; one line
   */
  List<StoragePath> available() throws IOException {
    List<StoragePath> now = paths;
    for (StoragePath path : now) {
      path.checkIsThere();
    }
    return now;
  }
}
