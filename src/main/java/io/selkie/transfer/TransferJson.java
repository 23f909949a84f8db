package io.selkie.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** JSON of the protocol and of what is kept on disk. */
final class TransferJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private TransferJson() {}

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of values is always JSON", e);
    }
  }

  /**
   * Reads a text.
   *
   * @throws IOException if it is no such thing
   */
  static <T> T read(String text, Class<T> type) throws IOException {
    T value = JSON.readValue(text, type);
    if (value == null) {
      throw new IOException("null is no " + type.getSimpleName());
    }
    return value;
  }

  /** Writes a file so that a crash leaves the old one or the new one, whole and durable. */
  static void write(Path file, Object value) throws IOException {
    Durable.replace(file, (write(value) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a file; empty if there is none. */
  static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    try {
      return Optional.of(read(Files.readString(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
    }
  }
}
