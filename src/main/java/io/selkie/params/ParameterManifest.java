package io.selkie.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The known parameter files with the CID and digest of their production version.
 *
 * @param files in a fixed order: verifying keys first, then by name
 */
public record ParameterManifest(List<ParameterFile> files) {
  private static final List<String> RESOURCES =
      List.of("parameters.json", "srs-inner-product.json");

  /** The update circuit over Poseidon trees, which nothing in filecoin-proofs-api 19.1.0 uses. */
  private static final String UNUSED_PREFIX = "v28-empty-sector-update-poseidon-";

  /** Sorts the files. */
  public ParameterManifest {
    files =
        files.stream()
            .sorted(
                Comparator.comparing((ParameterFile file) -> !file.isVerifyingKey())
                    .thenComparing(ParameterFile::name))
            .toList();
  }

  /** The manifest of the Filecoin main network, as in storage-proofs-core 19.1.0. */
  public static ParameterManifest production() {
    List<ParameterFile> files = new ArrayList<>();
    for (String resource : RESOURCES) {
      try (InputStream in = ParameterManifest.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("resource " + resource + " is not in this build");
        }
        JsonNode root = new ObjectMapper().readTree(in);
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
          if (!entry.getKey().startsWith(UNUSED_PREFIX)) {
            files.add(file(entry.getKey(), entry.getValue()));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("resource " + resource + " cannot be read", e);
      }
    }
    return new ParameterManifest(files);
  }

  /**
   * The files that a set of that sector size consists of.
   *
   * @throws IllegalArgumentException if the manifest has none
   */
  public List<ParameterFile> required(SectorSize size, ParameterSet set) {
    List<ParameterFile> required =
        files.stream().filter(file -> file.set() == set && file.serves(size)).toList();
    if (required.isEmpty()) {
      throw new IllegalArgumentException("the manifest has no " + set + " files for " + size);
    }
    return required;
  }

  private static ParameterFile file(String name, JsonNode value) {
    return new ParameterFile(
        name,
        value.required("cid").textValue(),
        new ParameterDigest(value.required("digest").textValue()),
        sectorSize(value.required("sector_size").longValue()),
        setOf(name));
  }

  private static Optional<SectorSize> sectorSize(long bytes) {
    if (bytes == 0) {
      return Optional.empty();
    }
    return Optional.of(SectorSize.ofBytes(bytes));
  }

  private static ParameterSet setOf(String name) {
    if (name.startsWith("v28-stacked-proof-of-replication-")) {
      return ParameterSet.POREP;
    }
    if (name.startsWith("v28-empty-sector-update-")) {
      return ParameterSet.UPDATE;
    }
    if (name.startsWith("v28-proof-of-spacetime-fallback-")) {
      return PostCircuits.setOf(name);
    }
    if (name.equals("v28-fil-inner-product-v1.srs")) {
      return ParameterSet.SRS;
    }
    throw new IllegalArgumentException("unknown kind of parameter file: " + name);
  }
}
