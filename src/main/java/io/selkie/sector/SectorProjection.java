package io.selkie.sector;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.view.EventDetail;
import io.selkie.view.HistoryColumn;
import io.selkie.view.ProjectedEvent;
import io.selkie.view.Projection;
import io.selkie.view.SectorRows;
import io.selkie.view.SectorSummary;
import io.selkie.view.SummaryColumn;
import io.selkie.view.Values;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the events of a sector's actor mean for the read model. The states are those of {@link
 * SectorState}, in lower case.
 */
public final class SectorProjection implements Projection.Handler<SectorEvent> {
  /** The tag of every event that the read model is made of; its id is the order of all of them. */
  public static final String TAG = "sector";

  /** The rows that an event gives. */
  private record Translation(Values<SummaryColumn> summary, Values<HistoryColumn> history) {
    Translation() {
      this(Values.summary(), Values.history());
    }
  }

  @Override
  public void handle(Connection connection, ProjectedEvent<SectorEvent> event) throws SQLException {
    SectorRows rows = new SectorRows(connection);
    SectorId sector = SectorId.parse(event.entityId());
    SectorEvent happened = event.event();
    Translation rowsOf = translate(happened, rows.summary(sector));
    rows.change(sector, happened.at(), rowsOf.summary());
    rows.append(
        event,
        sector,
        happened.at(),
        happened.getClass().getSimpleName(),
        rowsOf.history().set(HistoryColumn.DETAIL, EventDetail.of(happened)));
  }

  private static Translation translate(SectorEvent event, Optional<SectorSummary> before) {
    Translation rows = new Translation();
    if (event instanceof SectorEvent.SectorAdopted adopted) {
      adopted(rows, adopted);
    } else if (event instanceof SectorEvent.GenerationBegan began) {
      began(rows, began);
    } else if (event instanceof SectorEvent.TaskRequested requested) {
      requested(rows, requested, before);
    } else if (event instanceof SectorEvent.TaskAssigned assigned) {
      assigned(rows, assigned, task(before));
    } else if (event instanceof SectorEvent.TaskSucceeded succeeded) {
      succeeded(rows, succeeded, task(before), before);
    } else if (event instanceof SectorEvent.TaskFailed failed) {
      failed(rows, failed, task(before));
    } else if (event instanceof SectorEvent.RetryRequested retry) {
      retry(rows, retry, task(before));
    } else if (event instanceof SectorEvent.AbortRequested abort) {
      abort(rows, abort, task(before), before.orElseThrow());
      if (!before.orElseThrow().state().equals("running")) {
        setAsideNoMore(rows, task(before), before.orElseThrow());
      }
    } else if (event instanceof SectorEvent.TaskStopped stopped) {
      stopped(rows, stopped, task(before));
      setAsideNoMore(rows, task(before), before.orElseThrow());
    } else if (event instanceof SectorEvent.HostLost lost) {
      lost(rows, "host " + lost.host() + " is lost: it was last heard at " + lost.since());
    } else if (event instanceof SectorEvent.TaskTakenUp takenUp) {
      rows.history().set(HistoryColumn.CAUSE, "taken up on host " + takenUp.host());
    } else if (event instanceof SectorEvent.HostReturned returned) {
      noFailure(rows.summary());
      rows.history().set(HistoryColumn.CAUSE, "host " + returned.host() + " is there again");
    } else if (event instanceof SectorEvent.FilesLost gone) {
      lost(rows, gone.failure().message());
      if (!before.map(SectorSummary::state).equals(Optional.of("aborted"))) {
        rows.summary()
            .set(SummaryColumn.STATE, "failed")
            .set(SummaryColumn.FAILURE_CODE, gone.failure().code());
      }
    } else if (event instanceof SectorEvent.MoveRequested move) {
      requested(rows, move);
    } else if (event instanceof SectorEvent.SectorMoved moved) {
      moved(rows, moved);
    } else if (event instanceof SectorEvent.TaskResumed resumed) {
      waits(rows, resumed.kind(), resumed.generation(), resumed.task());
    } else {
      throw new IllegalStateException("no translation of " + event.getClass().getName());
    }
    return rows;
  }

  /** The task that is under way; only TaskRequested says what it is. */
  private static TaskKind task(Optional<SectorSummary> before) {
    return before
        .flatMap(SectorSummary::taskKind)
        .map(TaskKind::of)
        .orElseThrow(() -> new IllegalStateException("an event of a task that was not asked for"));
  }

  private static void requested(Translation rows, SectorEvent.MoveRequested event) {
    waits(rows, TaskKind.MOVE, event.generation(), event.task())
        .set(
            HistoryColumn.CAUSE,
            "host "
                + event.from()
                + (event.forLack() ? " does not offer the next phase" : " is evacuated")
                + "; it goes on on host "
                + event.to());
  }

  private static void moved(Translation rows, SectorEvent.SectorMoved event) {
    waits(rows, TaskKind.MOVE, event.generation(), event.task())
        .set(HistoryColumn.ATTEMPT, event.attempt())
        .set(HistoryColumn.HOST, event.from().value())
        .set(HistoryColumn.DURATION_MS, millis(event.startedAt(), event.endedAt()))
        .set(HistoryColumn.BYTES, event.bytes());
    noFailure(rows.summary());
    rows.summary()
        .set(SummaryColumn.TASKS, event.release())
        .set(SummaryColumn.TASK_KIND, TaskKind.RELEASE.toString())
        .set(SummaryColumn.HOST, event.to().value())
        .add(SummaryColumn.BYTES, event.bytes());
  }

  /** A task of the sector's own making waits; a failure before it is still to be seen. */
  private static Values<HistoryColumn> waits(
      Translation rows, TaskKind kind, int generation, int task) {
    rows.summary()
        .set(SummaryColumn.STATE, "waiting")
        .set(SummaryColumn.TASKS, task)
        .set(SummaryColumn.TASK_KIND, kind.toString())
        .set(SummaryColumn.ATTEMPT, 0);
    return about(rows, kind, generation, task);
  }

  private static void adopted(Translation rows, SectorEvent.SectorAdopted event) {
    rows.history()
        .set(HistoryColumn.PHASE, event.phase().toString())
        .set(HistoryColumn.CAUSE, "begun by another worker");
  }

  private static void began(Translation rows, SectorEvent.GenerationBegan event) {
    rows.summary().set(SummaryColumn.GENERATION, event.generation());
    rows.history()
        .set(HistoryColumn.GENERATION, event.generation())
        .set(HistoryColumn.CAUSE, event.cause());
  }

  private static void requested(
      Translation rows, SectorEvent.TaskRequested event, Optional<SectorSummary> before) {
    TaskRequest request = event.request();
    TaskKind kind = request.kind();
    Values<SummaryColumn> summary =
        rows.summary()
            .set(SummaryColumn.PROOF_TYPE, request.proofType().id())
            .set(SummaryColumn.SECTOR_SIZE, request.proofType().sectorSize().bytes())
            .set(SummaryColumn.STATE, "waiting")
            .set(SummaryColumn.GENERATION, event.generation())
            .set(SummaryColumn.TASKS, event.task())
            .set(SummaryColumn.TASK_KIND, kind.toString())
            .set(SummaryColumn.ATTEMPT, 0);
    noFailure(summary);
    if (kind.isPhase() && !isOfUpdate(kind, before)) {
      summary.set(SummaryColumn.PHASE, kind.toString());
      summary.set(SummaryColumn.PHASE_NUMBER, kind.number(false).orElseThrow());
    }
    if (kind == TaskKind.TRANSFER) {
      summary.set(SummaryColumn.TRANSFER, "pending").clear(SummaryColumn.TRANSFER_DETAIL);
    }
    facts(summary, request);
    about(rows, kind, event.generation(), event.task());
  }

  /** Pieces that come after the proof are of an update: the sector stays what it is. */
  private static boolean isOfUpdate(TaskKind kind, Optional<SectorSummary> before) {
    return kind == TaskKind.ADD_PIECE
        && before
            .flatMap(SectorSummary::phase)
            .filter(phase -> !phase.equals(TaskKind.ADD_PIECE.toString()))
            .isPresent();
  }

  /** What a command says of the sector: it may be all that is known here. */
  private static void facts(Values<SummaryColumn> summary, TaskRequest request) {
    if (request instanceof TaskRequest.AddPiece add) {
      summary.set(SummaryColumn.PIECES, add.existing().size());
    } else if (request instanceof TaskRequest.PreCommit1 labels) {
      replicaIsVoid(summary, labels.pieces());
    } else if (request instanceof TaskRequest.PreCommit2 encode) {
      replicaIsVoid(summary, encode.pieces());
    } else if (request instanceof TaskRequest.Commit1 prove) {
      summary.set(SummaryColumn.PIECES, prove.pieces().size());
      summary.set(SummaryColumn.COMM_R, prove.commR().toString());
    }
  }

  private static void replicaIsVoid(Values<SummaryColumn> summary, List<?> pieces) {
    summary.set(SummaryColumn.PIECES, pieces.size()).clear(SummaryColumn.COMM_R);
  }

  private static void assigned(Translation rows, SectorEvent.TaskAssigned event, TaskKind kind) {
    rows.summary()
        .set(SummaryColumn.STATE, "running")
        .set(SummaryColumn.HOST, event.host().value())
        .set(SummaryColumn.ATTEMPT, event.attempt())
        .add(SummaryColumn.ATTEMPTS, 1)
        .clear(SummaryColumn.NEXT_ATTEMPT_AT);
    if (kind == TaskKind.TRANSFER) {
      rows.summary().set(SummaryColumn.TRANSFER, "running");
    }
    about(rows, kind, event.generation(), event.task())
        .set(HistoryColumn.ATTEMPT, event.attempt())
        .set(HistoryColumn.HOST, event.host().value());
  }

  private static void succeeded(
      Translation rows,
      SectorEvent.TaskSucceeded event,
      TaskKind kind,
      Optional<SectorSummary> before) {
    TaskResult result = event.result();
    Values<SummaryColumn> summary =
        rows.summary()
            .set(
                SummaryColumn.STATE, result instanceof TaskResult.FilesRemoved ? "removed" : "idle")
            .add(SummaryColumn.BYTES, event.bytes());
    noFailure(summary);
    if (!isOfUpdate(kind, before)) {
      kind.number(true).ifPresent(number -> summary.set(SummaryColumn.PHASE_NUMBER, number));
    }
    if (result instanceof TaskResult.PieceAdded) {
      summary.add(SummaryColumn.PIECES, 1);
    } else if (result instanceof TaskResult.Encoded encoded) {
      summary.set(SummaryColumn.COMM_R, encoded.commR().toString());
    }
    about(rows, kind, event.generation(), event.task())
        .set(HistoryColumn.ATTEMPT, event.attempt())
        .set(HistoryColumn.HOST, event.host().value())
        .set(HistoryColumn.DURATION_MS, millis(event.startedAt(), event.endedAt()))
        .set(HistoryColumn.BYTES, event.bytes());
  }

  private static void failed(Translation rows, SectorEvent.TaskFailed event, TaskKind kind) {
    Failure failure = event.failure();
    Values<SummaryColumn> summary =
        rows.summary()
            .set(SummaryColumn.STATE, event.nextAttemptAt().isPresent() ? "waiting" : "failed")
            .add(SummaryColumn.FAILURES, 1)
            .set(SummaryColumn.FAILURE_CODE, failure.code())
            .set(SummaryColumn.FAILURE_MESSAGE, failure.message())
            .clear(SummaryColumn.NEXT_ATTEMPT_AT);
    event.nextAttemptAt().ifPresent(at -> summary.set(SummaryColumn.NEXT_ATTEMPT_AT, at));
    about(rows, kind, event.generation(), event.task())
        .set(HistoryColumn.ATTEMPT, event.attempt())
        .set(HistoryColumn.HOST, event.host().value())
        .set(HistoryColumn.DURATION_MS, millis(event.startedAt(), event.endedAt()))
        .set(HistoryColumn.CAUSE, failure.code() + ": " + failure.message());
  }

  private static void retry(Translation rows, SectorEvent.RetryRequested event, TaskKind kind) {
    noFailure(rows.summary().set(SummaryColumn.STATE, "waiting"));
    rows.history()
        .set(HistoryColumn.PHASE, kind.toString())
        .set(HistoryColumn.CAUSE, "asked for by " + event.by());
  }

  private static void abort(
      Translation rows, SectorEvent.AbortRequested event, TaskKind kind, SectorSummary before) {
    // Only a host is asked to stop it that has the task, or what an attempt left.
    boolean onHost =
        before.state().equals("running")
            || (before.host().isPresent()
                && SectorChanges.hasSomethingToDiscard(event, kind, before.attempt()));
    rows.summary()
        .set(SummaryColumn.STATE, onHost ? "stopping" : "aborted")
        .clear(SummaryColumn.NEXT_ATTEMPT_AT);
    rows.history()
        .set(HistoryColumn.PHASE, kind.toString())
        .set(
            HistoryColumn.CAUSE,
            "asked for by "
                + event.by()
                + ": "
                + event.cause()
                + (event.discards() ? "; what it has written is removed" : ""));
  }

  private static void stopped(Translation rows, SectorEvent.TaskStopped event, TaskKind kind) {
    rows.summary().set(SummaryColumn.STATE, "aborted");
    about(rows, kind, event.generation(), event.task())
        .set(HistoryColumn.ATTEMPT, event.attempt())
        .set(HistoryColumn.HOST, event.host().value());
  }

  /** A move that was called off leaves the phase that it was for. */
  private static void setAsideNoMore(Translation rows, TaskKind kind, SectorSummary before) {
    if (kind == TaskKind.MOVE) {
      rows.summary().set(SummaryColumn.TASKS, before.tasks() + 1);
      before.phase().ifPresent(phase -> rows.summary().set(SummaryColumn.TASK_KIND, phase));
    }
  }

  private static void lost(Translation rows, String message) {
    rows.summary()
        .set(SummaryColumn.FAILURE_CODE, "host_lost")
        .set(SummaryColumn.FAILURE_MESSAGE, message);
    rows.history().set(HistoryColumn.CAUSE, message);
  }

  private static void noFailure(Values<SummaryColumn> summary) {
    summary
        .clear(SummaryColumn.FAILURE_CODE)
        .clear(SummaryColumn.FAILURE_MESSAGE)
        .clear(SummaryColumn.NEXT_ATTEMPT_AT);
  }

  private static Values<HistoryColumn> about(
      Translation rows, TaskKind kind, int generation, int task) {
    return rows.history()
        .set(HistoryColumn.PHASE, kind.toString())
        .set(HistoryColumn.GENERATION, generation)
        .set(HistoryColumn.TASK, task);
  }

  private static long millis(Instant from, Instant to) {
    return Duration.between(from, to).toMillis();
  }
}
