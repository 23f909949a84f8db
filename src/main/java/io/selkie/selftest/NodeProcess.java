package io.selkie.selftest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own: the directory holds its repo, its state and its log files. */
public final class NodeProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(90);

  /** What the start script, or the build, tells this process. */
  private static final List<String> INHERITED =
      List.of("selkie.native.dir", "selkie.native.variant", "logback.configurationFile");

  private final Process process;
  private final Path output;

  private NodeProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a node below a directory and waits until it takes work.
   *
   * @param settings in place of the defaults; the operator's own are not read
   * @throws IOException if it does not take work in time, with what it wrote
   */
  public static NodeProcess start(Path directory, Map<String, String> settings)
      throws IOException, InterruptedException {
    return start(directory.resolve("repo"), directory.resolve("state"), settings);
  }

  /** Starts a node on a repo, which others may share, with a state directory of its own. */
  public static NodeProcess start(Path repo, Path state, Map<String, String> settings)
      throws IOException, InterruptedException {
    return start(List.of(), repo, state, settings);
  }

  /**
   * The same in surroundings of its own.
   *
   * @param before words in front of its command, which become it, such as {@code ip netns exec
   *     NAME}
   */
  public static NodeProcess start(
      List<String> before, Path repo, Path state, Map<String, String> settings)
      throws IOException, InterruptedException {
    Files.createDirectories(repo);
    Path output = Files.createTempFile(state.resolveSibling(""), "node-", ".log");
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g", "-Xss512k"));
    for (String key : INHERITED) {
      String value = System.getProperty(key);
      if (value != null) {
        command.add("-D" + key + "=" + value);
      }
    }
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

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Where it writes. */
  Path output() {
    return output;
  }

  /** What the node wrote. */
  public String log() throws IOException {
    return Files.readString(output);
  }

  /** Its process. */
  public long pid() {
    return process.pid();
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * TERM.
   *
   * @return the exit status
   * @throws IOException if it does not end in time; it is killed then
   */
  public int terminate() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the node does not end within a minute of TERM");
    }
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
