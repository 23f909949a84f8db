package io.selkie.simulation;

import io.selkie.scheduler.TaskKind;
import io.selkie.sector.Sector;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who waits for an answer, in memory as long as that life.
 *
 * @param kind of the task that was asked for; empty: a task was to be ended or tried again
 */
record Ask(Optional<TaskKind> kind, Life life, Consumer<Sector.Answer> onAnswer)
    implements Consumer<Sector.Answer> {
  @Override
  public void accept(Sector.Answer answer) {
    if (!life.isOver()) {
      onAnswer.accept(answer);
    }
  }
}
