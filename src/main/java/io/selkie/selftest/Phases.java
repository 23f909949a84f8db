package io.selkie.selftest;

import io.selkie.scheduler.TaskKind;
import java.util.Arrays;
import java.util.List;

/** The six phases of a sector. */
final class Phases {
  static final List<TaskKind> ALL =
      Arrays.stream(TaskKind.values()).filter(TaskKind::isPhase).toList();

  static final List<String> NAMES = ALL.stream().map(TaskKind::toString).toList();

  private Phases() {}
}
