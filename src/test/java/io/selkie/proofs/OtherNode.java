package io.selkie.proofs;

import io.selkie.filecoin.SectorSize;
import io.selkie.params.ParameterSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A node in a JVM of its own, started in a directory and an environment that a test chooses. {@code
 * main} is what runs there.
 */
final class OtherNode {
  private static final byte[] ABOUT =
      "{\"abi\":1,\"call\":{\"op\":\"about\"}}".getBytes(StandardCharsets.UTF_8);

  private OtherNode() {}

  /** What the prover of such a node says of its build and settings, as JSON. */
  static String aboutItsProver(Path cwd) throws IOException, InterruptedException {
    return run(cwd, "about").get(0);
  }

  /** Why the library inside such a node refuses to work. */
  static String refusalOfItsLibrary(Path cwd) throws IOException, InterruptedException {
    return run(cwd, "here").get(0);
  }

  /** The environment of the prover of such a node, {@code NAME=value}. */
  static List<String> environmentOfItsProver(Path cwd, String name, String value)
      throws IOException, InterruptedException {
    return run(cwd, "environment", name, value);
  }

  /** Starts such a node with work for minutes, and returns it once its prover works. */
  static Working working(Path cwd) throws IOException, InterruptedException {
    return working(cwd, "work");
  }

  /**
   * Starts such a node with the job of {@link NodeJobsIT}, and returns it once its prover labels.
   * The prover is halted there by SIGSTOP.
   */
  static Working labelling(Path cwd) throws IOException, InterruptedException {
    return working(cwd, "label");
  }

  private static Working working(Path cwd, String mode) throws IOException, InterruptedException {
    Path pid = cwd.resolve("pid");
    Process node = start(cwd, mode, pid);
    while (!Files.exists(pid)) {
      if (!node.isAlive()) {
        throw new AssertionError(Files.readString(cwd.resolve("log")));
      }
      Thread.onSpinWait();
    }
    return new Working(node, Long.parseLong(Files.readString(pid)));
  }

  /** A node and the process id of its prover. */
  record Working(Process node, long prover) {}

  private static List<String> run(Path cwd, String mode, String... variable)
      throws IOException, InterruptedException {
    Path out = cwd.resolve("out");
    Process process = start(cwd, mode, out, variable);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(Files.readString(cwd.resolve("log")));
    }
    return Files.readAllLines(out);
  }

  private static Process start(Path cwd, String mode, Path out, String... variable)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dselkie.native.dir="
                    + RealProofs.library().library().resolve("../..").normalize(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherNode.class.getName(),
                mode,
                out.toString())
            .directory(cwd.toFile())
            .redirectErrorStream(true)
            .redirectOutput(cwd.resolve("log").toFile());
    if (variable.length > 0) {
      builder.environment().put(variable[0], variable[1]);
    }
    return builder.start();
  }

  /** Writes what the mode asks for into a file. */
  public static void main(String[] arguments) throws Exception {
    Path out = Path.of(arguments[1]);
    Path jobs = Path.of("jobs").toAbsolutePath();
    switch (arguments[0]) {
      case "about" -> Files.write(out, RealProofs.provers(jobs).exchange(ABOUT));
      case "here" -> Files.write(out, RealProofs.here().exchange(ABOUT));
      case "environment" -> Files.write(out, environment(jobs));
      case "label" -> label(jobs, out);
      default -> work(jobs, prover -> write(out, Long.toString(prover.pid())));
    }
  }

  private static void label(Path jobs, Path out) throws ProofsException, IOException {
    NodeJobsIT.label(
        jobs,
        progress -> {
          if (progress.stage().equals("layer") && !Files.exists(out)) {
            try {
              ProcessIdentity prover =
                  ProcessIdentity.read(jobs.resolve(NodeJobsIT.JOB).resolve("prover.json"))
                      .orElseThrow();
              NodeJobsIT.signal("STOP", prover.pid());
              write(out, Long.toString(prover.pid()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }

  /** Reads the environment of a prover with long work, then calls it off. */
  private static List<String> environment(Path jobs) throws ProofsException, IOException {
    Path copy = jobs.resolveSibling("environ");
    Thread caller = Thread.currentThread();
    try {
      work(
          jobs,
          prover -> {
            write(copy, read(Path.of("/proc", Long.toString(prover.pid()), "environ")));
            caller.interrupt();
          });
    } catch (ProofsException e) {
      // The interrupt has done its work; anything else has not.
      if (!Thread.interrupted()) {
        throw e;
      }
    }
    return Stream.of(read(copy).split("\0", -1)).filter(v -> !v.isEmpty()).toList();
  }

  /** Work for half a minute; once the prover works, it is handed over. */
  private static void work(Path jobs, Consumer<ProcessHandle> whenItWorks)
      throws ProofsException, IOException {
    Path parameters = Files.createDirectories(jobs.resolveSibling("p"));
    AtomicBoolean seen = new AtomicBoolean();
    RealProofs.provers(jobs)
        .with("FIL_PROOFS_PARAMETER_CACHE", parameters.toString())
        .listening(
            progress -> {
              if (!seen.getAndSet(true)) {
                whenItWorks.accept(KilledProver.proversOf(jobs).findAny().orElseThrow());
              }
            })
        .generateParameters(SectorSize.KIB_2, ParameterSet.WINDOW_POST);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whole or not at all, since a test waits for it. */
  private static void write(Path file, String text) {
    try {
      Path temporary = Files.writeString(file.resolveSibling(file.getFileName() + ".tmp"), text);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
