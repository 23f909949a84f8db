package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorSize;
import io.selkie.view.SectorHistory;
import io.selkie.view.SectorSummary;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The document says what the server does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
  private static final Pattern NAMED = Pattern.compile("\\{([a-z]+)}");

  @TempDir static Path state;
  private TestNode node;
  private JsonNode document;

  @BeforeAll
  void start() throws Exception {
    node = new TestNode(state);
    HttpResponse<String> response = node.send(node.anonymous("/openapi.json"));
    assertEquals(200, response.statusCode());
    document = new ObjectMapper().readTree(response.body());
  }

  @AfterAll
  void stop() throws IOException {
    node.close();
  }

  /** An operation as both sides can say it. */
  private record Said(
      String operation,
      String permission,
      Set<String> query,
      Set<String> path,
      Set<Integer> statuses,
      boolean body) {}

  @Test
  void itHasEveryEndpointAsItIsAndNoOther() {
    Map<String, Said> served = new TreeMap<>();
    for (Endpoint endpoint : node.table) {
      served.put(
          endpoint.method().name() + " " + endpoint.path(),
          new Said(
              endpoint.operation(),
              endpoint.permission().map(Permission::toString).orElse("none"),
              new TreeSet<>(endpoint.parameters()),
              NAMED
                  .matcher(endpoint.path())
                  .results()
                  .map(found -> found.group(1))
                  .collect(Collectors.toCollection(TreeSet::new)),
              new TreeSet<>(endpoint.statuses()),
              endpoint.readsBody()));
    }
    Map<String, Said> described = new TreeMap<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            described.put(
                                method.getKey().toUpperCase(java.util.Locale.ROOT)
                                    + " "
                                    + path.getKey(),
                                said(method.getValue()))));

    assertEquals(lines(served), lines(described));
  }

  private static String lines(Map<String, Said> table) {
    return table.entrySet().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }

  private static Said said(JsonNode operation) {
    boolean secured = !operation.get("security").isEmpty();
    assertEquals(secured, operation.has("x-permission"));
    Set<Integer> statuses = new TreeSet<>();
    operation
        .get("responses")
        .fieldNames()
        .forEachRemaining(code -> statuses.add(Integer.valueOf(code)));
    return new Said(
        operation.get("operationId").textValue(),
        operation.path("x-permission").asText("none"),
        parameters(operation, "query"),
        parameters(operation, "path"),
        statuses,
        operation.has("requestBody"));
  }

  private static Set<String> parameters(JsonNode operation, String place) {
    return StreamSupport.stream(operation.path("parameters").spliterator(), false)
        .filter(parameter -> parameter.get("in").textValue().equals(place))
        .map(parameter -> parameter.get("name").textValue())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void itsPathsBeginWhereTheServersDo() {
    assertEquals(Endpoint.BASE, document.get("servers").get(0).get("url").textValue());
  }

  @Test
  void everySchemaThatIsNamedIsThere() {
    Matcher references =
        Pattern.compile("#/components/schemas/([A-Za-z]+)").matcher(document.toString());
    while (references.find()) {
      assertTrue(
          document.get("components").get("schemas").has(references.group(1)), references.group(1));
    }
  }

  @Test
  void sizesAndFieldsAreThoseOfTheCode() {
    assertEquals(
        Arrays.stream(SectorSize.values()).map(SectorSize::toString).toList(),
        StreamSupport.stream(schema("SectorSize").get("enum").spliterator(), false)
            .map(JsonNode::textValue)
            .toList());
    assertEquals(fields(SectorSummary.class), properties("Summary"));
    assertEquals(fields(SectorHistory.class), properties("Event"));
  }

  private JsonNode schema(String name) {
    return document.get("components").get("schemas").get(name);
  }

  private List<String> properties(String schema) {
    Iterator<String> names = schema(schema).get("properties").fieldNames();
    Iterable<String> all = () -> names;
    return StreamSupport.stream(all.spliterator(), false).toList();
  }

  private static List<String> fields(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(field -> field.getName()).toList();
  }

  @Test
  void answersHaveTheFieldsThatItDescribes() throws Exception {
    node.readModel.add("s-t01000-1", "running");
    node.readModel.happens("s-t01000-1", "TaskRequested");
    node.operations.waiting = Map.of("task", "reason");
    node.operations.hosts = List.of(HostRoutesTest.HOST);
    Map<String, String> answers =
        Map.of(
            "/health", "Health",
            "/ready", "Readiness",
            "/waiting", "Waiting",
            "/sectors", "SectorList",
            "/storage", "StorageList",
            "/hosts", "HostList",
            "/sectors/s-t01000-1", "Sector",
            "/sectors/s-t01000-1/history", "History",
            "/nothing", "Error");

    for (Map.Entry<String, String> answer : answers.entrySet()) {
      JsonNode json = TestNode.json(node.send(node.to(answer.getKey())));
      assertFits(answer.getKey(), schema(answer.getValue()), json);
    }
  }

  /** Every field that must be there is, and every field that is there is described. */
  private void assertFits(String where, JsonNode given, JsonNode json) {
    JsonNode schema =
        given.has("$ref") ? schema(given.get("$ref").textValue().replaceAll(".*/", "")) : given;
    if (json.isArray()) {
      json.forEach(item -> assertFits(where + "[]", schema.get("items"), item));
    } else if (json.isObject() && schema.has("properties")) {
      schema.path("required").forEach(name -> assertTrue(json.has(name.textValue()), where + name));
      boolean open = schema.path("additionalProperties").asBoolean(false);
      json.properties()
          .forEach(
              field -> {
                JsonNode property = schema.get("properties").get(field.getKey());
                assertFalse(property == null && !open, where + "." + field.getKey());
                if (property != null) {
                  assertFits(where + "." + field.getKey(), property, field.getValue());
                }
              });
    }
  }
}
