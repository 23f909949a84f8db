package io.selkie.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The attached paths that peers may send sectors into, by their ids: a list in the state directory,
 * since it is this host that serves and not the disk. Durable once a call returns.
 */
public final class ServedPaths {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private volatile Set<String> ids;

  private ServedPaths(Path file, Set<String> ids) {
    this.file = file;
    this.ids = Set.copyOf(ids);
  }

  /**
   * Reads the list; there is none at first.
   *
   * @throws IOException if it is damaged; one line
   */
  public static ServedPaths open(Path file) throws IOException {
    try {
      return new ServedPaths(
          file, JSON.readValue(Files.readAllBytes(file), new TypeReference<TreeSet<String>>() {}));
    } catch (NoSuchFileException e) {
      return new ServedPaths(file, Set.of());
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged: remove it, and attach the paths anew", e);
    }
  }

  /** Whether the path with this id is served. */
  public boolean has(String id) {
    return ids.contains(id);
  }

  /** From now on it is. */
  public synchronized void add(String id) throws IOException {
    Set<String> more = new TreeSet<>(ids);
    if (more.add(id)) {
      write(more);
    }
  }

  /** From now on it is not. */
  public synchronized void remove(String id) throws IOException {
    Set<String> fewer = new TreeSet<>(ids);
    if (fewer.remove(id)) {
      write(fewer);
    }
  }

  private void write(Set<String> now) throws IOException {
    Durable.replace(file, JSON.writeValueAsBytes(now));
    ids = Set.copyOf(now);
  }
}
