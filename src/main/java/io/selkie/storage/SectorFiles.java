package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import io.selkie.proofs.SectorPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one sector below a storage path, in Lotus's layout. What is Selkie's own lies in
 * {@code selkie/}, never in Lotus's directories: an unknown file there breaks a Lotus fetch.
 *
 * @param root the storage path
 */
public record SectorFiles(Path root, SectorId sector) {
  private static final String OWN = "selkie";

  /** Data with Fr32 padding. */
  public Path unsealed() {
    return root.resolve("unsealed").resolve(sector.toString());
  }

  /** The replica. */
  public Path sealed() {
    return root.resolve("sealed").resolve(sector.toString());
  }

  /** Layers and trees. */
  public Path cache() {
    return root.resolve("cache").resolve(sector.toString());
  }

  /** The record of the files, written by the native side alone. */
  public Path manifest() {
    return own(".json");
  }

  /** Facts of the finished seal, what {@code selkie verify} reads. */
  public Path seal() {
    return own(".seal.json");
  }

  /** The output of Commit1 until Commit2 took it. */
  public Path commit1Output() {
    return own(".c1.json");
  }

  /** Where work on the sector may put what does not outlive it. */
  public Path scratch() {
    return root.resolve(OWN);
  }

  private Path own(String suffix) {
    return root.resolve(OWN).resolve(sector + suffix);
  }

  /** What the proofs have to know. */
  public SectorPaths paths() {
    return new SectorPaths(unsealed(), sealed(), cache(), manifest());
  }

  /** Makes the directories that hold sectors. */
  public void createDirectories() throws IOException {
    for (Path file : List.of(unsealed(), sealed(), cache(), manifest())) {
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
    }
  }

  /** Removes every file of the sector and nothing of any other. */
  public void delete() throws IOException {
    Files.deleteIfExists(unsealed());
    Files.deleteIfExists(sealed());
    deleteTree(cache());
    Path own = root.resolve(OWN);
    if (Files.isDirectory(own)) {
      try (Stream<Path> files = Files.list(own)) {
        for (Path file : files.filter(this::isOurs).toList()) {
          deleteTree(file);
        }
      }
    }
  }

  /** Removes what an interrupted unsealing left. */
  public void deleteUnsealScratch() throws IOException {
    deleteTree(root.resolve(OWN).resolve(sector + "-unseal"));
  }

  /** {@code s-t01000-1.json} and the native side's {@code s-t01000-1-unseal} are of s-t01000-1. */
  private boolean isOurs(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(sector + ".") || name.equals(sector + "-unseal");
  }

  private static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
