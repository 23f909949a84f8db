package io.selkie.worker;

import akka.Done;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Runs attempts on this host. What it runs outlives the worker, and the node if it can. */
public interface TaskRunner {
  /**
   * The attempts that have a job here, running or ended, or that somebody works on. May block for a
   * moment.
   */
  Set<TaskId.Attempt> present();

  /**
   * Runs an attempt, or goes on with it: one that has a job here is not begun again. Does not
   * block.
   *
   * @param environment of its prover, on top of what all have; one that works already keeps its own
   * @param onDurable called once the attempt survives a crash of this process, from any thread
   * @return completes when the attempt ended; a failure to find that out fails it
   */
  CompletionStage<Ended> run(
      TaskId.Attempt attempt,
      TaskRequest request,
      Map<String, String> environment,
      Runnable onDurable);

  /**
   * Ends an attempt, whatever it is doing; also one that has no job here. Does not block.
   *
   * @return completes when nothing works on the attempt any more; fails if that is not certain
   */
  CompletionStage<Done> stop(TaskId.Attempt attempt);

  /**
   * Removes what the stopped attempt has written for itself: layers of a PreCommit1, say, which
   * nobody is to take up again. Only said of an attempt that nothing works on, and whose sector has
   * no newer one here. May be repeated, also while it is under way. Does not block.
   *
   * @return completes when it is done, or cannot be done, which is logged
   */
  CompletionStage<Done> discard(TaskId.Attempt attempt);

  /** Forgets an attempt that has ended. May be done later; may be repeated. */
  void remove(TaskId.Attempt attempt);
}
