package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a sealed sector consists of on this host. */
final class SourceFiles {
  private SourceFiles() {}

  /**
   * All of it, with the digests that were recorded when the files were made; of a file without a
   * record the digest is taken now.
   *
   * @throws TransferTrouble if it is no sealed sector, or holds a file that nobody knows
   */
  static List<SectorCopy.File> of(SectorFiles files, FileDigest digest, Control control)
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
    List<String> names = names(files);
    for (String name : recorded.keySet()) {
      if (!names.contains(name)) {
        throw TransferTrouble.lasting("missing", files.root().resolve(name) + " is not there");
      }
    }
    control.begin("digest", 0);
    List<SectorCopy.File> all = new ArrayList<>();
    for (String name : names) {
      control.check();
      Path file = files.root().resolve(name);
      String known = recorded.get(name);
      all.add(new SectorCopy.File(name, Files.size(file), known == null ? digest.of(file) : known));
    }
    return all;
  }

  /** The replica first: it is the one that is always there. */
  private static List<String> names(SectorFiles files) throws IOException, TransferTrouble {
    SectorId sector = files.sector();
    List<String> names = new ArrayList<>();
    names.add(FileNames.sealed(sector));
    for (String file : cacheFiles(files)) {
      if (!FileNames.isCacheFile(file)) {
        throw TransferTrouble.lasting(
            "unknown_file",
            files.cache().resolve(file) + " is no file of a sealed sector: move it away");
      }
      names.add(FileNames.cache(sector, file));
    }
    Stream.of(FileNames.unsealed(sector), FileNames.manifest(sector), FileNames.seal(sector))
        .filter(name -> Durably.exists(files.root().resolve(name)))
        .forEach(names::add);
    for (String name : names) {
      if (!Files.isRegularFile(files.root().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw TransferTrouble.lasting(
            "missing", files.root().resolve(name) + " is not there, or is no plain file");
      }
    }
    return names;
  }

  private static List<String> cacheFiles(SectorFiles files) throws IOException {
    try (Stream<Path> cache = Files.list(files.cache())) {
      return cache.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  /** The first file that is not as the offer says: damaged here, before it was sent. */
  static Optional<String> damaged(SectorFiles files, Offer offer, FileDigest digest)
      throws IOException {
    for (SectorCopy.File file : offer.files()) {
      Path source = files.root().resolve(file.name());
      if (Files.size(source) != file.bytes() || !digest.of(source).equals(file.digest())) {
        return Optional.of(file.name());
      }
    }
    return Optional.empty();
  }
}
