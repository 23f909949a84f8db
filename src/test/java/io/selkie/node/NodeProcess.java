package io.selkie.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own, with provers that do no proofs. */
final class NodeProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(90);

  private final Process process;
  private final Path output;

  private NodeProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a node below a directory and waits until it takes work.
   *
   * @param settings system properties
   */
  static NodeProcess start(Path directory, Map<String, String> settings)
      throws IOException, InterruptedException {
    return start(directory.resolve("repo"), directory.resolve("state"), settings);
  }

  /** Starts a node on a repo, which others may share, with a state directory of its own. */
  static NodeProcess start(Path repo, Path state, Map<String, String> settings)
      throws IOException, InterruptedException {
    Files.createDirectories(repo);
    Path output = Files.createTempFile(state.resolveSibling(""), "node-", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g", "-Xss512k"));
    command.add("-Dselkie.native.dir=" + System.getProperty("selkie.native.dir", "target/native"));
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeMain.class.getName()));
    command.add(repo.toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SELKIE_STATE_DIR", state.toString());
    NodeProcess node = new NodeProcess(builder.start(), output);
    node.awaitReady();
    return node;
  }

  private void awaitReady() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(START);
    while (!Files.readString(output).contains("ready")) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        process.destroyForcibly();
        throw new IOException("the node did not start:\n" + Files.readString(output));
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /** What the node wrote. */
  String log() throws IOException {
    return Files.readString(output);
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** TERM; gives the exit status. */
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the node does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
