package io.selkie.worker;

import akka.Done;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A runner whose jobs do what the test says, and outlive the worker as real ones do. */
final class ScriptedRunner implements TaskRunner {
  static final Ended DONE =
      new Ended.Succeeded(
          Instant.EPOCH, Instant.EPOCH.plusSeconds(3), 2048, new TaskResult.FilesRemoved());
  static final Ended KILLED =
      new Ended.Failed(
          Instant.EPOCH,
          Instant.EPOCH.plusSeconds(3),
          new Failure(Failure.Action.RETRY, "died", "killed"));

  private final Set<TaskId.Attempt> jobs = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<TaskId.Attempt, CompletableFuture<Ended>> ends =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<TaskId.Attempt, CompletableFuture<Done>> deaths =
      new ConcurrentHashMap<>();
  private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
  private final ConcurrentMap<TaskId.Attempt, Map<String, String>> environments =
      new ConcurrentHashMap<>();
  private volatile boolean failing;

  @Override
  public Set<TaskId.Attempt> present() {
    return Set.copyOf(jobs);
  }

  @Override
  public CompletionStage<Ended> run(
      TaskId.Attempt attempt,
      TaskRequest request,
      Map<String, String> environment,
      Runnable onDurable) {
    calls.add("run " + attempt);
    environments.put(attempt, environment);
    jobs.add(attempt);
    onDurable.run();
    return end(attempt);
  }

  @Override
  public CompletionStage<Done> stop(TaskId.Attempt attempt) {
    calls.add("stop " + attempt);
    return deaths.computeIfAbsent(attempt, key -> new CompletableFuture<>());
  }

  @Override
  public CompletionStage<Done> discard(TaskId.Attempt attempt) {
    calls.add("discard " + attempt);
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public void remove(TaskId.Attempt attempt) {
    if (failing) {
      failing = false;
      throw new IllegalStateException("a bug");
    }
    calls.add("remove " + attempt);
    jobs.remove(attempt);
  }

  /** What the prover of the attempt was started with. */
  Map<String, String> environmentOf(TaskId.Attempt attempt) {
    return environments.getOrDefault(attempt, Map.of());
  }

  /** There is a job from an earlier life. */
  void has(TaskId.Attempt attempt) {
    jobs.add(attempt);
  }

  private CompletableFuture<Ended> end(TaskId.Attempt attempt) {
    return ends.computeIfAbsent(attempt, key -> new CompletableFuture<>());
  }

  /** The attempt ends so, now or when it is asked for. */
  void ends(TaskId.Attempt attempt, Ended how) {
    end(attempt).complete(how);
  }

  void failsToEnd(TaskId.Attempt attempt, String why) {
    end(attempt).completeExceptionally(new IllegalStateException(why));
  }

  /** A stop of the attempt succeeds: its prover is dead. */
  void dies(TaskId.Attempt attempt) {
    deaths.computeIfAbsent(attempt, key -> new CompletableFuture<>()).complete(Done.getInstance());
    end(attempt).complete(KILLED);
  }

  /** The next removal throws. */
  void failsOnce() {
    failing = true;
  }

  /** The next call, waited for. */
  String nextCall() throws InterruptedException {
    String call = calls.poll(10, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("nothing was called");
    }
    return call;
  }

  boolean isQuiet() {
    return calls.isEmpty();
  }
}
