package io.selkie.sector;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a sector besides what it is doing.
 *
 * @param generation of its files, from 1
 * @param tasks how many tasks were asked for so far
 * @param phase the latest phase that was begun, and {@code phaseDone} whether its result is there
 * @param filesOn the host that has its files
 * @param answers results of this generation, oldest first
 * @param lost that host, while it is gone
 * @param moves between hosts
 */
public record SectorFacts(
    SectorId sector,
    SealProofType proofType,
    int generation,
    int tasks,
    TaskKind phase,
    boolean phaseDone,
    Optional<HostId> filesOn,
    List<Answered> answers,
    Optional<HostId> lost,
    SectorMoves moves) {
  /** The list is copied. */
  public SectorFacts {
    answers = List.copyOf(answers);
  }

  /** Of a sector whose host is there. */
  public SectorFacts(
      SectorId sector,
      SealProofType proofType,
      int generation,
      int tasks,
      TaskKind phase,
      boolean phaseDone,
      Optional<HostId> filesOn,
      List<Answered> answers) {
    this(
        sector,
        proofType,
        generation,
        tasks,
        phase,
        phaseDone,
        filesOn,
        answers,
        Optional.empty(),
        SectorMoves.NONE);
  }

  /**
   * Whether the sector has its proof: what is added to it from here on is for an update, and its
   * phase stays as it is.
   */
  boolean isProved() {
    return phase.compareTo(TaskKind.COMMIT_2) >= 0 && phaseDone;
  }

  SectorFacts withLost(Optional<HostId> now) {
    return new SectorFacts(
        sector, proofType, generation, tasks, phase, phaseDone, filesOn, answers, now, moves);
  }

  SectorFacts withMoves(SectorMoves now) {
    return new SectorFacts(
        sector, proofType, generation, tasks, phase, phaseDone, filesOn, answers, lost, now);
  }

  /** A task more was asked for. */
  SectorFacts withTask(int number) {
    return new SectorFacts(
        sector, proofType, generation, number, phase, phaseDone, filesOn, answers, lost, moves);
  }

  SectorFacts on(HostId host) {
    return new SectorFacts(
        sector,
        proofType,
        generation,
        tasks,
        phase,
        phaseDone,
        Optional.of(host),
        answers,
        lost,
        moves);
  }

  /** Nothing of the sector is left anywhere. */
  SectorFacts withoutFiles() {
    return new SectorFacts(
        sector, proofType, generation, tasks, phase, phaseDone, Optional.empty(), List.of());
  }

  /** A task that gave its result, kept to answer the same request again. */
  public record Answered(TaskId task, String key, TaskRequest request, TaskResult result) {}
}
