package io.selkie.scheduler;

import io.selkie.filecoin.SectorId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A task of a sector. Messages that name another attempt than the sector's own are stale.
 *
 * @param generation of the sector's files, from 1: going back to an earlier phase begins a new one
 * @param task number of the task in the sector's life, from 1
 * @param kind what the task does
 */
public record TaskId(SectorId sector, int generation, int task, TaskKind kind) {
  /** An attempt at this task, from 1; 0 where none was made yet. */
  public Attempt attempt(int number) {
    return new Attempt(this, number);
  }

  /**
   * Whether the sector asked for this task after the other. It works on one task at a time, so the
   * older one is over.
   *
   * @throws IllegalArgumentException if the other is of another sector
   */
  public boolean isNewerThan(TaskId other) {
    if (!sector.equals(other.sector)) {
      throw new IllegalArgumentException(this + " and " + other + " are of two sectors");
    }
    return generation == other.generation ? task > other.task : generation > other.generation;
  }

  @Override
  public String toString() {
    return sector + ".g" + generation + ".t" + task + "." + kind;
  }

  /** One attempt at a task: what fences provers and their results. */
  public record Attempt(TaskId task, int number) {
    private static final String COUNT = "([1-9][0-9]{0,9})";
    private static final Pattern NAME =
        Pattern.compile(
            "([^.]+)\\.g" + COUNT + "\\.t" + COUNT + "\\.([A-Za-z0-9]+)\\.a" + COUNT,
            Pattern.DOTALL);

    /**
     * Parses the name of a job directory in its one canonical spelling.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Attempt parse(String text) {
      Matcher name = NAME.matcher(text);
      if (!name.matches()) {
        throw new IllegalArgumentException("not the name of an attempt: \"" + text + "\"");
      }
      try {
        TaskId task =
            new TaskId(
                SectorId.parse(name.group(1)),
                Integer.parseInt(name.group(2)),
                Integer.parseInt(name.group(3)),
                TaskKind.of(name.group(4)));
        return task.attempt(Integer.parseInt(name.group(5)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("not the name of an attempt: \"" + text + "\"", e);
      }
    }

    /** Whether a host may have worked on it. */
    public boolean wasMade() {
      return number > 0;
    }

    /** The sector whose attempt it is. */
    public SectorId sector() {
      return task.sector();
    }

    /**
     * Whether the sector made this attempt after the other, at the same task or a later one.
     *
     * @throws IllegalArgumentException if the other is of another sector
     */
    public boolean isNewerThan(Attempt other) {
      return task.isNewerThan(other.task)
          || (!other.task.isNewerThan(task) && number > other.number);
    }

    /** The name of its job directory, such as {@code s-t01000-1.g1.t2.PreCommit1.a1}. */
    @Override
    public String toString() {
      return task + ".a" + number;
    }
  }
}
