package io.selkie.selftest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The provers of a node, by what they leave in its state directory; the node need not run. */
final class Provers {
  private static final ObjectMapper JSON = new ObjectMapper();

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
    kill(alive(sector));
  }

  /** kill -9 of every prover of the node. */
  void killAll() throws IOException {
    if (Files.isDirectory(state.resolve("jobs"))) {
      kill(ofJobs(""));
    }
  }

  private static void kill(Set<Long> pids) {
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
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
