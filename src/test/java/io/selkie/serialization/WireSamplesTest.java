package io.selkie.serialization;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.jackson.JacksonCborSerializer;
import akka.util.Version;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import io.selkie.node.Build;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Hosts are upgraded one by one, so a host reads what others of a former version write, and skips
 * what a later version adds. {@code src/test/resources/wire} has a directory for each version, and
 * in it a file for each message whose shape was new then. The wire has CBOR; the samples are the
 * same tree as JSON, so that they can be read.
 *
 * <p>{@code -Dselkie.wire.write=true} writes what is new into the directory of the version that is
 * being built. Those of versions that were released stay as they are, for as long as hosts of such
 * a version may be met.
 */
class WireSamplesTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/wire");
  private static final String BUILT = Build.version().replace("-SNAPSHOT", "");
  private static final String HELP =
      ". If that is meant: mvn -Dtest=WireSamplesTest -Dselkie.wire.write=true test, and look at"
          + " what it changed in "
          + DIRECTORY.resolve(BUILT)
          + ". A field may be added as Optional; anything else takes a JacksonMigration"
          + " (docs/versions.md)";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final CBORMapper CBOR = new CBORMapper();
  private static final ActorTestKit KIT = ActorTestKit.create("wire", ConfigFactory.load());

  private static Serialization serialization;
  private static JacksonCborSerializer serializer;
  private static RecordSamples samples;

  @BeforeAll
  static void findSerializer() throws IOException {
    serialization = SerializationExtension.get(Adapter.toClassic(KIT.system()));
    serializer =
        assertInstanceOf(
            JacksonCborSerializer.class, serialization.serializerFor(NodeMessage.class));
    // An address that is the same in each run.
    ActorRef<Object> actor =
        ActorRefResolver.get(KIT.system()).resolveActorRef("akka://wire/user/somebody#1");
    samples = NodeMessageSamples.to(actor);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void everyMessageHasASampleOfItsShape() {
    assertAll(NodeMessageSamples.types().stream().map(type -> () -> assertHasSample(type)));
  }

  private static void assertHasSample(Class<?> type) throws IOException {
    ObjectNode shape = JSON.createObjectNode();
    Set<JsonNode> messages = new LinkedHashSet<>();
    for (Object message : samples.of(type)) {
      shape.put("manifest", serializer.manifest(message));
      messages.add(onWire(message));
    }
    shape.putArray("messages").addAll(messages);
    Optional<Path> newest =
        versions().stream()
            .map(version -> version.resolve(file(type)))
            .filter(Files::exists)
            .reduce((older, newer) -> newer);
    if (newest.isPresent() && JSON.readTree(newest.get().toFile()).equals(shape)) {
      return;
    }
    if (Boolean.getBoolean("selkie.wire.write")) {
      Path written = Files.createDirectories(DIRECTORY.resolve(BUILT)).resolve(file(type));
      Files.writeString(written, text(shape), StandardCharsets.UTF_8);
      return;
    }
    fail(
        newest
                .map(known -> type.getName() + " is not written any more as in " + known)
                .orElse(type.getName() + " has no sample in " + DIRECTORY)
            + HELP);
  }

  /** One message a line. */
  private static String text(ObjectNode shape) {
    List<String> lines = new ArrayList<>();
    shape.path("messages").forEach(message -> lines.add("    " + message));
    return "{\n  \"manifest\": "
        + shape.path("manifest")
        + ",\n  \"messages\": [\n"
        + String.join(",\n", lines)
        + "\n  ]\n}\n";
  }

  @Test
  void everySampleIsReadWhateverVersionItIsOf() throws IOException {
    List<Executable> reads = new ArrayList<>();
    for (Path version : versions()) {
      try (Stream<Path> files = Files.list(version)) {
        for (Path file : files.sorted().toList()) {
          JsonNode shape = JSON.readTree(file.toFile());
          String manifest = shape.path("manifest").asText();
          for (JsonNode message : shape.path("messages")) {
            reads.add(
                () -> {
                  try {
                    assertInstanceOf(NodeMessage.class, read(manifest, message));
                  } catch (IOException e) {
                    fail(
                        file
                            + " is not readable any more: "
                            + e.getMessage()
                            + ". Hosts of that version may still write so: give the change a"
                            + " default or a JacksonMigration. If none can be met any more, delete"
                            + " the file");
                  }
                });
          }
        }
      }
    }
    assertAll(reads);
  }

  @Test
  void aMessageIsReadAsWhatItMeant() {
    each(
        (type, message, written) ->
            assertEquals(message, read(serializer.manifest(message), written), "" + type));
  }

  @Test
  void aFieldThatANewerHostAddsIsSkipped() {
    each(
        (type, message, written) -> {
          ObjectNode more = written.deepCopy();
          more.putObject("invented").put("by", "a newer host");
          assertEquals(
              message, read(serializer.manifest(message), more), type + " with one more field");
        });
  }

  @Test
  void aFieldThatANewerHostAddsWithinAPartIsSkipped() {
    each(
        (type, message, written) -> {
          ObjectNode more = written.deepCopy();
          for (String part : List.of("request", "result", "failure", "facts", "task", "limits")) {
            if (more.get(part) instanceof ObjectNode within) {
              within.put("invented", "by a newer host");
            }
          }
          assertEquals(
              message,
              read(serializer.manifest(message), more),
              type + " with a part that has more");
        });
  }

  /** So that a field may be added. */
  @Test
  void anOptionalThatAnOlderHostDoesNotWriteIsEmpty() {
    each(
        (type, message, written) -> {
          for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType() == Optional.class) {
              Object read = read(serializer.manifest(message), without(written, component));
              assertEquals(Optional.empty(), valueOf(component, read), component.toString());
            }
          }
        });
  }

  /** Or a null and a 0 would turn up in an actor. */
  @Test
  void aMessageThatLacksAnythingElseIsRefused() {
    each(
        (type, message, written) -> {
          for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType() != Optional.class) {
              assertThrows(
                  IOException.class,
                  () -> read(serializer.manifest(message), without(written, component)),
                  type + " without " + component.getName());
            }
          }
        });
  }

  private interface Check {
    void on(Class<?> type, Object message, ObjectNode written) throws Exception;
  }

  private static void each(Check check) {
    assertAll(
        NodeMessageSamples.types().stream()
            .flatMap(type -> samples.of(type).stream())
            .map(
                message ->
                    () -> check.on(message.getClass(), message, (ObjectNode) onWire(message))));
  }

  private static ObjectNode without(ObjectNode message, RecordComponent component) {
    ObjectNode less = message.deepCopy();
    less.remove(component.getName());
    return less;
  }

  private static Object valueOf(RecordComponent component, Object record)
      throws ReflectiveOperationException {
    component.getAccessor().setAccessible(true);
    return component.getAccessor().invoke(record);
  }

  /** What the wire has, as a tree; there are no byte strings in it, which JSON could not show. */
  private static JsonNode onWire(Object message) throws IOException {
    return JSON.readTree(CBOR.readTree(serialization.serialize(message).get()).toString());
  }

  private static Object read(String manifest, JsonNode message) throws IOException {
    return serialization
        .deserialize(CBOR.writeValueAsBytes(message), serializer.identifier(), manifest)
        .get();
  }

  private static String file(Class<?> type) {
    return type.getName().replaceFirst(".*\\.", "").replace('$', '.') + ".json";
  }

  /** From the oldest on. */
  private static List<Path> versions() throws IOException {
    if (Files.notExists(DIRECTORY)) {
      return List.of();
    }
    try (Stream<Path> versions = Files.list(DIRECTORY)) {
      return versions
          .sorted(Comparator.comparing(path -> new Version(path.getFileName().toString())))
          .collect(Collectors.toList());
    }
  }
}
