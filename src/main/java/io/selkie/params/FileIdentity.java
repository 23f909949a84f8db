package io.selkie.params;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What tells without reading it whether a file is still the one that was read before.
 *
 * @param modified {@code mtime} as ISO-8601
 * @param changed {@code ctime} as ISO-8601, which programs cannot set back
 */
record FileIdentity(long bytes, String modified, String changed, long inode) {
  /** Two changes within one tick of a file system's clock look alike; 2 s is the coarsest one. */
  private static final Duration COARSEST_TICK = Duration.ofSeconds(2);

  static FileIdentity of(Path file) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
    return new FileIdentity(
        (Long) attribute(attributes, "size"),
        ((FileTime) attribute(attributes, "lastModifiedTime")).toInstant().toString(),
        ((FileTime) attribute(attributes, "ctime")).toInstant().toString(),
        (Long) attribute(attributes, "ino"));
  }

  /** Whether a change after this identity was taken is sure to give another one. */
  boolean settledAt(Instant taken) {
    return Instant.parse(changed).plus(COARSEST_TICK).isBefore(taken);
  }

  private static Object attribute(Map<String, Object> attributes, String name) {
    return Objects.requireNonNull(attributes.get(name), name);
  }
}
