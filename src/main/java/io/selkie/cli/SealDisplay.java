package io.selkie.cli;

import io.selkie.scheduler.TaskKind;
import java.util.Map;
import java.util.Optional;

/** Shows what a sector is doing as one task after the other. */
final class SealDisplay {
  /** The driver's states of which something is shown. */
  private static final Map<String, String> WAITS =
      Map.of(
          "PreCommitting", "waiting for the seed",
          "PreCommitWait", "waiting for the seed",
          "WaitSeed", "waiting for the seed",
          "SubmitCommit", "waiting for the chain to take the proof",
          "CommitWait", "waiting for the chain to take the proof");

  private final PhaseProgress progress;
  private String shown = "";
  private int partsDone;

  SealDisplay(PhaseProgress progress) {
    this.progress = progress;
  }

  void show(SectorReport report) {
    Optional<Phase> phase =
        report.phaseDone() ? Optional.empty() : report.phase().flatMap(Phase::of);
    String title = phase.map(Phase::toString).orElse(WAITS.getOrDefault(report.driver(), ""));
    if (!title.isEmpty() && !title.equals(shown)) {
      end();
      shown = title;
      partsDone = 0;
      progress.begin(title, phase.map(Phase::operation).orElse(""), parts(report));
    }
    if (report.phase().equals(Optional.of(TaskKind.ADD_PIECE))) {
      for (int added = report.pieces().size(); partsDone < added; partsDone++) {
        progress.partDone();
      }
    }
    report.progress().ifPresent(progress::onProgress);
  }

  /** Pieces are added one by one; of any other phase there is one. */
  private static int parts(SectorReport report) {
    return report.phase().equals(Optional.of(TaskKind.ADD_PIECE))
        ? Math.max(1, report.planned())
        : 1;
  }

  void end() {
    if (!shown.isEmpty()) {
      progress.end();
      shown = "";
    }
  }
}
