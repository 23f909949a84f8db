package io.selkie.storage;

import java.util.List;

/**
 * A copy of a sealed sector in long-term storage, whole and verified.
 *
 * @param host that has it, by its identity
 * @param place as the sender's settings name it: a directory, or the URL of a peer
 * @param path the storage path on that host, absolute
 * @param files all that it is made of
 */
public record SectorCopy(String host, String place, String path, List<File> files) {
  /** The list is copied. */
  public SectorCopy {
    files = List.copyOf(files);
  }

  /**
   * A file of the copy.
   *
   * @param name below the storage path, such as {@code sealed/s-t01000-1}
   * @param digest {@code blake3:…}, as it was when the copy was read back
   */
  public record File(String name, long bytes, String digest) {}

  /** Bytes of all files. */
  public long size() {
    return files.stream().mapToLong(File::bytes).sum();
  }
}
