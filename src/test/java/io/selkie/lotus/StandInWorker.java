package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.lotus.wire.LotusTask;
import io.selkie.lotus.wire.StoragePathInfo;
import io.selkie.lotus.wire.TaskResources;
import io.selkie.lotus.wire.TaskTypes;
import io.selkie.lotus.wire.WorkerApi;
import io.selkie.lotus.wire.WorkerInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A worker as the miner knows it, from its registration until its session ends. */
public final class StandInWorker {
  private static final Duration SELECTOR = Duration.ofSeconds(5);

  private final UUID session;
  private final String url;
  private final WorkerApi api;
  private final WorkerInfo info;
  private final Set<LotusTask> firstTasks;
  private final Map<LotusTask, Integer> running = new ConcurrentHashMap<>();
  private volatile boolean enabled = true;

  StandInWorker(
      UUID session, String url, WorkerApi api, WorkerInfo info, Set<LotusTask> firstTasks) {
    this.session = session;
    this.url = url;
    this.api = api;
    this.info = info;
    this.firstTasks = firstTasks;
  }

  /** Its id. */
  public UUID session() {
    return session;
  }

  /** As it gave it. */
  public String url() {
    return url;
  }

  /** To call it with the token of its registration. */
  public WorkerApi api() {
    return api;
  }

  /** As it was at the registration. */
  public WorkerInfo info() {
    return info;
  }

  /** What it took at the registration. */
  public Set<LotusTask> firstTasks() {
    return firstTasks;
  }

  /** Whether it answered when it was last asked for its session. */
  public boolean enabled() {
    return enabled;
  }

  void enabled(boolean now) {
    enabled = now;
  }

  /** What it takes now. */
  Set<LotusTask> tasks() throws Exception {
    TaskTypes types = answer(api.taskTypes(), SELECTOR);
    return types.tasks();
  }

  /** Its paths now. */
  List<StoragePathInfo> paths() throws Exception {
    return answer(api.paths(), SELECTOR);
  }

  /** Whether it is below its own limit. */
  boolean hasSlot(LotusTask task, SealProofType type) {
    TaskResources row = info.resources().resources().getOrDefault(task, Map.of()).get(type.id());
    return row == null
        || row.maxConcurrent() == 0
        || running.getOrDefault(task, 0) < row.maxConcurrent();
  }

  int load() {
    return running.values().stream().mapToInt(Integer::intValue).sum();
  }

  void begin(LotusTask task) {
    running.merge(task, 1, Integer::sum);
  }

  void end(LotusTask task) {
    running.merge(task, -1, Integer::sum);
  }

  /** Waits for an answer; what it failed of is thrown. */
  static <T> T answer(CompletionStage<T> stage, Duration deadline) throws Exception {
    try {
      return stage.toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception known ? known : e;
    } catch (TimeoutException e) {
      throw new TimeoutException("no answer within " + deadline);
    }
  }

  @Override
  public String toString() {
    return info.hostname() + " at " + url;
  }
}
