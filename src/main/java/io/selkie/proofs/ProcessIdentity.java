package io.selkie.proofs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process, beyond the reuse of process ids: what a prover writes into {@code prover.json}.
 *
 * @param bootId which start of the host it belongs to
 * @param startTime clock ticks after that start (field 22 of {@code /proc/PID/stat})
 */
record ProcessIdentity(String bootId, long pid, long startTime) {
  /** The process table of this host. */
  static final Path PROC = Path.of("/proc");

  private static final int STATE = 0;
  private static final int START_TIME = 19;

  /** Refuses a missing part, as a damaged file would give. */
  ProcessIdentity {
    requireNonNull(bootId, "bootId");
  }

  /**
   * Reads a {@code prover.json}.
   *
   * @return empty if there is no such file
   * @throws com.fasterxml.jackson.core.JsonProcessingException if the file holds something else
   */
  static Optional<ProcessIdentity> read(Path file) throws IOException {
    try {
      // By the tree, since Jackson would make null of "null".
      JsonNode content = JsonProofs.JSON.readTree(Files.readAllBytes(file));
      return Optional.of(JsonProofs.JSON.treeToValue(object(content), ProcessIdentity.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static JsonNode object(JsonNode content) throws JsonProcessingException {
    if (!content.isObject()) {
      throw new JsonParseException(null, "this is no process");
    }
    return content;
  }

  /** The living process of this id; empty if there is none. */
  static Optional<ProcessIdentity> of(long pid, Path proc) throws IOException {
    Path stat = proc.resolve(Long.toString(pid)).resolve("stat");
    String text;
    try {
      text = Files.readString(stat);
    } catch (IOException e) {
      if (Files.exists(stat)) {
        throw e;
      }
      return Optional.empty(); // it ended, perhaps just now
    }
    // The name of the program, in parentheses, may hold anything; fields count from behind it.
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    // A zombie works no more, and nobody may ever reap it: the init of a container need not.
    boolean dead = fields[STATE].equals("Z") || fields[STATE].equals("X");
    return dead
        ? Optional.empty()
        : Optional.of(
            new ProcessIdentity(currentBoot(proc), pid, Long.parseLong(fields[START_TIME])));
  }

  static String currentBoot(Path proc) throws IOException {
    return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
  }

  boolean isAlive(Path proc) throws IOException {
    return of(pid, proc).equals(Optional.of(this));
  }

  /** Kills this process of this host, if it is alive, and never another one of the same id. */
  void kill() throws IOException {
    // The handle remembers when its process began, and refuses a later one.
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isPresent() && isAlive(PROC)) {
      handle.get().destroyForcibly();
    }
  }
}
