package io.selkie.sealing;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A sector that answers at once as it was told to, and writes down what it was asked. Its proof is
 * the seed of the last Commit1.
 */
final class ScriptedTasks implements SectorTasks {
  final List<TaskRequest> asked = new CopyOnWriteArrayList<>();
  final List<String> aborted = new CopyOnWriteArrayList<>();

  /** Of each kind of task, as it was asked for last. */
  final Map<TaskKind, Optional<Instant>> deadlines = new ConcurrentHashMap<>();

  private final Map<TaskKind, List<Sector.Answer>> next = new EnumMap<>(TaskKind.class);
  private final Set<TaskKind> held = EnumSet.noneOf(TaskKind.class);
  private final Map<TaskKind, List<CompletableFuture<Sector.Answer>>> waiting =
      new EnumMap<>(TaskKind.class);
  private Seed proven = SealingSamples.SEED;
  private boolean removed;

  /** The next answers to this kind of task, before those of a task that succeeds. */
  synchronized ScriptedTasks answer(TaskKind kind, Sector.Answer... answers) {
    next.computeIfAbsent(kind, none -> new ArrayList<>()).addAll(List.of(answers));
    return this;
  }

  synchronized ScriptedTasks fail(TaskKind kind, Failure failure) {
    return answer(kind, new Sector.TaskHasFailed(id(kind), failure));
  }

  /** From now on every task succeeds. */
  synchronized void forgetAnswers() {
    next.clear();
  }

  /** From now on this kind of task runs until {@link #release}. */
  synchronized void hold(TaskKind... kinds) {
    held.addAll(List.of(kinds));
  }

  /** Tasks of this kind are done; the answer goes nowhere if nobody waits any more. */
  void release(TaskKind kind) {
    List<CompletableFuture<Sector.Answer>> answered;
    synchronized (this) {
      held.remove(kind);
      answered = waiting.getOrDefault(kind, List.of());
      waiting.remove(kind);
    }
    TaskRequest last = asked.get(asked.size() - 1);
    answered.forEach(answer -> answer.complete(done(last)));
  }

  /** The kinds of task that were asked for, in order. */
  List<TaskKind> kinds() {
    return asked.stream().map(TaskRequest::kind).toList();
  }

  @Override
  public synchronized CompletionStage<Sector.Answer> perform(
      SectorId sector, TaskRequest request, Optional<Instant> deadline) {
    asked.add(request);
    deadlines.put(request.kind(), deadline);
    List<Sector.Answer> script = next.getOrDefault(request.kind(), List.of());
    if (!script.isEmpty()) {
      return CompletableFuture.completedStage(script.remove(0));
    }
    if (held.contains(request.kind())) {
      CompletableFuture<Sector.Answer> answer = new CompletableFuture<>();
      waiting.computeIfAbsent(request.kind(), none -> new ArrayList<>()).add(answer);
      return answer;
    }
    return CompletableFuture.completedStage(done(request));
  }

  private Sector.Answer done(TaskRequest request) {
    removed = removed || request.kind() == TaskKind.REMOVE;
    return new Sector.Done(id(request.kind()), result(request));
  }

  private TaskResult result(TaskRequest request) {
    return switch (request.kind()) {
      case ADD_PIECE ->
          new TaskResult.PieceAdded(
              ((TaskRequest.AddPiece) request).source().path().isPresent()
                  ? SealingSamples.PIECE
                  : new PieceInfo(
                      ((TaskRequest.AddPiece) request).size(), SealingSamples.FILLER.commP()));
      case PRE_COMMIT_1 -> new TaskResult.Labelled(SealingSamples.LABELS, SealingSamples.COMM_D, 0);
      case PRE_COMMIT_2 -> new TaskResult.Encoded(SealingSamples.COMM_R, SealingSamples.COMM_D);
      case COMMIT_1 -> {
        proven = ((TaskRequest.Commit1) request).seed();
        yield new TaskResult.VanillaProved(SealingSamples.VANILLA, 10, SealingSamples.DIGEST);
      }
      case COMMIT_2 -> new TaskResult.Proved(new SealProof(Bytes.of(proven.bytes().toByteArray())));
      case FINALIZE -> new TaskResult.Finalized(4);
      case REMOVE -> new TaskResult.FilesRemoved();
      case TRANSFER -> new TaskResult.Transferred(SealingSamples.COPY);
      case RELEASE -> new TaskResult.Released(((TaskRequest.Release) request).copy(), 2048);
      default -> throw new AssertionError("no driver asks for " + request.kind());
    };
  }

  @Override
  public CompletionStage<Sector.Answer> abort(SectorId sector, String by, String cause) {
    aborted.add(cause);
    return CompletableFuture.completedStage(new Sector.Accepted());
  }

  @Override
  public synchronized CompletionStage<SectorState> state(SectorId sector) {
    if (asked.isEmpty()) {
      return CompletableFuture.completedStage(new SectorState.Unknown(sector));
    }
    SectorFacts facts =
        new SectorFacts(
            sector,
            SealingSamples.TYPE,
            1,
            1,
            TaskKind.ADD_PIECE,
            true,
            Optional.empty(),
            List.of());
    return CompletableFuture.completedStage(
        removed ? new SectorState.Removed(facts) : new SectorState.Idle(facts));
  }

  static TaskId id(TaskKind kind) {
    return new TaskId(SealingSamples.SECTOR, 1, 1, kind);
  }
}
