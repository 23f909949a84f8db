package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Selkie's command line in a process of its own, with its home, state and current directory in a
 * temporary one, and without any parameters.
 */
final class CliProcess {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final long LIMIT_SECONDS = 120;

  private final Path home;
  private int started;

  CliProcess(Path home) {
    this.home = home;
  }

  /** What a command that ended said. */
  record Result(int status, String out, String err) {
    Result succeeded() {
      assertEquals(0, status, err);
      return this;
    }

    /** Failed with one line on stderr, which is the one expected, and nothing on stdout. */
    void failedWith(String line) {
      assertEquals(line + "\n", err);
      assertEquals("", out);
      assertEquals(1, status);
    }

    /** Stdout is one JSON object on one line. */
    JsonNode json() throws IOException {
      succeeded();
      assertEquals(1, out.lines().count(), out);
      JsonNode json = JSON.readTree(out);
      assertTrue(json.isObject(), out);
      return json;
    }
  }

  /** A command that runs. */
  record Running(Process process, Path out, Path err) {
    Result await() throws IOException, InterruptedException {
      assertTrue(
          process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "hangs: " + process.info());
      return new Result(process.exitValue(), text(out), text(err));
    }

    private static String text(Path file) throws IOException {
      return Files.readString(file, StandardCharsets.UTF_8);
    }
  }

  Result run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  Running start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(java());
    line.addAll(List.of(arguments));
    return startLine(line);
  }

  /** Starts any command line in this environment. */
  Running startLine(List<String> line) throws IOException {
    started++;
    Path out = home.resolve("stdout-" + started);
    Path err = home.resolve("stderr-" + started);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("SELKIE_STATE_DIR", state().toString());
    builder.environment().put("FIL_PROOFS_PARAMETER_CACHE", home.resolve("none").toString());
    return new Running(builder.start(), out, err);
  }

  /** What starts Selkie, up to the arguments. */
  static List<String> java(String... options) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    line.add(
        "-Dselkie.native.dir=" + Path.of(System.getProperty("selkie.native.dir")).toAbsolutePath());
    line.addAll(List.of(options));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), SelkieCli.class.getName()));
    return line;
  }

  Path state() {
    return home.resolve("state");
  }

  /** A file of random bytes, always the same for one length. */
  Path file(String name, int length) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return Files.write(home.resolve(name), content);
  }

  /** Waits until it holds, which the process must not end before. */
  static void await(Process process, Condition condition) throws Exception {
    for (int i = 0; i < LIMIT_SECONDS * 200; i++) {
      if (condition.holds()) {
        return;
      }
      boolean ended = process.waitFor(5, TimeUnit.MILLISECONDS);
      assertTrue(!ended || condition.holds(), "ended before what was waited for");
    }
    throw new AssertionError("waited in vain");
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits until no prover works on a job of this state directory; fails if one does for long. */
  void awaitNoProver() throws Exception {
    for (ProcessHandle prover : provers()) {
      prover.onExit().get(10, TimeUnit.SECONDS);
    }
    assertEquals(List.of(), provers());
  }

  List<ProcessHandle> provers() {
    Predicate<ProcessHandle> ours =
        process ->
            process
                .info()
                .commandLine()
                .filter(line -> line.contains("selkie-prover"))
                .filter(line -> line.contains(state().toString()))
                .isPresent();
    return ProcessHandle.allProcesses().filter(ours).toList();
  }

  /** Names below a directory, which may be missing. */
  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
