package io.selkie.scheduler;

import io.selkie.filecoin.SectorId;

/**
 * A task of a sector. Messages that name another attempt than the sector's own are stale.
 *
 * @param generation of the sector's files, from 1: going back to an earlier phase begins a new one
 * @param task number of the task in the sector's life, from 1
 * @param kind what the task does
 */
public record TaskId(SectorId sector, int generation, int task, TaskKind kind) {
  /** An attempt at this task, from 1. */
  public Attempt attempt(int number) {
    return new Attempt(this, number);
  }

  @Override
  public String toString() {
    return sector + ".g" + generation + ".t" + task + "." + kind;
  }

  /** One attempt at a task: what fences provers and their results. */
  public record Attempt(TaskId task, int number) {
    /** The name of its job directory, such as {@code s-t01000-1.g1.t2.PreCommit1.a1}. */
    @Override
    public String toString() {
      return task + ".a" + number;
    }
  }
}
