package io.selkie.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * By which request a seal goes on: on disk from before the node hears of it until it ends, so that
 * the same command after a crash means the same sector, and after its end a new one.
 */
final class RequestFile {
  private static final ObjectMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private final Path file;
  private Content content;

  /**
   * What the file holds.
   *
   * @param sector that the node began for the request, once it said so
   */
  private record Content(UUID request, Optional<SectorId> sector) {
    Content {
      if (request == null || sector == null) {
        throw new IllegalArgumentException("not a whole request");
      }
    }
  }

  private RequestFile(Path file, Content content) {
    this.file = file;
    this.content = content;
  }

  /**
   * Where the request of a seal lies: it is told apart by its files, their lengths and times, and
   * the size of the sector.
   *
   * @param directory where such files lie
   * @param node what tells nodes apart that share the directory
   */
  static Path in(Path directory, SealRequest files, String node) {
    String name = files.size() + "\n" + node + "\n" + String.join("\n", files.describe());
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return directory.resolve(id + ".request");
  }

  /** The request of an interrupted seal, else a new one. */
  static RequestFile resumeOrBegin(Path file) throws IOException {
    Optional<Content> found = read(file);
    if (found.isPresent()) {
      return new RequestFile(file, found.get());
    }
    RequestFile request = new RequestFile(file, new Content(UUID.randomUUID(), Optional.empty()));
    request.write();
    return request;
  }

  private static Optional<Content> read(Path file) throws IOException {
    try {
      @Nullable Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
      return Optional.ofNullable(content);
    } catch (NoSuchFileException | JsonProcessingException e) {
      return Optional.empty(); // damaged is as good as missing: nothing to go on with
    }
  }

  /** The same files again, but for another sector: the one of before is gone. */
  void beginAnew() throws IOException {
    content = new Content(UUID.randomUUID(), Optional.empty());
    write();
  }

  /** What the node knows the seal by. */
  UUID request() {
    return content.request();
  }

  /** The sector, if the node named it. */
  Optional<SectorId> sector() {
    return content.sector();
  }

  /** The node named the sector. */
  void begun(SectorId sector) throws IOException {
    content = new Content(content.request(), Optional.of(sector));
    write();
  }

  /** The seal is over: nothing is left to go on with. */
  void end() throws IOException {
    Files.deleteIfExists(file);
  }

  private void write() throws IOException {
    Durable.replace(file, JSON.writeValueAsBytes(content));
  }
}
