package io.selkie.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Server-sent events (HTML standard, 9.2.6), one after the other. */
final class EventStream implements AutoCloseable {
  private final InputStream body;
  private final BufferedReader lines;
  private String id = "";

  EventStream(InputStream body) {
    this.body = body;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /**
   * An event.
   *
   * @param id of the latest event that had one, to go on behind it; may be empty
   */
  record Event(String id, String data) {}

  /** Waits for the next event with data; empty at the end of the stream. */
  Optional<Event> next() throws IOException {
    StringBuilder data = new StringBuilder();
    for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty() && data.length() > 0) {
        return Optional.of(new Event(id, data.substring(0, data.length() - 1)));
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "data" -> data.append(value).append('\n');
        case "id" -> id = value;
        default -> {} // a comment keeps the connection alive; other fields say nothing to us
      }
    }
    return Optional.empty();
  }

  /** Ends a {@link #next} of another thread, too: a reader would wait for that thread. */
  @Override
  public void close() throws IOException {
    body.close();
  }
}
