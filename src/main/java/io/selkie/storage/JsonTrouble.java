package io.selkie.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.nio.file.Path;

/** Words for what is wrong with a JSON file. */
final class JsonTrouble {
  private JsonTrouble() {}

  /** A failure of one line that names the file. */
  static IOException in(Path file, String expected, JsonProcessingException e) {
    boolean refused = e instanceof ValueInstantiationException && e.getCause() != null;
    Throwable cause = refused ? e.getCause() : null;
    String why = cause == null ? e.getOriginalMessage() : String.valueOf(cause.getMessage());
    String line = why.lines().findFirst().orElse("");
    return new IOException(file + " is not " + expected + ": " + line, e);
  }
}
