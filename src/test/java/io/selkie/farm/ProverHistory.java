package io.selkie.farm;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the provers of all hosts wrote down themselves, whatever became of their nodes. */
final class ProverHistory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LINE =
      Pattern.compile(
          "(?<at>\\S+) (?<pid>\\d+) (?<sector>s-t\\d+-\\d+)\\.g(?<generation>\\d+)\\.t(?<task>\\d+)"
              + "\\.(?<kind>\\w+)\\.a(?<attempt>\\d+) (?<what>started|completed)");

  /**
   * A prover notes its end after its result is there, so on a busy machine the next one may begin
   * before. What is at work for less is not looked at.
   */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final TestFarm farm;
  private final List<Run> runs;

  private ProverHistory(TestFarm farm, List<Run> runs) {
    this.farm = farm;
    this.runs = runs;
  }

  /**
   * One prover.
   *
   * @param completed when its result was there; empty: it never was
   */
  record Run(
      int host,
      long pid,
      String sector,
      int generation,
      int task,
      String kind,
      int attempt,
      Instant started,
      Optional<Instant> completed) {
    private static Run begun(int host, Matcher line) {
      return new Run(
          host,
          Long.parseLong(line.group("pid")),
          line.group("sector"),
          Integer.parseInt(line.group("generation")),
          Integer.parseInt(line.group("task")),
          line.group("kind"),
          Integer.parseInt(line.group("attempt")),
          Instant.parse(line.group("at")),
          Optional.empty());
    }

    private Run ended(Instant at) {
      return new Run(host, pid, sector, generation, task, kind, attempt, started, Optional.of(at));
    }

    /** The task, by its number. */
    String taskName() {
      return sector + " g" + generation + " t" + task;
    }

    private boolean wasAtWork(Instant at) {
      return !at.isBefore(started)
          && completed.filter(end -> at.isBefore(end.minus(LATE))).isPresent();
    }

    /** Commit2 touches no files of the sector: only two on one host are in each other's way. */
    private boolean mayMeet(Run other) {
      return host != other.host && (kind.equals("Commit2") || other.kind.equals("Commit2"));
    }

    @Override
    public String toString() {
      return taskName() + "." + kind + ".a" + attempt + " on host " + host;
    }
  }

  static ProverHistory of(TestFarm farm) throws IOException {
    List<Run> all = new ArrayList<>();
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      Path log = farm.state(host).resolve("provers.log");
      Map<String, Run> runs = new LinkedHashMap<>();
      for (String text : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
        Matcher line = LINE.matcher(text);
        if (line.matches()) {
          Run begun = Run.begun(host, line);
          String key = begun.pid() + " " + begun;
          if (line.group("what").equals("started")) {
            runs.put(key, begun);
          } else {
            runs.computeIfPresent(key, (same, run) -> run.ended(Instant.parse(line.group("at"))));
          }
        }
      }
      all.addAll(runs.values());
    }
    return new ProverHistory(farm, all);
  }

  List<Run> runs() {
    return runs;
  }

  /** Provers of a sector that were at work at the same time. */
  List<String> met() {
    List<String> met = new ArrayList<>();
    for (Run one : runs) {
      for (Run other : runs) {
        if (!one.equals(other)
            && one.sector().equals(other.sector())
            && !one.mayMeet(other)
            && other.wasAtWork(one.started())) {
          met.add(one + " began while " + other + " was at work");
        }
      }
    }
    return met;
  }

  /** Hosts that had more provers of a phase, or of all, than their settings allow. */
  List<String> limitsPassed() throws IOException {
    List<String> passed = new ArrayList<>();
    for (Run begun : runs) {
      List<Run> beside =
          runs.stream()
              .filter(run -> run.host() == begun.host() && !run.equals(begun))
              .filter(run -> run.wasAtWork(begun.started()))
              .toList();
      long same = 1 + beside.stream().filter(run -> run.kind().equals(begun.kind())).count();
      String bound = "selkie.parallel." + begun.kind().toLowerCase(Locale.ROOT);
      if (!begun.kind().equals("Finalize") && same > farm.number(begun.host(), bound)) {
        passed.add(begun + " was one of " + same + ", above " + bound);
      }
      if (beside.size() + 1 > farm.number(begun.host(), "selkie.max-tasks")) {
        passed.add(begun + " began beside " + beside + ", above selkie.max-tasks");
      }
    }
    return passed;
  }

  /** Jobs of these sectors that have a living prover. */
  static Collection<String> alive(TestFarm farm, Collection<String> sectors) throws IOException {
    Collection<String> alive = new TreeSet<>();
    for (int host = 0; host < TestFarm.HOSTS; host++) {
      try (Stream<Path> jobs = Files.list(farm.state(host).resolve("jobs"))) {
        for (Path job : jobs.toList()) {
          String name = job.getFileName().toString();
          if (sectors.contains(name.replaceFirst("\\..*", "")) && isAlive(job)) {
            alive.add(name + " on host " + host);
          }
        }
      }
    }
    return alive;
  }

  private static boolean isAlive(Path job) throws IOException {
    try {
      long pid = JSON.readTree(Files.readAllBytes(job.resolve("prover.json"))).path("pid").asLong();
      return ProcessHandle.of(pid)
          .flatMap(process -> process.info().command())
          .filter(command -> command.endsWith("selkie-prover"))
          .isPresent();
    } catch (NoSuchFileException e) {
      return false; // removed by now
    }
  }
}
