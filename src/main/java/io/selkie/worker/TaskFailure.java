package io.selkie.worker;

import io.selkie.scheduler.Failure;

/** A task failed before the proofs had a say. */
final class TaskFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  TaskFailure(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
