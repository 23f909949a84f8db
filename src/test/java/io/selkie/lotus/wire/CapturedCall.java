package io.selkie.lotus.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A request of the real thing, and the answer of the real other side.
 *
 * @param to {@code worker} or {@code miner}
 */
record CapturedCall(String to, String source, JsonNode request, int status, JsonNode answer) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static List<CapturedCall> in(String name) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    CapturedCall.class.getResourceAsStream("/lotus/" + name), name),
                StandardCharsets.UTF_8))) {
      return lines.lines().map(CapturedCall::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CapturedCall parse(String line) {
    try {
      JsonNode json = JSON.readTree(line);
      return new CapturedCall(
          json.get("to").asText(),
          json.get("from").asText() + " " + json.get("seq").asText(),
          json.get("request"),
          json.get("status").asInt(),
          json.get("answer"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String method() {
    return request.get("method").asText();
  }

  @Override
  public String toString() {
    return to + " " + method() + " (" + source + ")";
  }
}
