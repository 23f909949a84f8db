package io.selkie.cli;

import java.util.Map;
import java.util.Optional;

/** Shows what a sector is doing as one task after the other. */
final class SealDisplay {
  /** The driver's steps of which something is shown. */
  private static final Map<String, String> WAITS =
      Map.of(
          "PreCommitting", "waiting for the seed",
          "PreCommitWait", "waiting for the seed",
          "WaitSeed", "waiting for the seed",
          "SubmitCommit", "waiting for the chain to take the proof",
          "CommitWait", "waiting for the chain to take the proof");

  private final PhaseProgress progress;
  private String shown = "";

  SealDisplay(PhaseProgress progress) {
    this.progress = progress;
  }

  void show(SectorReport report) {
    Optional<Phase> phase =
        report.phaseDone() ? Optional.empty() : report.phase().flatMap(Phase::of);
    String title = phase.map(Phase::toString).orElse(WAITS.getOrDefault(report.step(), ""));
    if (!title.isEmpty() && !title.equals(shown)) {
      end();
      shown = title;
      progress.begin(title, phase.map(Phase::operation).orElse(""));
    }
    report.progress().ifPresent(progress::onProgress);
  }

  void end() {
    if (!shown.isEmpty()) {
      progress.end();
      shown = "";
    }
  }
}
