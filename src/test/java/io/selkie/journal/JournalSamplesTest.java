package io.selkie.journal;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.jackson.JacksonJsonSerializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import io.selkie.sector.SectorEvent;
import io.selkie.serialization.JournalEvent;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What was ever written to a journal is still read, by the serializer that a node uses. */
class JournalSamplesTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/journal");
  private static final Path NEW = Path.of("target/new-journal-samples");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, JournalEvent> SAMPLES = JournalSamples.all();

  private static ActorTestKit actors;
  private static JacksonJsonSerializer serializer;

  @BeforeAll
  static void startActors() throws IOException {
    actors =
        ActorTestKit.create(
            ConfigFactory.parseResources("io/selkie/journal/journal.conf")
                .withFallback(ConfigFactory.load()));
    Serialization serialization = SerializationExtension.get(Adapter.toClassic(actors.system()));
    serializer =
        assertInstanceOf(
            JacksonJsonSerializer.class, serialization.serializerFor(SectorEvent.class));
  }

  @AfterAll
  static void stopActors() {
    actors.shutdownTestKit();
  }

  @Test
  void everySampleIsReadAsTheEventItMeans() {
    assertAll(
        SAMPLES.entrySet().stream()
            .map(sample -> () -> assertEquals(sample.getValue(), read(file(sample.getKey())))));
  }

  @Test
  void everyEventIsWrittenAsItsSample() {
    assertAll(
        SAMPLES.entrySet().stream()
            .map(sample -> () -> assertIsWrittenAs(file(sample.getKey()), sample.getValue())));
  }

  /** A new sample is written where its author can look at it, and then move it to the others. */
  private static void assertIsWrittenAs(Path file, JournalEvent event) throws IOException {
    JsonNode written = stored(event);
    if (Files.notExists(file)) {
      Path proposal = Files.createDirectories(NEW).resolve(file.getFileName());
      Files.writeString(proposal, written.toPrettyString() + "\n", StandardCharsets.UTF_8);
      fail(file + " is missing: move " + proposal + " there if it is right");
    }
    assertEquals(JSON.readTree(file.toFile()), written);
  }

  @Test
  void everyFileIsASample() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      assertEquals(
          SAMPLES.keySet().stream().map(name -> name + ".json").collect(Collectors.toSet()),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  @Test
  void everyShapeHasASample() {
    Set<Class<?>> shown = new HashSet<>();
    SAMPLES.values().forEach(event -> addTypes(event, shown));

    Set<String> absent = new TreeSet<>();
    for (Class<?> parent : JournalSamples.SEALED) {
      for (Class<?> child : parent.getPermittedSubclasses()) {
        if (!shown.contains(child)) {
          absent.add(child.getName());
        }
      }
    }
    assertEquals(Set.of(), absent);
  }

  /** Or a null and a 0 would turn up long after, and elsewhere. */
  @Test
  void anEventThatLacksAFieldIsRefused() throws IOException {
    ObjectNode assigned = (ObjectNode) JSON.readTree(file("TaskAssigned").toFile());
    for (String field : new String[] {"at", "host", "attempt"}) {
      ObjectNode lacking = assigned.deepCopy();
      ((ObjectNode) lacking.get("event")).remove(field);

      assertThrows(IOException.class, () -> read(lacking), field);
    }
  }

  /** So that a field may be added, and a later program's field is no trouble. */
  @Test
  void anAbsentOptionalIsEmptyAndAnUnknownFieldIsSkipped() throws IOException {
    ObjectNode failed = (ObjectNode) JSON.readTree(file("TaskFailed-RETRY").toFile());
    ObjectNode event = (ObjectNode) failed.get("event");
    event.remove("nextAttemptAt");
    event.put("invented", 1);

    assertEquals(SAMPLES.get("TaskFailed-RETRY"), read(failed));
  }

  private static Path file(String name) {
    return DIRECTORY.resolve(name + ".json");
  }

  private static Object read(Path file) throws IOException {
    return read(JSON.readTree(file.toFile()));
  }

  private static Object read(JsonNode stored) throws IOException {
    return serializer.fromBinary(
        JSON.writeValueAsBytes(stored.get("event")), stored.get("manifest").asText());
  }

  /** As the journal has it: the serializer's manifest in one column, the bytes in another. */
  private static JsonNode stored(JournalEvent event) throws IOException {
    return JSON.createObjectNode()
        .put("manifest", serializer.manifest(event))
        .set("event", JSON.readTree(serializer.toBinary(event)));
  }

  /** The type of the value and of every record within. */
  private static void addTypes(Object value, Set<Class<?>> types) {
    types.add(value.getClass());
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(content -> addTypes(content, types));
    }
    if (value instanceof Record) {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        addTypes(valueOf(component, value), types);
      }
    }
  }

  private static Object valueOf(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
