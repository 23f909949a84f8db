package io.selkie.selftest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The provers of a node, by what they leave in its state directory; the node need not run. */
public final class Provers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration END = Duration.ofSeconds(30);

  /** A line of {@code provers.log}. */
  private static final Pattern LINE =
      Pattern.compile(
          "\\S+ (\\d+) (s-t\\d+-\\d+)\\.g(\\d+)\\.t\\d+\\.(\\w+)\\.a\\d+ (started|completed)");

  private final Path state;

  Provers(Path state) {
    this.state = state;
  }

  /**
   * What a prover noted.
   *
   * @param pid of the prover
   * @param phase such as {@code PreCommit1}
   * @param completed rather than started
   */
  record Note(long pid, String sector, int generation, String phase, boolean completed) {
    private static Note of(Matcher line) {
      return new Note(
          Long.parseLong(line.group(1)),
          line.group(2),
          Integer.parseInt(line.group(3)),
          line.group(4),
          line.group(5).equals("completed"));
    }
  }

  /** All notes, in the order in which they were made. */
  List<Note> notes() throws IOException {
    return Files.readAllLines(state.resolve("provers.log")).stream()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(Note::of)
        .toList();
  }

  /** How often each phase of a sector was completed in a generation. */
  Map<String, Long> completed() throws IOException {
    return notes().stream()
        .filter(Note::completed)
        .collect(
            Collectors.groupingBy(
                note -> note.sector() + " " + note.phase() + " g" + note.generation(),
                TreeMap::new,
                Collectors.counting()));
  }

  /** The provers that work on the sector now. */
  Set<Long> alive(String sector) throws IOException {
    return ofJobs(sector + ".");
  }

  /** kill -9 of every prover of the sector. */
  void kill(String sector) throws IOException {
    alive(sector).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  /**
   * kill -9 of every prover of the nodes whose state lies below a directory, of those that wait for
   * a job too. When it returns they are gone, and write nothing there any more.
   *
   * @throws IOException if one does not end
   */
  public static void killBelow(Path directory) throws IOException, InterruptedException {
    for (ProcessHandle prover : below(directory)) {
      prover.destroyForcibly();
      try {
        prover.onExit().get(END.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("prover process " + prover.pid() + " was killed and does not end", e);
      }
    }
  }

  /** The provers of the nodes whose state lies below a directory. */
  public static List<ProcessHandle> below(Path directory) {
    return ProcessHandle.allProcesses().filter(process -> worksBelow(process, directory)).toList();
  }

  private static boolean worksBelow(ProcessHandle process, Path directory) {
    ProcessHandle.Info info = process.info();
    List<String> words =
        Stream.concat(info.command().stream(), info.arguments().stream().flatMap(Arrays::stream))
            .toList();
    return words.stream().anyMatch(word -> word.endsWith("/selkie-prover"))
        && Path.of(words.get(words.size() - 1)).startsWith(directory.toAbsolutePath());
  }

  private Set<Long> ofJobs(String prefix) throws IOException {
    Set<Long> pids = new TreeSet<>();
    try (Stream<Path> directories = Files.list(state.resolve("jobs"))) {
      for (Path job : directories.toList()) {
        if (job.getFileName().toString().startsWith(prefix)) {
          pid(job).filter(Provers::isProver).ifPresent(pids::add);
        }
      }
    }
    return pids;
  }

  private static Optional<Long> pid(Path job) throws IOException {
    try {
      byte[] identity = Files.readAllBytes(job.resolve("prover.json"));
      return Optional.of(JSON.readTree(identity).path("pid").asLong());
    } catch (NoSuchFileException e) {
      return Optional.empty(); // not started yet, or removed by now
    }
  }

  /** The pid may be another's by now. */
  private static boolean isProver(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .filter(command -> command.endsWith("selkie-prover"))
        .isPresent();
  }
}
