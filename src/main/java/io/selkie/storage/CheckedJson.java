package io.selkie.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON object that others may have written, read key by key: whatever is wrong is one line that
 * names the file and the key. Keys that nobody asks for stay as they are.
 */
final class CheckedJson {
  private static final int LONGEST = 1 << 20;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final ObjectNode object;

  private CheckedJson(Path file, ObjectNode object) {
    this.file = file;
    this.object = object;
  }

  /** Reads a file of at most 1 MiB. */
  static CheckedJson read(Path file, String expected) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    if (bytes.length > LONGEST) {
      throw new IOException(Shown.shown(file) + " is not " + expected + ": it is too long");
    }
    return parse(file, expected, bytes);
  }

  /** Parses what is in a file. */
  static CheckedJson parse(Path file, String expected, byte[] bytes) throws IOException {
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return new CheckedJson(file, object);
      }
    } catch (JsonProcessingException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new IOException(Shown.shown(file) + " is not " + expected + ": " + Shown.shown(why), e);
    }
    throw new IOException(Shown.shown(file) + " is not " + expected + ": it is no JSON object");
  }

  /** A new object that is to be written to a file. */
  static CheckedJson empty(Path file) {
    return new CheckedJson(file, JSON.createObjectNode());
  }

  /** All keys, also those that nobody asked for; the caller's to change. */
  ObjectNode copy() {
    return object.deepCopy();
  }

  static byte[] bytes(ObjectNode object) throws IOException {
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object);
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A text of at least one character, without control characters. */
  String text(String key) throws IOException {
    return text(key, object.path(key));
  }

  private String text(String key, JsonNode value) throws IOException {
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(key, "use a text");
    }
    if (Shown.hasControl(value.textValue())) {
      throw wrong(key, "it has a control character: use a text of one line");
    }
    return value.textValue();
  }

  /** False where it is not there, as in Go. */
  boolean flag(String key) throws IOException {
    JsonNode value = object.path(key);
    if (isAbsent(value)) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrong(key, "use true or false");
    }
    return value.booleanValue();
  }

  /** 0 where it is not there, as in Go. */
  long number(String key) throws IOException {
    JsonNode value = object.path(key);
    if (isAbsent(value)) {
      return 0;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(key, "use a whole number from 0 to " + Long.MAX_VALUE);
    }
    return value.longValue();
  }

  /** None where it is not there. */
  List<String> texts(String key) throws IOException {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : array(key, object.path(key))) {
      texts.add(text(key, value));
    }
    return texts;
  }

  /** The texts at a key of the objects in a list; none where it is not there. */
  List<String> textsIn(String key, String inner) throws IOException {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : array(key, object.path(key))) {
      texts.add(text(key + "." + inner, value.path(inner)));
    }
    return texts;
  }

  private Iterable<JsonNode> array(String key, JsonNode value) throws IOException {
    if (isAbsent(value)) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(key, "use a list");
    }
    return value;
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  /** A failure of one line. */
  IOException wrong(String key, String advice) {
    return new IOException(Shown.shown(file) + ": " + key + " is wrong: " + advice);
  }
}
