package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The storage paths of this host. Where a sector lies is looked up on disk each time: other
 * programs move files, too. All calls block for the disk.
 *
 * <p>A sector moves from one path to another so that at any moment one of them has it whole: its
 * files first and its manifest last; at the source the manifest first. So where there are two
 * manifests, the one on a path that stores is of a whole sector.
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
   * Makes sure that the repo is the path that it was when this host began to use it. Before
   * anything is read or made there: an empty mount point looks like a new repo.
   *
   * @throws IOException if it is not; one line
   */
  public static void requireKnownRepo(Settings settings) throws IOException {
    Optional<String> known = remembered(settings);
    Path file = settings.repo().resolve(PathSettings.FILE);
    if (!settings.repoIsPath() || known.isEmpty()) {
      return;
    }
    boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (!there || !PathSettings.read(file).id().equals(known.get())) {
      throw new IOException(
          Shown.shown(settings.repo())
              + (there ? " is another path than" : " has no " + PathSettings.FILE + ", and was")
              + " the one with ID "
              + known.get()
              + ": mount its disk. If the repo is new on purpose, remove "
              + Shown.shown(settings.known().orElseThrow()));
    }
  }

  private static Optional<String> remembered(Settings settings) throws IOException {
    Optional<Path> known = settings.known();
    if (known.isEmpty() || !Files.exists(known.get(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String id = Files.readString(known.get()).strip();
    if (id.isEmpty()) {
      throw new IOException(
          Shown.shown(known.get()) + " is empty: write the ID of the repo into it, or remove it");
    }
    return Optional.of(id);
  }

  private static void remember(Settings settings, StoragePath repo) throws IOException {
    if (settings.known().isPresent() && remembered(settings).isEmpty()) {
      Durable.replace(settings.known().get(), (repo.id() + "\n").getBytes(StandardCharsets.UTF_8));
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
      requireKnownRepo(settings);
      Path repo = settings.repo();
      Path file = repo.resolve(PathSettings.FILE);
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        PathSettings.fresh(PathSettings.DEFAULT_WEIGHT, true, false, 0, List.of()).create(file);
      }
      StoragePath path = StoragePath.open(repo);
      remember(settings, path);
      add(paths, path);
      if (settings.list().startsWith(repo) && !listed.contains(repo)) {
        list.add(repo);
      }
    }
    for (Path root : listed) {
      Path real = real(root);
      if (!real.equals(settings.repo())) {
        add(paths, StoragePath.open(real));
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

  private static Path real(Path root) throws IOException {
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

  private static void add(List<StoragePath> paths, StoragePath path) throws IOException {
    for (StoragePath other : paths) {
      if (other.root().equals(path.root())) {
        throw new IOException(Shown.shown(path.root()) + " is attached already");
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
    paths.add(path);
  }

  /** All paths, the repo first. */
  public List<StoragePath> all() {
    return paths;
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

  /** Bytes of a file, or of all files in a directory; links count nothing. */
  public static long bytes(Path tree) throws IOException {
    return PathSpace.size(tree);
  }

  private static boolean sameFile(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // one of them is not there
    }
  }

  /**
   * What a new path is to be.
   *
   * @param fresh settings to make, if the directory shall become a path; without, it must have some
   */
  public synchronized StoragePath attach(Path directory, Optional<PathSettings> fresh)
      throws IOException {
    Path root = real(directory.toAbsolutePath().normalize());
    Path file = root.resolve(PathSettings.FILE);
    boolean has = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (withRoot(root).isPresent()) {
      throw new IOException(Shown.shown(root) + " is attached already");
    }
    PathSettings wanted =
        has ? PathSettings.read(file) : fresh.orElseThrow(() -> uninitialised(root));
    if (has && fresh.isPresent()) {
      throw new IOException(
          Shown.shown(file) + " is there already: leave --init and its options out");
    }
    // All that may refuse comes before anything is made.
    add(new ArrayList<>(paths), new StoragePath(root, wanted));
    StoragePath.checkLayout(root);
    if (wanted.canStore() && !wanted.canSeal()) {
      StoragePath.requireOneFileSystem(root);
    }
    requireNoOther(new StoragePath(root, wanted));
    if (!has && !wanted.create(file)) {
      throw new IOException(Shown.shown(file) + " was just made by somebody else: try again");
    }
    StoragePath path = StoragePath.open(root);
    list.add(root);
    paths = Stream.concat(paths.stream(), Stream.of(path)).toList();
    return path;
  }

  /**
   * Two sectors with one number, each proven elsewhere: one of them would be taken for the other.
   */
  private void requireNoOther(StoragePath added) throws IOException {
    for (SectorId sector : added.sectors()) {
      Optional<SectorManifest> manifest = SectorManifest.read(added.files(sector).manifest());
      if (manifest.isEmpty()
          && !added.holds(sector, FileType.SEALED)
          && !added.holds(sector, FileType.UPDATE)) {
        continue;
      }
      Optional<String> other =
          otherReplica(
              sector,
              manifest.flatMap(SectorManifest::replica).flatMap(SectorManifest.PreCommit2::sealed));
      if (other.isPresent()) {
        throw new IOException(
            Shown.shown(added.root())
                + " and this host have two sectors of one number: "
                + other.get()
                + "; keep that path at another node");
      }
    }
  }

  private static IOException uninitialised(Path root) {
    return new IOException(
        Shown.shown(root)
            + " has no "
            + PathSettings.FILE
            + ": use --init to make it a storage path");
  }

  /** Forgets a path; nothing in it changes. The repo stays one. */
  public synchronized void detach(StoragePath path) throws IOException {
    if (path.root().equals(settings.repo())) {
      throw new IOException(
          Shown.shown(path.root())
              + " is the repo: a node that starts with selkie.storage.repo-is-path = off does not"
              + " use it as a path");
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

  /** Where the sector has a file of this type; paths that store before those that only seal. */
  public Optional<StoragePath> find(SectorId sector, FileType type) throws IOException {
    List<StoragePath> there = available();
    return home(sector, there)
        .filter(home -> home.holds(sector, type))
        .or(() -> there.stream().filter(path -> path.holds(sector, type)).findFirst());
  }

  /**
   * The sector's files, each where it is; those that are not there, where the others are, or where
   * a new sector is to begin.
   *
   * @throws IOException if a path has gone, or none can seal
   */
  public SectorFiles files(SectorId sector) throws IOException {
    List<StoragePath> there = available();
    if (there.isEmpty()) {
      throw nowhere();
    }
    Optional<StoragePath> known = home(sector, there);
    return files(sector, known.isPresent() ? known.get() : forSealing(sector, there), there);
  }

  private static IOException nowhere() {
    return new IOException("this host has no storage path: attach one");
  }

  /** The same; empty if nothing is known of the sector on any path. */
  public Optional<SectorFiles> known(SectorId sector) throws IOException {
    List<StoragePath> there = available();
    return home(sector, there).map(home -> files(sector, home, there));
  }

  private static SectorFiles files(SectorId sector, StoragePath home, List<StoragePath> there) {
    Map<FileType, Path> elsewhere = new EnumMap<>(FileType.class);
    for (FileType type : FileType.values()) {
      if (!home.holds(sector, type)) {
        there.stream()
            .filter(path -> path.holds(sector, type))
            .findFirst()
            .ifPresent(path -> elsewhere.put(type, path.root()));
      }
    }
    Set<Path> roots = there.stream().map(StoragePath::root).collect(Collectors.toUnmodifiableSet());
    return new SectorFiles(home.root(), sector, elsewhere, roots, false);
  }

  /**
   * The sector's files below this path alone, for work that writes: what other paths have of the
   * number may be another sector's.
   *
   * @param ours whether this host is known to write the sector there
   */
  SectorFiles only(StoragePath path, SectorId sector, boolean ours) {
    Set<Path> roots = paths.stream().map(StoragePath::root).collect(Collectors.toUnmodifiableSet());
    return new SectorFiles(path.root(), sector, Map.of(), roots, ours);
  }

  /** The path on which this host writes the sector, by its claim there. */
  Optional<StoragePath> claimed(SectorId sector, String holder) throws IOException {
    List<StoragePath> ours = new ArrayList<>();
    for (StoragePath path : available()) {
      if (SectorClaim.read(path.files(sector).claim())
          .filter(claim -> claim.holder().equals(holder))
          .isPresent()) {
        ours.add(path);
      }
    }
    // In a shared repo there is a claim of every sector, wherever it is sealed.
    Comparator<StoragePath> withRecord = Comparator.comparing(path -> !hasManifest(path, sector));
    return ours.stream().min(withRecord.thenComparing(this::isRepo));
  }

  /**
   * The path that has this host's claim and the sector's manifest, of those that are there: whoever
   * only reads what was made of the sector needs none of the others.
   */
  Optional<StoragePath> written(SectorId sector, String holder) throws IOException {
    List<StoragePath> ours = new ArrayList<>();
    for (StoragePath path : paths) {
      if (isThere(path)
          && hasManifest(path, sector)
          && SectorClaim.read(path.files(sector).claim())
              .filter(claim -> claim.holder().equals(holder))
              .isPresent()) {
        ours.add(path);
      }
    }
    return ours.stream().min(Comparator.comparing(this::isRepo));
  }

  private static boolean isThere(StoragePath path) {
    try {
      path.checkIsThere();
      return true;
    } catch (IOException e) {
      return false; // whoever needs it hears why
    }
  }

  /**
   * Where a sector is written that this host has not claimed yet: where its files are, unless they
   * arrived there from elsewhere, or where a new one is to begin.
   */
  StoragePath unclaimed(SectorId sector) throws IOException {
    List<StoragePath> there = available();
    if (there.isEmpty()) {
      throw nowhere();
    }
    Optional<StoragePath> known =
        home(sector, there.stream().filter(path -> !hasArrived(path, sector)).toList());
    return known.isPresent() ? known.get() : forSealing(sector, there);
  }

  private static boolean hasArrived(StoragePath path, SectorId sector) {
    return Files.exists(path.files(sector).receipt(), LinkOption.NOFOLLOW_LINKS);
  }

  static boolean hasManifest(StoragePath path, SectorId sector) {
    return Files.exists(path.files(sector).manifest(), LinkOption.NOFOLLOW_LINKS);
  }

  boolean isRepo(StoragePath path) {
    return path.root().equals(settings.repo());
  }

  /**
   * Why files of this number that come from elsewhere are of another sector than those that this
   * host has; empty if they may be the same.
   *
   * @param sealed digest of the replica that comes, as its manifest has it; empty if there is none
   */
  public Optional<String> otherReplica(SectorId sector, Optional<String> sealed)
      throws IOException {
    for (StoragePath path : paths) {
      Optional<SectorManifest> manifest = SectorManifest.read(path.files(sector).manifest());
      if (manifest.isEmpty()) {
        continue; // every task of ours writes it first: it has left, or there is nothing of worth
      }
      Optional<String> own =
          manifest.flatMap(SectorManifest::replica).flatMap(SectorManifest.PreCommit2::sealed);
      boolean same =
          own.isPresent()
              && (sealed.isPresent() ? sealed.equals(own) : !path.holds(sector, FileType.SEALED));
      if (!same) {
        return Optional.of(
            Shown.shown(path.root()) + " has another sector of the number " + sector);
      }
    }
    return Optional.empty();
  }

  /** The path whose files of the sector count; empty if nothing of it is on any path. */
  Optional<StoragePath> home(SectorId sector) throws IOException {
    return home(sector, available());
  }

  private List<StoragePath> available() throws IOException {
    List<StoragePath> now = paths;
    for (StoragePath path : now) {
      path.checkIsThere();
    }
    return now;
  }

  /** The path that has the sector's manifest, else its claim, else files of it. */
  private static Optional<StoragePath> home(SectorId sector, List<StoragePath> there) {
    Comparator<StoragePath> storesFirst = Comparator.comparing(path -> !path.settings().canStore());
    return there.stream()
        .filter(path -> hasManifest(path, sector))
        .min(storesFirst)
        .or(
            () ->
                there.stream().filter(path -> Files.exists(path.files(sector).claim())).findFirst())
        .or(() -> there.stream().filter(path -> path.holdsAny(sector)).min(storesFirst));
  }

  private static List<StoragePath> sealing(SectorId sector, List<StoragePath> there) {
    return there.stream()
        .filter(path -> path.settings().canSeal())
        .filter(
            path ->
                Stream.of(FileType.UNSEALED, FileType.SEALED, FileType.CACHE)
                    .allMatch(type -> path.settings().takes(type, sector.miner())))
        .toList();
  }

  /**
   * Where the next new sector would begin, of whichever miner it is; empty if no path seals.
   *
   * @param sector that is nowhere
   */
  Optional<StoragePath> next(SectorId sector) throws IOException {
    List<StoragePath> there = available();
    if (there.isEmpty()) {
      throw nowhere();
    }
    List<StoragePath> seal = there.stream().filter(path -> path.settings().canSeal()).toList();
    List<StoragePath> possible = sealing(sector, there);
    return seal.isEmpty()
        ? Optional.empty()
        : Optional.of(best(possible.isEmpty() ? seal : possible));
  }

  /** The path with the most room. */
  StoragePath roomiest() throws IOException {
    List<StoragePath> there = available();
    if (there.isEmpty()) {
      throw nowhere();
    }
    StoragePath best = there.get(0);
    long most = -1;
    for (StoragePath path : there) {
      long room = path.space().available();
      if (room > most) {
        most = room;
        best = path;
      }
    }
    return best;
  }

  private static StoragePath forSealing(SectorId sector, List<StoragePath> there)
      throws IOException {
    List<StoragePath> possible = sealing(sector, there);
    if (possible.isEmpty()) {
      throw new IOException(
          "no storage path of this host can seal "
              + sector
              + ": attach one with CanSeal whose filters allow it");
    }
    return best(possible);
  }

  /** By weight times room, as in Lotus. */
  private static StoragePath best(List<StoragePath> possible) throws IOException {
    StoragePath best = possible.get(0);
    double most = -1;
    for (StoragePath path : possible.size() == 1 ? List.<StoragePath>of() : possible) {
      double value = (double) path.space().available() * path.settings().weight();
      if (value > most) {
        most = value;
        best = path;
      }
    }
    return best;
  }

  /**
   * Chooses where a sealed sector of this host shall be kept: late, when it is sealed.
   *
   * @param types that it has
   * @param bytes they have
   * @param onTheirWay bytes that are being written to the path with this id and not there yet
   * @throws IOException if a disk cannot be asked
   */
  public Destinations.Choice destination(
      SectorId sector, Set<FileType> types, long bytes, ToLongFunction<String> onTheirWay)
      throws IOException {
    List<StoragePath> there = available();
    Optional<StoragePath> known = home(sector, there);
    if (known.isEmpty()) {
      throw new IOException(sector + " has no files on this host");
    }
    List<Destinations.Candidate> candidates = new ArrayList<>();
    for (StoragePath path : there) {
      PathSpace space = path.space();
      long left = Math.max(0, space.available() - onTheirWay.applyAsLong(path.id()));
      candidates.add(
          new Destinations.Candidate(
              path.settings(), new PathSpace(space.capacity(), left), path.holdsAny(sector)));
    }
    return Destinations.choose(
        candidates,
        new Destinations.Wish(
            sector.miner(), types, bytes, known.get().settings(), settings.fullAt()));
  }
}
