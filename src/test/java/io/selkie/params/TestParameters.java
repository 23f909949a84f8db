package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** A manifest of small files with real digests: a {@code .vk} and a {@code .params} per set. */
public final class TestParameters {
  /** The size whose sets the manifest holds. */
  public static final SectorSize SIZE = SectorSize.KIB_2;

  static final int PARAMS_BYTES = 300_000;
  private static final int KEY_BYTES = 1_000;

  private TestParameters() {}

  /** The manifest. */
  public static ParameterManifest manifest() {
    List<ParameterFile> files = new ArrayList<>();
    for (ParameterSet set : ParameterSet.values()) {
      if (set == ParameterSet.SRS) {
        files.add(file(set, ".srs", Optional.empty()));
      } else {
        files.add(file(set, ".params", Optional.of(SIZE)));
        files.add(file(set, ".vk", Optional.of(SIZE)));
      }
    }
    return new ParameterManifest(files);
  }

  /** The production content of a file. */
  public static byte[] content(ParameterFile file) {
    return content(file.name());
  }

  /** The verifying key of a set. */
  public static ParameterFile key(ParameterSet set) {
    return manifest().required(SIZE, set).get(0);
  }

  /** The parameters of a set. */
  public static ParameterFile params(ParameterSet set) {
    return manifest().required(SIZE, set).get(1);
  }

  /** Puts the production files of a set in the directory. */
  public static void putProduction(ParameterDirectory directory, ParameterSet set) {
    manifest().required(SIZE, set).forEach(file -> put(directory, file.name(), content(file)));
  }

  static void put(ParameterDirectory directory, String name, byte[] content) {
    try {
      directory.create();
      Files.write(directory.file(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names in the directory, sorted. */
  static List<String> names(ParameterDirectory directory) throws IOException {
    try (var files = Files.list(directory.path())) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  static ParameterDigest digest(byte[] content) {
    Blake2bDigest blake = new Blake2bDigest(512);
    blake.update(content, 0, content.length);
    byte[] whole = new byte[64];
    blake.doFinal(whole, 0);
    return new ParameterDigest(HexFormat.of().formatHex(whole, 0, 16));
  }

  private static ParameterFile file(ParameterSet set, String suffix, Optional<SectorSize> size) {
    String name = "v28-test-" + set + suffix;
    String cid = "Qm" + (set + suffix).replaceAll("[^a-z]", "").toUpperCase(Locale.ROOT);
    return new ParameterFile(name, cid, digest(content(name)), size, set);
  }

  private static byte[] content(String name) {
    byte[] content = new byte[name.endsWith(".vk") ? KEY_BYTES : PARAMS_BYTES];
    new Random(name.hashCode()).nextBytes(content);
    return content;
  }
}
