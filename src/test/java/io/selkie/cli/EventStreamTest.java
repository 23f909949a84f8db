package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  @Test
  void givesOneEventAfterTheOther() throws IOException {
    assertEquals(
        List.of(
            new EventStream.Event("1", "{\"a\":1}"),
            new EventStream.Event("1", "two\nlines"),
            new EventStream.Event("4", "")),
        events(
            "retry: 2000||:||id: 1|event: sector|data: {\"a\":1}||".replace('|', '\n')
                + "data:two|data: lines||:||".replace('|', '\n')
                + "id: 4|data||".replace("|", "\r\n")));
  }

  @Test
  void anEventThatBreaksOffIsNone() throws IOException {
    assertEquals(List.of(), events("id: 1\ndata: half"));
    assertEquals(List.of(), events(""));
  }

  private static List<EventStream.Event> events(String text) throws IOException {
    List<EventStream.Event> events = new ArrayList<>();
    try (EventStream stream =
        new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      for (Optional<EventStream.Event> event = stream.next();
          event.isPresent();
          event = stream.next()) {
        events.add(event.get());
      }
    }
    return events;
  }
}
