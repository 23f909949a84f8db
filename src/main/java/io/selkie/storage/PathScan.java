package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies on a storage path, by sector. Names that are of no sector are left out: they are not
 * ours.
 *
 * @param sectors each with its files; its manifest, which makes it whole, first
 * @param scratch of these, what only sealing needs
 * @param fetching what fetches left unfinished
 */
record PathScan(
    StoragePath path,
    Map<SectorId, List<Path>> sectors,
    Map<SectorId, List<Path>> scratch,
    List<Path> fetching) {
  private static final Pattern OWN = Pattern.compile("(s-t0[0-9]+-[0-9]+)(\\..+|-unseal)");

  /** The output of Commit1, the copy before PreCommit2 (whole, or not), what unsealing works in. */
  private static final Set<String> OWN_SCRATCH =
      Set.of(".c1.json", ".data", ".data.tmp", "-unseal");

  /** What Finalize trims (PROOFS.md): layers and the trees that only Commit1 reads. */
  private static final Pattern LAYERS_AND_TREES =
      Pattern.compile("sc-02-data-(layer-[0-9]+|tree-[cd](-[0-9]+)?)\\.dat|syn-porep-.*\\.dat");

  static PathScan of(StoragePath path) throws IOException {
    PathScan scan =
        new PathScan(path, new TreeMap<>(ORDER), new TreeMap<>(ORDER), new ArrayList<>());
    scan.own();
    for (FileType type : FileType.values()) {
      scan.type(type);
    }
    return scan;
  }

  private static final Comparator<SectorId> ORDER =
      Comparator.comparing((SectorId sector) -> sector.miner().id())
          .thenComparing(SectorId::number);

  private void own() throws IOException {
    for (Path file : Listing.of(path.root().resolve(StoragePath.OWN))) {
      Matcher name = OWN.matcher(String.valueOf(file.getFileName()));
      Optional<SectorId> sector = name.matches() ? parsed(name.group(1)) : Optional.empty();
      if (sector.isPresent()) {
        List<Path> files = sectors.computeIfAbsent(sector.get(), fresh -> new ArrayList<>());
        boolean manifest = name.group(2).equals(".json");
        files.add(manifest ? 0 : files.size(), file);
        if (OWN_SCRATCH.contains(name.group(2))) {
          scratch.computeIfAbsent(sector.get(), fresh -> new ArrayList<>()).add(file);
        }
      }
    }
  }

  private void type(FileType type) throws IOException {
    for (Path file : Listing.of(type.directory(path.root()))) {
      String name = String.valueOf(file.getFileName());
      if (name.equals(StoragePath.FETCHING)) {
        fetching.addAll(Listing.of(file));
        continue;
      }
      Optional<SectorId> sector = type == FileType.PIECE ? Optional.empty() : parsed(name);
      if (sector.isPresent()) {
        sectors.computeIfAbsent(sector.get(), fresh -> new ArrayList<>()).add(file);
        if (type == FileType.CACHE) {
          cache(sector.get(), file);
        }
      }
    }
  }

  private void cache(SectorId sector, Path directory) throws IOException {
    for (Path file : Listing.of(directory)) {
      if (isScratch(String.valueOf(file.getFileName()))) {
        scratch.computeIfAbsent(sector, fresh -> new ArrayList<>()).add(file);
      }
    }
  }

  /** Whether a file of this name in a cache is only needed for sealing. */
  static boolean isScratch(String name) {
    return LAYERS_AND_TREES.matcher(name).matches();
  }

  private static Optional<SectorId> parsed(String name) {
    try {
      return Optional.of(SectorId.parse(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += PathSpace.size(file);
    }
    return bytes;
  }
}
