package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.files.FileTree;
import io.selkie.proofs.SectorPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of one sector in Lotus's layout, most or all of them below one storage path. What is
 * Selkie's own lies in {@code selkie/}, never in Lotus's directories: an unknown file there breaks
 * a Lotus fetch.
 *
 * @param root the storage path
 * @param elsewhere roots of other paths, for types that lie there
 * @param roots of all paths that may have something of the sector
 * @param ours whether this host is known to write the sector below the storage path
 */
public record SectorFiles(
    Path root, SectorId sector, Map<FileType, Path> elsewhere, Set<Path> roots, boolean ours) {
  private static final String OWN = StoragePath.OWN;
  private static final String CLAIM = ".claim";

  /** The collections are copied. */
  public SectorFiles {
    elsewhere = Map.copyOf(elsewhere);
    roots = Set.copyOf(roots);
  }

  /** All below one path. */
  public SectorFiles(Path root, SectorId sector) {
    this(root, sector, Map.of(), Set.of(root), true);
  }

  /** The file, or directory, of this type, whether it is there or not. */
  public Path of(FileType type) {
    return type.of(elsewhere.getOrDefault(type, root), sector);
  }

  /** Data with Fr32 padding. */
  public Path unsealed() {
    return of(FileType.UNSEALED);
  }

  /** The replica. */
  public Path sealed() {
    return of(FileType.SEALED);
  }

  /** Layers and trees. */
  public Path cache() {
    return of(FileType.CACHE);
  }

  /** The updated replica, beside the sealed one (SnapDeals). */
  public Path update() {
    return of(FileType.UPDATE);
  }

  /** Trees of the updated replica. */
  public Path updateCache() {
    return of(FileType.UPDATE_CACHE);
  }

  /**
   * The record of pieces that are added to a sealed sector for its update: that of the sealed ones
   * stays as it is.
   */
  public Path updateManifest() {
    return own(".update.json");
  }

  /** The record of the files, written by the native side alone. */
  public Path manifest() {
    return own(".json");
  }

  /** Facts of the finished seal, what {@code selkie verify} reads. */
  public Path seal() {
    return own(".seal.json");
  }

  /** The record that the sector was sealed elsewhere and arrived here, as transfers write it. */
  public Path receipt() {
    return own(".received.json");
  }

  /** The output of Commit1 until Commit2 took it, or of an update's first proof likewise. */
  public Path commit1Output() {
    return own(".c1.json");
  }

  /** Who writes the sector, where several nodes share the path; see {@link SectorClaim}. */
  public Path claim() {
    return own(CLAIM);
  }

  /** Data that was unsealed, until the unsealed file has it. */
  public Path unsealedPart() {
    return own(".unsealed.part");
  }

  /** Says that the file of this type came as a copy, to be deleted when its task is done. */
  public Path copied(FileType type) {
    return own(".copied-" + type);
  }

  /** Says which call of a miner has downloaded the file of this type. */
  public Path downloaded(FileType type) {
    return own(".downloaded-" + type);
  }

  /** The unsealed file as ranges of the sector. */
  public UnsealedFile unsealedFile(SectorSize size) {
    Path own = elsewhere.getOrDefault(FileType.UNSEALED, root).resolve(OWN);
    return new UnsealedFile(unsealed(), own.resolve(sector + ".unsealed.new"), size.bytes());
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

  /**
   * Removes every file of the sector, on all its paths, and nothing of any other: neither of other
   * numbers, nor of another sector that has the same number.
   *
   * @param replica what the journal knows of it
   * @return why paths were left as they are, a line for each
   */
  public List<String> delete(OwnReplica replica) throws IOException {
    OwnReplica own = replica.isUnknown() ? recorded() : replica;
    List<String> kept = new ArrayList<>();
    for (Path other : roots) {
      if (!other.equals(root)) {
        delete(other, own, false, kept);
      }
    }
    Optional<SectorClaim> holder = SectorClaim.read(claim());
    delete(root, own, ours, kept);
    // The last of all: until then nobody else may begin a sector of this number.
    for (Path other : roots) {
      Path claim = new SectorFiles(other, sector).claim();
      if (!other.equals(root) && isBy(holder, claim)) {
        Files.deleteIfExists(claim);
      }
    }
    Files.deleteIfExists(claim());
    return List.copyOf(kept);
  }

  /**
   * What the record of the path says on which the sector is written; a damaged one says nothing.
   */
  private OwnReplica recorded() {
    try {
      return ours
          ? SectorManifest.read(manifest()).map(OwnReplica::of).orElse(OwnReplica.UNKNOWN)
          : OwnReplica.UNKNOWN;
    } catch (IOException e) {
      return OwnReplica.UNKNOWN;
    }
  }

  private static boolean isBy(Optional<SectorClaim> holder, Path claim) throws IOException {
    Optional<SectorClaim> found = SectorClaim.read(claim);
    return holder.isPresent()
        && found.isPresent()
        && found.get().holder().equals(holder.get().holder());
  }

  private void delete(Path path, OwnReplica own, boolean known, List<String> kept)
      throws IOException {
    Optional<String> foreign = own.foreign(path, sector, known);
    if (foreign.isPresent()) {
      kept.add(foreign.get());
    } else {
      deleteBelow(path);
    }
  }

  private void deleteBelow(Path path) throws IOException {
    for (FileType type : FileType.values()) {
      FileTree.delete(type.of(path, sector));
    }
    deleteRecords(path);
  }

  /** Removes what is recorded of the sector on this path, whose files have left it. */
  public void deleteRecords() throws IOException {
    deleteRecords(root);
    Files.deleteIfExists(claim());
  }

  private void deleteRecords(Path path) throws IOException {
    Path own = path.resolve(OWN);
    if (Files.isDirectory(own)) {
      try (Stream<Path> files = Files.list(own)) {
        for (Path file : files.filter(this::isOurs).toList()) {
          FileTree.delete(file);
        }
      }
    }
  }

  /** Removes what an interrupted unsealing left. */
  public void deleteUnsealScratch() throws IOException {
    FileTree.delete(root.resolve(OWN).resolve(sector + "-unseal"));
  }

  /** {@code s-t01000-1.json} and the native side's {@code s-t01000-1-unseal} are of s-t01000-1. */
  private boolean isOurs(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean named = name.startsWith(sector + ".") && !name.equals(sector + CLAIM);
    return named || name.equals(sector + "-unseal");
  }
}
