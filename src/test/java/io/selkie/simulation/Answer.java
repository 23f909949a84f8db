package io.selkie.simulation;

import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskResult;

/** What a prover wrote. */
sealed interface Answer {
  record Result(TaskResult result) implements Answer {}

  record Trouble(Failure failure) implements Answer {}

  static Answer retry(String code) {
    return new Trouble(new Failure(Failure.Action.RETRY, code, code));
  }
}
