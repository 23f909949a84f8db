package io.selkie.storage;

import io.selkie.filecoin.SectorId;
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

/**
 * Looks at the disks of a host. Calls block, for long where a network file system hangs.
 *
 * @param repo the storage path
 * @param jobs where the job directories are
 */
public record SpaceGauge(Path repo, Path jobs) {
  /** A copy of a file takes blocks of its own there, so that no rewrite needs new ones. */
  private static final Set<String> NEVER_SHARE = Set.of("ext2", "ext3", "ext4", "tmpfs", "f2fs");

  private static final String LAYER = "sc-02-data-layer-";
  private static final String TREE_D = "sc-02-data-tree-d.dat";

  /** The file systems of the parts of sectors, in the order of the parts, and what is usable. */
  public List<DiskLedger.Volume> volumes() throws IOException {
    Map<Object, Set<SectorSpace.Part>> parts = new LinkedHashMap<>();
    Map<Object, Path> places = new LinkedHashMap<>();
    for (SectorSpace.Part part : SectorSpace.Part.values()) {
      Path place = existing(directory(part));
      Object device = Files.getAttribute(place, "unix:dev");
      places.putIfAbsent(device, place);
      parts.computeIfAbsent(device, key -> EnumSet.noneOf(SectorSpace.Part.class)).add(part);
    }
    List<DiskLedger.Volume> volumes = new ArrayList<>();
    for (Map.Entry<Object, Path> place : places.entrySet()) {
      long usable = Files.getFileStore(place.getValue()).getUsableSpace();
      Set<SectorSpace.Part> here = parts.getOrDefault(place.getKey(), Set.of());
      volumes.add(new DiskLedger.Volume(place.getValue().toString(), here, usable));
    }
    return volumes;
  }

  private Path directory(SectorSpace.Part part) {
    return switch (part) {
      case UNSEALED -> repo.resolve("unsealed");
      case SEALED -> repo.resolve("sealed");
      case CACHE -> repo.resolve("cache");
      case OWN -> repo.resolve("selkie");
      case JOBS -> jobs;
    };
  }

  /** The nearest directory upwards that is there, by its real path. */
  private static Path existing(Path directory) throws IOException {
    Path place = directory.toAbsolutePath();
    while (!Files.isDirectory(place)) {
      place = Optional.ofNullable(place.getParent()).orElse(place.resolve("/"));
    }
    return place.toRealPath();
  }

  /** Whether the sector has a replica, data or a cache here. */
  public boolean hasFiles(SectorId sector) {
    SectorFiles files = new SectorFiles(repo, sector);
    return Files.exists(files.unsealed())
        || Files.exists(files.sealed())
        || Files.exists(files.cache());
  }

  /**
   * Bytes of the sector's files, as far as they lie on disk for certain. Java cannot see how many
   * blocks a file has, and the proofs library makes some files as long as they will be before it
   * fills them: those count once they are whole.
   */
  public Map<SectorSpace.Part, Long> onDisk(SectorId sector) throws IOException {
    SectorFiles files = new SectorFiles(repo, sector);
    Map<SectorSpace.Part, Long> bytes = new EnumMap<>(SectorSpace.Part.class);
    bytes.put(SectorSpace.Part.UNSEALED, length(files.unsealed()));
    bytes.put(SectorSpace.Part.SEALED, sharesBlocks(files.sealed()) ? 0 : length(files.sealed()));
    bytes.put(SectorSpace.Part.CACHE, labels(files.cache()));
    bytes.put(SectorSpace.Part.OWN, length(files.commit1Output()));
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
    if (!Files.isDirectory(cache)) {
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
