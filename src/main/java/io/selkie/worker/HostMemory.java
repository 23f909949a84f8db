package io.selkie.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a host.
 *
 * @param bytes of the machine, or of the control group that this process and its provers are in
 */
record HostMemory(long bytes) {
  private static final long GIB = 1L << 30;
  private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB");
  private static final int SMALL = 4;
  private static final int LARGE = 32;

  /** That of the host on which this runs. */
  static HostMemory ofThisHost() {
    return of(Path.of("/"));
  }

  /**
   * That of the host whose files are below a root.
   *
   * @throws IllegalArgumentException if it cannot be told; one line that says what to do
   */
  static HostMemory of(Path root) {
    try {
      Matcher total = TOTAL.matcher(Files.readString(root.resolve("proc/meminfo")));
      if (total.find()) {
        return new HostMemory(
            Math.min(Long.parseLong(total.group(1)) * 1024, ofControlGroups(root)));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot tell the memory of this host, set selkie.memory: " + e, e);
    }
    throw new IllegalArgumentException("cannot tell the memory of this host, set selkie.memory");
  }

  /** The least of the limits from this process's group up to the root; both versions of groups. */
  private static long ofControlGroups(Path root) throws IOException {
    Path file = root.resolve("proc/self/cgroup");
    long least = Long.MAX_VALUE;
    if (!Files.exists(file)) {
      return least;
    }
    Path mounts = root.resolve("sys/fs/cgroup");
    for (String line : Files.readString(file).lines().toList()) {
      List<String> parts = List.of(line.split(":", 3));
      if (parts.size() != 3) {
        continue;
      }
      if (parts.get(1).isEmpty()) {
        least = Math.min(least, upwards(mounts, parts.get(2), "memory.max"));
      } else if (List.of(parts.get(1).split(",")).contains("memory")) {
        Path memory = mounts.resolve("memory");
        least = Math.min(least, upwards(memory, parts.get(2), "memory.limit_in_bytes"));
      }
    }
    return least;
  }

  private static long upwards(Path mount, String group, String file) throws IOException {
    Path top = mount.normalize();
    Path at = mount.resolve(group.replaceFirst("^/+", "")).normalize();
    long least = Long.MAX_VALUE;
    // Inside a container the group's own path is often not mounted: its root stands for it.
    while (at != null && at.startsWith(top)) {
      Path limit = at.resolve(file);
      if (Files.isRegularFile(limit)) {
        String value = Files.readString(limit).strip();
        if (value.matches("\\d{1,18}")) {
          least = Math.min(least, Long.parseLong(value));
        }
      }
      at = at.getParent();
    }
    return least;
  }

  /**
   * What provers may use: all but a part for the node, the kernel and the page cache; a quarter of
   * a small host, 2 GiB of a middling one, a thirty-second of a large one.
   */
  long forProvers() {
    return bytes - Math.max(bytes / LARGE, Math.min(2 * GIB, bytes / SMALL));
  }
}
