package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a sealed sector consists of on this host. */
final class SourceFiles {
  private SourceFiles() {}

  /** Files as they are offered, and where each is. */
  record Found(List<SectorCopy.File> files, List<Path> paths) {}

  /**
   * All of it, with the digests that were recorded when the files were made; of a file without a
   * record the digest is taken now.
   *
   * @throws TransferTrouble if it is no sealed sector, or holds a file that nobody knows
   */
  static Found of(SectorFiles files, FileDigest digest, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorId sector = files.sector();
    SectorManifest.PreCommit2 replica =
        SectorManifest.read(files.manifest())
            .flatMap(SectorManifest::replica)
            .orElseThrow(
                () ->
                    TransferTrouble.lasting(
                        "missing", files.manifest() + " does not speak of a finished replica"));
    Map<String, String> recorded = new HashMap<>();
    replica.sealed().ifPresent(sum -> recorded.put(FileNames.sealed(sector), sum));
    replica
        .files()
        .forEach(file -> recorded.put(FileNames.cache(sector, file.name()), file.digest()));
    Map<String, Path> paths = paths(files);
    for (String name : recorded.keySet()) {
      if (!paths.containsKey(name)) {
        throw TransferTrouble.lasting("missing", name + " of " + sector + " is not there");
      }
    }
    control.begin("digest", 0);
    List<SectorCopy.File> all = new ArrayList<>();
    for (Map.Entry<String, Path> entry : paths.entrySet()) {
      control.check();
      String name = entry.getKey();
      Path file = entry.getValue();
      String known = recorded.get(name);
      all.add(new SectorCopy.File(name, Files.size(file), known == null ? digest.of(file) : known));
    }
    return new Found(all, List.copyOf(paths.values()));
  }

  /** The replica first: it is the one that is always there. */
  private static Map<String, Path> paths(SectorFiles files) throws IOException, TransferTrouble {
    SectorId sector = files.sector();
    Map<String, Path> paths = new LinkedHashMap<>();
    paths.put(FileNames.sealed(sector), files.sealed());
    for (String file : cacheFiles(files)) {
      if (!FileNames.isCacheFile(file)) {
        throw TransferTrouble.lasting(
            "unknown_file",
            files.cache().resolve(file) + " is no file of a sealed sector: move it away");
      }
      paths.put(FileNames.cache(sector, file), files.cache().resolve(file));
    }
    Map<String, Path> others =
        new TreeMap<>(
            Map.of(
                FileNames.unsealed(sector), files.unsealed(),
                FileNames.manifest(sector), files.manifest(),
                FileNames.seal(sector), files.seal()));
    for (Map.Entry<String, Path> other : others.entrySet()) {
      if (Durably.exists(other.getValue())) {
        paths.put(other.getKey(), other.getValue());
      }
    }
    for (Path path : paths.values()) {
      if (FileLook.at(path).filter(BasicFileAttributes::isRegularFile).isEmpty()) {
        throw TransferTrouble.lasting("missing", path + " is not there, or is no plain file");
      }
    }
    return paths;
  }

  private static List<String> cacheFiles(SectorFiles files) throws IOException {
    try (Stream<Path> cache = Files.list(files.cache())) {
      return cache.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  /**
   * To be called before what is left of a copy is moved away for a new one.
   *
   * @throws TransferTrouble if a source is gone: what is left may be all that there is
   */
  static void requireThere(List<Path> sources, String place) throws IOException, TransferTrouble {
    for (Path source : sources) {
      if (!Durably.exists(source)) {
        throw TransferTrouble.lasting(
            "missing",
            source
                + " is not there any more, and the copy in "
                + place
                + " is not whole: look at both, and at the trash there");
      }
    }
  }

  /** Whether none of the sources is gone. */
  static boolean areThere(List<Path> sources) throws IOException {
    for (Path source : sources) {
      if (!Durably.exists(source)) {
        return false;
      }
    }
    return true;
  }

  /** The first file that is not as the offer says: damaged here, before it was sent. */
  static Optional<Path> damaged(List<Path> sources, Offer offer, FileDigest digest)
      throws IOException {
    for (int file = 0; file < sources.size(); file++) {
      SectorCopy.File wanted = offer.files().get(file);
      Path source = sources.get(file);
      if (Files.size(source) != wanted.bytes() || !digest.of(source).equals(wanted.digest())) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }
}
