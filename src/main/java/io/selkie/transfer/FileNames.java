package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of the files that make a sealed sector, below a storage path, and those that a sector
 * has before it is sealed. There are no others: what a peer sends under another name is refused, so
 * no name leads out of the sector.
 */
final class FileNames {
  /** What proofs of spacetime and unsealing read, and trees that not every sealer removes. */
  private static final Pattern CACHE_FILE =
      Pattern.compile(
          "p_aux|t_aux|sc-02-data-tree-(?:c|d|r-last)(?:-(?:0|[1-9][0-9]{0,3}))?\\.dat");

  /** What sealing reads besides: layers, and the proofs of a synthetic replica. */
  private static final Pattern SEALING_FILE =
      Pattern.compile("sc-02-data-layer-[1-9][0-9]?\\.dat|syn-porep-vanilla-proofs\\.dat");

  private FileNames() {}

  static String sealed(SectorId sector) {
    return "sealed/" + sector;
  }

  static String unsealed(SectorId sector) {
    return "unsealed/" + sector;
  }

  static String cache(SectorId sector, String file) {
    return "cache/" + sector + "/" + file;
  }

  static String manifest(SectorId sector) {
    return "selkie/" + sector + ".json";
  }

  static String seal(SectorId sector) {
    return "selkie/" + sector + ".seal.json";
  }

  /** The output of Commit1, until Commit2 took it. */
  static String commit1Output(SectorId sector) {
    return "selkie/" + sector + ".c1.json";
  }

  /** The copy that the native side takes before it encodes the replica. */
  static String copy(SectorId sector) {
    return "selkie/" + sector + ".data";
  }

  /** All that a sector may have in place below a storage path, by name. */
  static List<String> all(SectorId sector) {
    return List.of(
        sealed(sector), unsealed(sector), "cache/" + sector, manifest(sector), seal(sector));
  }

  /** Whether a sealed sector may have a file of this name in its cache directory. */
  static boolean isCacheFile(String name) {
    return CACHE_FILE.matcher(name).matches();
  }

  /** Whether the sector may have a file of this name; every file has one spelling. */
  static boolean isLegal(SectorId sector, String name) {
    String cache = cache(sector, "");
    return Set.of(sealed(sector), unsealed(sector), manifest(sector), seal(sector)).contains(name)
        || (name.startsWith(cache) && isCacheFile(name.substring(cache.length())));
  }

  /** Whether a sector that is being sealed may have a file of this name in its cache directory. */
  static boolean isSealingFile(String name) {
    return isCacheFile(name) || SEALING_FILE.matcher(name).matches();
  }

  /** Whether a sector that is being sealed may have a file of this name. */
  static boolean isLegalBeforeSealed(SectorId sector, String name) {
    String cache = cache(sector, "");
    return isLegal(sector, name)
        || Set.of(commit1Output(sector), copy(sector)).contains(name)
        || (name.startsWith(cache) && isSealingFile(name.substring(cache.length())));
  }

  /**
   * Where the file lies below the storage path.
   *
   * @throws IllegalArgumentException if the sector can have no file of this name
   */
  static Path resolve(Path root, SectorId sector, String name) {
    if (!isLegal(sector, name)) {
      throw new IllegalArgumentException(sector + " has no file \"" + name + "\"");
    }
    return root.resolve(name);
  }

  /** The same for a sector that is being sealed. */
  static Path resolveBeforeSealed(Path root, SectorId sector, String name) {
    if (!isLegalBeforeSealed(sector, name)) {
      throw new IllegalArgumentException(sector + " has no file \"" + name + "\"");
    }
    return root.resolve(name);
  }
}
