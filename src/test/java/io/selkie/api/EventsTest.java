package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import akka.actor.CoordinatedShutdown;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.auth.Permission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsTest {
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node =
        new TestNode(
            state,
            settings ->
                new ApiSettings(
                    settings.host(),
                    settings.port(),
                    settings.answerTimeout(),
                    settings.stallTimeout(),
                    settings.requestTimeout(),
                    settings.idleTimeout(),
                    Duration.ofMillis(50),
                    settings.maxUnseals(),
                    settings.maxUploads(),
                    settings.tls()));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  /** A stream of events as a browser reads it. */
  private final class Events implements AutoCloseable {
    private final BufferedReader lines;

    Events(HttpRequest.Builder request) throws Exception {
      HttpResponse<InputStream> response =
          node.client.send(request.build(), BodyHandlers.ofInputStream());
      assertEquals(200, response.statusCode());
      assertEquals(
          "text/event-stream", response.headers().firstValue("Content-Type").orElseThrow());
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      assertEquals("retry: 2000", lines.readLine());
    }

    /** The next event, as its id and its data; heartbeats and empty lines are passed over. */
    String next() throws IOException {
      List<String> event = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && !event.isEmpty()) {
          assertEquals(3, event.size(), event.toString());
          assertEquals("event: sector", event.get(1));
          JsonNode data = new ObjectMapper().readTree(event.get(2).substring("data: ".length()));
          assertEquals("two\nlines", data.get("detail").get("text").textValue());
          return event.get(0).substring("id: ".length()) + " " + data.get("event").textValue();
        }
        if (!line.isEmpty() && !line.equals(":")) {
          event.add(line);
        }
      }
      return "the end";
    }

    String line() throws IOException {
      return String.valueOf(lines.readLine());
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  @Test
  void aStreamBeginsNowAndGoesOn() throws Exception {
    node.readModel.happens("s-t01000-1", "Before");
    try (Events events = new Events(node.to("/events"))) {
      node.readModel.happens("s-t01000-1", "First");
      assertEquals("2 First", events.next());
      node.readModel.happens("s-t01000-2", "Second");
      assertEquals("3 Second", events.next());
    }
  }

  @Test
  void aClientThatComesAgainMissesNothing() throws Exception {
    for (String event : List.of("A", "B", "C")) {
      node.readModel.happens("s-t01000-1", event);
    }
    try (Events events = new Events(node.to("/events").header("Last-Event-ID", "1"))) {
      assertEquals("2 B", events.next());
      assertEquals("3 C", events.next());
    }
    try (Events events = new Events(node.to("/events?after=0"))) {
      assertEquals("1 A", events.next());
    }
    try (Events events = new Events(node.to("/events?after=0").header("Last-Event-ID", "2"))) {
      assertEquals("3 C", events.next());
    }
  }

  @Test
  void aStreamCanBeOfOneSector() throws Exception {
    try (Events events = new Events(node.to("/events?sector=s-t01000-2"))) {
      node.readModel.happens("s-t01000-1", "NotThis");
      node.readModel.happens("s-t01000-2", "This");

      assertEquals("2 This", events.next());
    }
  }

  @Test
  void aStreamOnWhichNothingHappensSaysThatItLives() throws Exception {
    try (Events events = new Events(node.to("/events"))) {
      assertEquals("", events.line());
      assertEquals(":", events.line());
      assertEquals("", events.line());
      assertEquals(":", events.line());
    }
  }

  @Test
  void aStreamEndsWithItsToken() throws Exception {
    String token = node.tokens.create(Permission.READ, Duration.ofSeconds(2), "short");
    try (Events events =
        new Events(node.anonymous("/events").header("Authorization", "Bearer " + token))) {
      assertEquals("the end", events.next());
    }
  }

  @Test
  void aTokenMayLastLongerThanAnyTimer() throws Exception {
    String token = node.tokens.create(Permission.READ, Duration.ofDays(3650), "long");
    try (Events events =
        new Events(node.anonymous("/events").header("Authorization", "Bearer " + token))) {
      node.readModel.happens("s-t01000-1", "First");

      assertEquals("1 First", events.next());
    }
  }

  /** All of them come on a few connections that stay. */
  @Test
  void streamsThatNeverBeganDoNotCount() throws Exception {
    node.readModel.failure = ScriptedReadModel.away();
    for (int i = 0; i < 300; i++) {
      assertEquals("no_read_model", TestNode.error(node.send(node.to("/events"))));
    }
    node.readModel.failure = Optional.empty();

    try (Events events = new Events(node.to("/events"))) {
      node.readModel.happens("s-t01000-1", "First");
      assertEquals("1 First", events.next());
    }
  }

  @Test
  void aStreamEndsWhenTheDatabaseIsAway() throws Exception {
    try (Events events = new Events(node.to("/events"))) {
      node.readModel.failure = ScriptedReadModel.away();
      node.readModel.happens("s-t01000-1", "Unseen");

      assertEquals("the end", events.next());
    }
    HttpResponse<String> response = node.send(node.to("/events"));
    assertEquals(503, response.statusCode());
    assertEquals("no_read_model", TestNode.error(response));
  }

  @Test
  void placesThatCannotBeAreRefused() throws Exception {
    assertEquals(400, node.send(node.to("/events").header("Last-Event-ID", "x")).statusCode());
    assertEquals(400, node.send(node.to("/events?after=-1")).statusCode());
    assertEquals(400, node.send(node.to("/events?sector=s-t01000-01")).statusCode());
  }

  @Test
  void thereAreOnlySoManyStreams() throws Exception {
    List<Events> streams = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      streams.add(new Events(node.to("/events")));
    }

    HttpResponse<String> response = node.send(node.to("/events"));
    assertEquals(503, response.statusCode());
    assertEquals("too_many_streams", TestNode.error(response));

    streams.remove(0).close();
    TestNode.await(() -> opens());
    for (Events stream : streams) {
      stream.close();
    }
  }

  private boolean opens() {
    try (Events events = new Events(node.to("/events"))) {
      return true;
    } catch (AssertionError e) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void streamsEndWithTheNode() throws Exception {
    try (Events events = new Events(node.to("/events"))) {
      long begin = System.nanoTime();
      CoordinatedShutdown.get(node.kit.system()).runAll(CoordinatedShutdown.unknownReason());

      assertEquals("the end", events.next());
      assertFalse(Duration.ofNanos(System.nanoTime() - begin).toSeconds() > 4);
    }
  }
}
