package io.selkie.storage;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks at the disks of a host. Calls block, for long where a network file system hangs.
 *
 * @param places of the sectors' files
 * @param jobs where the job directories are
 */
public record SpaceGauge(SectorPlaces places, Path jobs) {
  /** A copy of a file takes blocks of its own there, so that no rewrite needs new ones. */
  private static final Set<String> NEVER_SHARE = Set.of("ext2", "ext3", "ext4", "tmpfs", "f2fs");

  private static final String LAYER = "sc-02-data-layer-";
  private static final String TREE_D = "sc-02-data-tree-d.dat";

  /** An update is whole once this is in its cache: it is removed first and made last. */
  private static final String LAST_OF_UPDATE = "p_aux";

  /** A sector that is nowhere: where it would begin, the next one will. */
  private static final SectorId NEXT = new SectorId(new MinerId(0), Long.MAX_VALUE);

  /** What unsealing takes no room in, and sealing does. */
  private static final Set<SectorSpace.Part> OF_SEALING =
      Set.of(SectorSpace.Part.UNSEALED, SectorSpace.Part.SEALED, SectorSpace.Part.CACHE);

  /**
   * The file systems on which the next new sector would lie, in the order of its parts, and what is
   * usable. Where no path seals nothing is, but for unsealing: on the path with the most room.
   */
  public List<DiskLedger.Volume> volumes() throws IOException {
    Optional<SectorFiles> next = places.next(NEXT);
    return next.isPresent()
        ? volumes(next.get(), Set.of())
        : Stream.concat(
                Stream.of(new DiskLedger.Volume("", "any path with CanSeal", OF_SEALING, 0)),
                volumes(places.roomiest(NEXT), OF_SEALING).stream())
            .toList();
  }

  private List<DiskLedger.Volume> volumes(SectorFiles next, Set<SectorSpace.Part> without)
      throws IOException {
    Map<String, Set<SectorSpace.Part>> parts = new LinkedHashMap<>();
    Map<String, Path> at = new LinkedHashMap<>();
    for (SectorSpace.Part part : SectorSpace.Part.values()) {
      if (without.contains(part)) {
        continue;
      }
      Path place = existing(directory(next, part));
      String device = device(place);
      at.putIfAbsent(device, place);
      parts.computeIfAbsent(device, key -> EnumSet.noneOf(SectorSpace.Part.class)).add(part);
    }
    List<DiskLedger.Volume> volumes = new ArrayList<>();
    for (Map.Entry<String, Path> place : at.entrySet()) {
      long usable = Files.getFileStore(place.getValue()).getUsableSpace();
      volumes.add(
          new DiskLedger.Volume(
              place.getKey(),
              place.getValue().toString(),
              parts.getOrDefault(place.getKey(), Set.of()),
              usable));
    }
    return volumes;
  }

  /** The file systems on which the sector's files lie, or will. */
  public Map<SectorSpace.Part, String> devices(SectorId sector) throws IOException {
    SectorFiles files = places.own(sector);
    Map<SectorSpace.Part, String> devices = new EnumMap<>(SectorSpace.Part.class);
    for (SectorSpace.Part part : SectorSpace.Part.values()) {
      devices.put(part, device(existing(directory(files, part))));
    }
    return devices;
  }

  private static String device(Path place) throws IOException {
    return String.valueOf(Files.getAttribute(place, "unix:dev"));
  }

  private Path directory(SectorFiles files, SectorSpace.Part part) {
    return switch (part) {
      case UNSEALED -> files.unsealed().resolveSibling("");
      case SEALED -> files.sealed().resolveSibling("");
      case CACHE -> files.cache().resolveSibling("");
      case OWN -> files.manifest().resolveSibling("");
      case JOBS -> jobs;
    };
  }

  /** The nearest directory upwards that is there, by its real path. */
  private static Path existing(Path directory) throws IOException {
    Path place = directory.toAbsolutePath();
    while (!FileLook.isDirectory(place)) {
      place = Optional.ofNullable(place.getParent()).orElse(place.resolve("/"));
    }
    return place.toRealPath();
  }

  /** The storage path on which the sector is sealed. */
  public Path root(SectorId sector) throws IOException {
    return places.own(sector).root();
  }

  /**
   * Whether the sector has a replica, data or a cache below the storage path, or is arriving there.
   *
   * @throws IOException if that cannot be told: then it still takes its space
   */
  public boolean hasFiles(Path root, SectorId sector) throws IOException {
    SectorFiles files = new SectorFiles(root, sector);
    return FileLook.exists(files.unsealed())
        || FileLook.exists(files.sealed())
        || FileLook.exists(files.cache())
        || FileLook.exists(files.update())
        || FileLook.exists(files.updateCache())
        || FileLook.exists(StoragePath.arriving(root, sector));
  }

  /** Whether the host has sealed the sector: data that comes to it is of an update. */
  public boolean isSealed(SectorId sector) throws IOException {
    return SectorManifest.read(places.own(sector).manifest())
        .flatMap(SectorManifest::replica)
        .isPresent();
  }

  /** Whether the sector has data for an update below the storage path, or an update. */
  public boolean hasUpdate(Path root, SectorId sector) throws IOException {
    SectorFiles files = new SectorFiles(root, sector);
    return FileLook.exists(files.unsealed())
        || FileLook.exists(files.update())
        || FileLook.exists(files.updateCache());
  }

  /**
   * Bytes of the sector's files, as far as they lie on disk for certain. Java cannot see how many
   * blocks a file has, and the proofs library makes some files as long as they will be before it
   * fills them: those count once they are whole.
   */
  public Map<SectorSpace.Part, Long> onDisk(SectorId sector) throws IOException {
    SectorFiles files = places.own(sector);
    Map<SectorSpace.Part, Long> bytes = new EnumMap<>(SectorSpace.Part.class);
    bytes.put(SectorSpace.Part.UNSEALED, length(files.unsealed()));
    bytes.put(SectorSpace.Part.SEALED, sharesBlocks(files.sealed()) ? 0 : length(files.sealed()));
    bytes.put(SectorSpace.Part.CACHE, labels(files.cache()));
    bytes.put(SectorSpace.Part.OWN, length(files.commit1Output()));
    if (FileLook.exists(files.updateCache().resolve(LAST_OF_UPDATE))) {
      bytes.merge(SectorSpace.Part.SEALED, length(files.update()), Long::sum);
      bytes.merge(SectorSpace.Part.CACHE, PathSpace.size(files.updateCache()), Long::sum);
    }
    return bytes;
  }

  private static boolean sharesBlocks(Path file) throws IOException {
    FileStore store = Files.getFileStore(existing(file));
    return !NEVER_SHARE.contains(store.type());
  }

  private static long length(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /**
   * Layers have their names once they are whole. The tree of the data is built before the layers,
   * also when PreCommit1 is resumed: it is whole once a layer is younger.
   */
  private static long labels(Path cache) throws IOException {
    long bytes = 0;
    FileTime youngest = FileTime.fromMillis(0);
    if (!FileLook.isDirectory(cache)) {
      return 0;
    }
    List<Path> layers = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(cache, LAYER + "*.dat")) {
      entries.forEach(layers::add);
    }
    for (Path layer : layers) {
      try {
        FileTime time = Files.getLastModifiedTime(layer);
        bytes += Files.size(layer);
        youngest = time.compareTo(youngest) > 0 ? time : youngest;
      } catch (NoSuchFileException e) {
        youngest = FileTime.fromMillis(0); // they are being removed
      }
    }
    Path treeD = cache.resolve(TREE_D);
    try {
      return Files.getLastModifiedTime(treeD).compareTo(youngest) <= 0
          ? bytes + Files.size(treeD)
          : bytes;
    } catch (NoSuchFileException e) {
      return bytes;
    }
  }
}
