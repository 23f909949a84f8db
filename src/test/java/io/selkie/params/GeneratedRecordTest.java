package io.selkie.params;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedRecordTest {
  private static final GeneratedRecord.Entry ENTRY =
      new GeneratedRecord.Entry(
          new ParameterDigest("ba80a53f981c4d0d6a2797b69f12f6e9"),
          1_114_707_768,
          Instant.parse("2026-01-02T03:04:05.678Z"),
          "0.1.0");

  @TempDir Path temp;
  private ParameterDirectory directory;

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp);
  }

  @Test
  void isEmptyWhereNothingWasGenerated() throws IOException {
    assertEquals(new GeneratedRecord(Map.of()), GeneratedRecord.read(directory));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    GeneratedRecord record = new GeneratedRecord(Map.of("a.vk", ENTRY, "b.params", ENTRY));

    record.write(directory);

    assertEquals(record, GeneratedRecord.read(directory));
    assertEquals(List.of(GeneratedRecord.NAME), TestParameters.names(directory));
  }

  @Test
  void keepsOtherEntriesWhenSomeAreAdded() throws IOException {
    new GeneratedRecord(Map.of("a.vk", ENTRY)).write(directory);

    GeneratedRecord.read(directory).with(Map.of("b.params", ENTRY)).write(directory);

    assertEquals(
        new GeneratedRecord(Map.of("a.vk", ENTRY, "b.params", ENTRY)),
        GeneratedRecord.read(directory));
  }

  /** The form of version 1, which must load for ever. */
  @Test
  void loadsTheFirstVersion() throws IOException {
    String first =
        "{\"version\":1,\"files\":{\"a.vk\":{\"digest\":\"ba80a53f981c4d0d6a2797b69f12f6e9\","
            + "\"bytes\":1114707768,\"generatedAt\":\"2026-01-02T03:04:05.678Z\","
            + "\"selkieVersion\":\"0.1.0\",\"addedLater\":true}}}";
    TestParameters.put(directory, GeneratedRecord.NAME, first.getBytes(StandardCharsets.UTF_8));

    assertEquals(new GeneratedRecord(Map.of("a.vk", ENTRY)), GeneratedRecord.read(directory));
  }
}
