package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of the files that make a sealed sector, below a storage path. There are no others: what
 * a peer sends under another name is refused, so no name leads out of the sector.
 */
final class FileNames {
  /** What proofs of spacetime and unsealing read, and trees that not every sealer removes. */
  private static final Pattern CACHE_FILE =
      Pattern.compile(
          "p_aux|t_aux|sc-02-data-tree-(?:c|d|r-last)(?:-(?:0|[1-9][0-9]{0,3}))?\\.dat");

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
}
