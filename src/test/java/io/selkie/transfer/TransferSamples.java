package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A sector of random bytes that needs no proofs. */
final class TransferSamples {
  static final SectorId SECTOR = SectorId.parse("s-t01000-7");
  static final FileDigest SHA = TransferSamples::digest;
  static final int CHUNK = 512;

  private TransferSamples() {}

  static String digest(Path file) throws IOException {
    try {
      return "sha256:"
          + HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A sector below the root, as files of so many bytes. */
  static Map<String, Path> sector(Path root, long seed) throws IOException {
    Map<String, Integer> sizes =
        new TreeMap<>(
            Map.of(
                FileNames.sealed(SECTOR), 2048,
                FileNames.cache(SECTOR, "p_aux"), 64,
                FileNames.cache(SECTOR, "t_aux"), 0,
                FileNames.cache(SECTOR, "sc-02-data-tree-r-last.dat"), 1300));
    Random random = new Random(seed);
    Map<String, Path> files = new TreeMap<>();
    for (Map.Entry<String, Integer> size : sizes.entrySet()) {
      byte[] content = new byte[size.getValue()];
      random.nextBytes(content);
      Path file = root.resolve(size.getKey());
      Files.createDirectories(file.getParent());
      files.put(size.getKey(), Files.write(file, content));
    }
    return files;
  }

  static Offer offer(Map<String, Path> files) throws IOException {
    List<SectorCopy.File> all = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      all.add(
          new SectorCopy.File(file.getKey(), Files.size(file.getValue()), digest(file.getValue())));
    }
    return new Offer(SECTOR, CHUNK, all);
  }

  static List<Path> paths(Map<String, Path> files) {
    return List.copyOf(files.values());
  }
}
