package io.selkie.lotus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.selkie.filecoin.Multiaddr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The table {@code [API]} of a {@code config.toml}, as Lotus has it in the repo of a miner. Its
 * {@code Timeout} is looked at and not used, as by Lotus itself.
 *
 * @param listen where it listens, {@code ListenAddress}
 * @param remote where others reach it, {@code RemoteListenAddress}
 */
public record ApiConfig(Optional<HostPort> listen, Optional<HostPort> remote) {
  /** Where Lotus's miner listens if the file does not say. */
  static final HostPort MINER = new HostPort("127.0.0.1", 2345);

  private static final ApiConfig NOTHING = new ApiConfig(Optional.empty(), Optional.empty());
  private static final TomlMapper TOML = new TomlMapper();
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern DURATION =
      Pattern.compile("0|([0-9]+(\\.[0-9]*)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+");

  /**
   * Reads that of a repo.
   *
   * @return empty if the repo has no such file
   * @throws IOException if it cannot be understood; one line that names the file and the key, and
   *     nothing of what else stands there
   */
  public static Optional<ApiConfig> in(Path repo) throws IOException {
    Path file = repo.resolve("config.toml");
    JsonNode table;
    try {
      table = member(TOML.readTree(text(file)), "API");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      // Without the words of the library: they repeat the line, which may hold a secret.
      String where =
          Optional.ofNullable(e.getLocation())
              .map(place -> ": look at line " + place.getLineNr())
              .orElse("");
      throw new IOException(file + " is no TOML" + where, e);
    }
    if (table.isMissingNode()) {
      return Optional.of(NOTHING);
    }
    Optional<String> timeout = word(file, table, "Timeout");
    if (timeout.filter(given -> !DURATION.matcher(given).matches()).isPresent()) {
      throw new IOException(file + ": [API] Timeout is no duration such as 30s");
    }
    return Optional.of(new ApiConfig(listen(file, table), remote(file, table)));
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(file + " has more than a megabyte: it is no config.toml of Lotus");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static Optional<HostPort> listen(Path file, JsonNode table) throws IOException {
    Optional<String> given = word(file, table, "ListenAddress");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    try {
      Multiaddr address = Multiaddr.parse(given.get());
      return Optional.of(new HostPort(address.host(), address.port()));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file + ": [API] ListenAddress is no address such as /ip4/127.0.0.1/tcp/2345/http", e);
    }
  }

  private static Optional<HostPort> remote(Path file, JsonNode table) throws IOException {
    Optional<String> given = word(file, table, "RemoteListenAddress");
    try {
      return given.map(HostPort::parse);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file + ": [API] RemoteListenAddress is no address such as 10.0.0.5:2345", e);
    }
  }

  /** Empty text is as good as none. */
  private static Optional<String> word(Path file, JsonNode table, String key) throws IOException {
    JsonNode value = member(table, key);
    if (!value.isMissingNode() && !value.isTextual()) {
      throw new IOException(file + ": [API] " + key + " is no text in quotation marks");
    }
    return Optional.of(value.asText("")).filter(text -> !text.isBlank());
  }

  /** Lotus's reader does not mind capitals. */
  private static JsonNode member(JsonNode table, String name) {
    return table.properties().stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .min(Comparator.comparing(field -> !field.getKey().equals(name)))
        .map(Map.Entry::getValue)
        .orElseGet(MissingNode::getInstance);
  }
}
