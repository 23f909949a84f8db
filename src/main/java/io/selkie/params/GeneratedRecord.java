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
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was generated on this machine, kept in {@value #NAME} beside the files. It is what makes a
 * local file a good one.
 *
 * @param files entry by file name
 */
public record GeneratedRecord(Map<String, Entry> files) {
  /** Name of the file in the parameter directory. */
  public static final String NAME = "selkie-generated.json";

  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /**
   * One generated file.
   *
   * @param digest of its content
   * @param bytes its length
   * @param generatedAt when; the files of one run of one set share it
   * @param selkieVersion what generated it
   */
  public record Entry(
      ParameterDigest digest, long bytes, Instant generatedAt, String selkieVersion) {}

  /** Takes a copy. */
  public GeneratedRecord {
    files = Map.copyOf(files);
  }

  /** The entry of a file, if it was generated here. */
  public Optional<Entry> entry(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /**
   * The record of a directory; empty if there is none.
   *
   * @throws ParameterException if it is damaged or was written by a newer version
   */
  public static GeneratedRecord read(ParameterDirectory directory) throws IOException {
    Path file = directory.file(NAME);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new GeneratedRecord(Map.of());
    }
    try {
      Stored stored = JSON.readValue(content, Stored.class);
      if (stored.version() > VERSION) {
        throw new ParameterException(
            file + " was written by a newer Selkie (version " + stored.version() + ")");
      }
      Map<String, Entry> files = new TreeMap<>();
      stored.files().forEach((name, entry) -> files.put(name, entry.toEntry()));
      return new GeneratedRecord(files);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ParameterException(
          file + " is damaged: move it away, then locally generated files count as unknown", e);
    }
  }

  /** This record with the entries added, which replace those of the same files. */
  GeneratedRecord with(Map<String, Entry> added) {
    Map<String, Entry> all = new TreeMap<>(files);
    all.putAll(added);
    return new GeneratedRecord(all);
  }

  /** Writes the record as a whole; it is on disk when this returns. Callers hold the lock. */
  void write(ParameterDirectory directory) throws IOException {
    Map<String, StoredEntry> stored = new TreeMap<>();
    files.forEach((name, entry) -> stored.put(name, StoredEntry.of(entry)));
    Durable.replace(directory.file(NAME), JSON.writeValueAsBytes(new Stored(VERSION, stored)));
  }

  private record Stored(int version, Map<String, StoredEntry> files) {}

  private record StoredEntry(String digest, long bytes, String generatedAt, String selkieVersion) {
    static StoredEntry of(Entry entry) {
      return new StoredEntry(
          entry.digest().hex(),
          entry.bytes(),
          entry.generatedAt().toString(),
          entry.selkieVersion());
    }

    Entry toEntry() {
      return new Entry(
          new ParameterDigest(digest), bytes, Instant.parse(generatedAt), selkieVersion);
    }
  }
}
