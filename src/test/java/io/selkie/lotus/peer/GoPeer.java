package io.selkie.lotus.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A program of src/test/go in a process of its own (its README has the commands and events): lines
 * go in, JSON objects come out.
 */
public final class GoPeer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Path BINARIES = build();

  private final Process process;
  private final Writer input;
  private final Path log;
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

  private GoPeer(Process process, Path log) {
    this.process = process;
    this.log = log;
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "events of " + log.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  private static Path build() {
    try {
      Process build =
          new ProcessBuilder("src/test/go/build.sh")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader output = build.inputReader(StandardCharsets.UTF_8)) {
        List<String> lines = output.lines().toList();
        if (build.waitFor() != 0 || lines.size() != 1) {
          throw new IllegalStateException("src/test/go/build.sh failed: run it by hand");
        }
        return Path.of(lines.get(0));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while building src/test/go", e);
    }
  }

  /**
   * Starts a program.
   *
   * @param directory gets its log
   */
  public static GoPeer start(Path directory, String program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(BINARIES.resolve(program).toString()));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(directory, program, ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    return new GoPeer(builder.start(), log);
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        events.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      // It was killed: what waits for an event says so.
    }
  }

  /** Gives it a line. */
  public void send(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  /** The next event of this name; those before it are dropped. */
  public JsonNode await(String event) throws InterruptedException, IOException {
    return await(event, found -> found.path("event").asText().equals(event));
  }

  /**
   * The next event that fits; those before it are dropped.
   *
   * @param what is awaited, for the reader of a failure
   */
  public JsonNode await(String what, Predicate<JsonNode> wanted)
      throws InterruptedException, IOException {
    return await(what, wanted, PATIENCE);
  }

  /** The same, for what takes long. */
  public JsonNode await(String what, Predicate<JsonNode> wanted, Duration patience)
      throws InterruptedException, IOException {
    List<JsonNode> before = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      JsonNode event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event != null && wanted.test(event)) {
        return event;
      }
      if (event != null) {
        before.add(event);
      } else if (!process.isAlive()) {
        throw new AssertionError("it ended before " + what + "; events " + before + "\n" + log());
      }
    }
    throw new AssertionError("still no " + what + "; events " + before + "\n" + log());
  }

  /** What it logged. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends it at once, as a crash would. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      input.close();
    } catch (IOException e) {
      // It is gone already.
    }
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
