package io.selkie.params;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Digests of files that were read before, kept in {@value #NAME} beside them, so that a later check
 * need not read gigabytes again. A cache: it may be deleted at any time, and whoever may write it
 * may write the parameters too.
 */
final class VerifiedStamps {
  static final String NAME = "selkie-verified.json";

  private static final Logger LOG = LoggerFactory.getLogger(VerifiedStamps.class);
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final ParameterDirectory directory;
  private final Map<String, Stamp> stamps;
  private boolean changed;

  private VerifiedStamps(ParameterDirectory directory, Map<String, Stamp> stamps) {
    this.directory = directory;
    this.stamps = stamps;
  }

  /** The stamps of a directory; none if there are none that can be read. */
  static VerifiedStamps read(ParameterDirectory directory) {
    Path file = directory.file(NAME);
    try {
      Stored stored = JSON.readValue(Files.readAllBytes(file), Stored.class);
      if (stored.version() == VERSION) {
        return new VerifiedStamps(directory, new TreeMap<>(stored.files()));
      }
      LOG.info("{} has version {}, files are read again", file, stored.version());
    } catch (NoSuchFileException e) {
      LOG.debug("{} is not there yet", file);
    } catch (IOException | RuntimeException e) {
      LOG.info("{} is of no use, files are read again: {}", file, e.toString());
    }
    return new VerifiedStamps(directory, new TreeMap<>());
  }

  /** The digest of the file, if it was read when it had the same identity. */
  Optional<ParameterDigest> digest(String name, FileIdentity identity) {
    return Optional.ofNullable(stamps.get(name))
        .filter(stamp -> stamp.identity().equals(identity))
        .map(stamp -> new ParameterDigest(stamp.digest()));
  }

  void put(String name, FileIdentity identity, ParameterDigest digest) {
    stamps.put(name, new Stamp(identity, digest.hex()));
    changed = true;
  }

  /** Writes new stamps, unless another process works in the directory or it is read-only. */
  void save() {
    if (!changed) {
      return;
    }
    try (ParameterLock lock = ParameterLock.tryAcquire(directory, "verify").orElse(null)) {
      if (lock == null) {
        LOG.debug("{} is locked, digests are not kept this time", directory);
        return;
      }
      Map<String, Stamp> all = new TreeMap<>(read(directory).stamps);
      all.putAll(stamps);
      Durable.replace(directory.file(NAME), JSON.writeValueAsBytes(new Stored(VERSION, all)));
      changed = false;
    } catch (IOException e) {
      LOG.debug("digests are not kept in {}: {}", directory, e.toString());
    }
  }

  private record Stored(int version, Map<String, Stamp> files) {
    private Stored {
      files.values().forEach(stamp -> new ParameterDigest(stamp.digest()));
    }
  }

  private record Stamp(FileIdentity identity, String digest) {}
}
