package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.selftest.Provers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Selkie's command line in a process of its own, with its home, state and current directory in a
 * temporary one, and without any parameters.
 */
final class CliProcess {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final long LIMIT_SECONDS = 120;

  /** Several of this class may share a home. */
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Path home;
  private final String[] options;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Process> processes = new ArrayList<>();

  /**
   * Selkie in this home.
   *
   * @param options for Java, settings among them
   */
  CliProcess(Path home, String... options) {
    this.home = home;
    this.options = options.clone();
  }

  /** Whose provers do no proofs, with a chain that is quick; they hold where a test wants it. */
  static CliProcess standIn(Path home, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Dselkie.test.stand-in-proofs=on",
                "-Dselkie.test.failpoint-dir=" + home,
                "-Dselkie.dev-chain.block-time=20ms",
                "-Dselkie.dev-chain.precommit-challenge-delay=1",
                "-Dselkie.sector.first-retry=100ms"));
    options.addAll(List.of(more));
    return new CliProcess(home, options.toArray(String[]::new));
  }

  /** Sets a variable for all commands from here on. */
  CliProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
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
    /** Sends a signal, such as TERM. */
    void signal(String name) throws IOException, InterruptedException {
      String pid = Long.toString(process.pid());
      assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    /** kill -9. */
    Result kill() throws IOException, InterruptedException {
      process.destroyForcibly();
      return await();
    }

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
    return startLine(line(arguments));
  }

  /** The command line of Selkie with these arguments. */
  List<String> line(String... arguments) {
    List<String> line = new ArrayList<>(java(options));
    line.addAll(List.of(arguments));
    return line;
  }

  /** Starts {@code selkie dev} and waits until it serves. */
  Running startNode(String repo) throws Exception {
    Running node = start("dev", "--repo", repo, "--api-port", "0");
    await(node.process(), () -> Files.exists(state().resolve("api")));
    return node;
  }

  /** Starts any command line in this environment. */
  Running startLine(List<String> line) throws IOException {
    int started = STARTED.incrementAndGet();
    Path out = home.resolve("stdout-" + started);
    Path err = home.resolve("stderr-" + started);
    // Whoever runs the tests in the background of a script ignores INT, and so would its children.
    List<String> whole = new ArrayList<>(List.of("env", "--default-signal=INT"));
    whole.addAll(line);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("SELKIE_STATE_DIR", state().toString());
    builder.environment().put("FIL_PROOFS_PARAMETER_CACHE", home.resolve("none").toString());
    builder.environment().remove(NodeAddress.VARIABLE);
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return new Running(process, out, err);
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
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (System.nanoTime() < deadline) {
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
    return Provers.below(state());
  }

  /** Ends what a test left running, and what outlived its node. */
  void killAll() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    Provers.killBelow(state());
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
