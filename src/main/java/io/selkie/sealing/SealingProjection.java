package io.selkie.sealing;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.sealing.SealingEvent.CopyLost;
import io.selkie.sealing.SealingEvent.GivenUp;
import io.selkie.sealing.SealingEvent.RemovalRequested;
import io.selkie.sealing.SealingEvent.Retried;
import io.selkie.sealing.SealingEvent.SectorBegun;
import io.selkie.sealing.SealingEvent.SectorTransferred;
import io.selkie.sealing.SealingEvent.SourceReleased;
import io.selkie.sealing.SealingEvent.StepFailed;
import io.selkie.sealing.SealingEvent.SteppedBack;
import io.selkie.sealing.SealingEvent.TransferFailed;
import io.selkie.sealing.SealingEvent.TransferRetried;
import io.selkie.view.EventDetail;
import io.selkie.view.HistoryColumn;
import io.selkie.view.ProjectedEvent;
import io.selkie.view.Projection;
import io.selkie.view.SectorRows;
import io.selkie.view.SummaryColumn;
import io.selkie.view.Values;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What the events of a driver mean for the read model. */
public final class SealingProjection implements Projection.Handler<SealingEvent> {
  private static final Set<SealingStateName> FINISHED =
      EnumSet.of(
          SealingStateName.PROVING,
          SealingStateName.REMOVED,
          SealingStateName.FAILED_UNRECOVERABLE);

  @Override
  public void handle(Connection connection, ProjectedEvent<SealingEvent> event)
      throws SQLException {
    SectorRows rows = new SectorRows(connection);
    SectorId sector = SectorId.parse(event.entityId());
    SealingEvent happened = event.event();
    rows.change(sector, happened.at(), summary(happened));
    Values<HistoryColumn> history =
        Values.history().set(HistoryColumn.DETAIL, EventDetail.of(happened));
    cause(happened).ifPresent(cause -> history.set(HistoryColumn.CAUSE, cause));
    rows.append(event, sector, happened.at(), happened.getClass().getSimpleName(), history);
  }

  private static Values<SummaryColumn> summary(SealingEvent event) {
    SealingStateName state = after(event);
    Values<SummaryColumn> values =
        Values.summary()
            .set(SummaryColumn.DRIVER_STATE, state.toString())
            .set(SummaryColumn.DRIVER_FINISHED, FINISHED.contains(state));
    cause(event)
        .ifPresentOrElse(
            cause -> values.set(SummaryColumn.DRIVER_MESSAGE, cause),
            () -> values.clear(SummaryColumn.DRIVER_MESSAGE));
    if (event instanceof SectorTransferred done) {
      values
          .set(SummaryColumn.TRANSFER, "done")
          .set(SummaryColumn.TRANSFER_DETAIL, done.copy().place());
    } else if (event instanceof TransferFailed failed) {
      values
          .set(SummaryColumn.TRANSFER, "failed")
          .set(SummaryColumn.TRANSFER_DETAIL, text(failed.failure()));
    } else if (event instanceof CopyLost lost) {
      values
          .set(SummaryColumn.TRANSFER, "pending")
          .set(SummaryColumn.TRANSFER_DETAIL, text(lost.failure()));
    } else if (event instanceof TransferRetried) {
      values.set(SummaryColumn.TRANSFER, "pending").clear(SummaryColumn.TRANSFER_DETAIL);
    }
    if (event instanceof SectorBegun begun) {
      values
          .set(SummaryColumn.PROOF_TYPE, begun.proofType().id())
          .set(SummaryColumn.SECTOR_SIZE, begun.proofType().sectorSize().bytes());
    }
    return values;
  }

  /** Where an event may lead to several states, it says to which it did. */
  static SealingStateName after(SealingEvent event) {
    if (event instanceof StepFailed failed) {
      return failed.to();
    }
    if (event instanceof SteppedBack back) {
      return back.to();
    }
    if (event instanceof Retried retried) {
      return retried.to();
    }
    return SealingTransitions.rows().stream()
        .filter(row -> row.event() == event.getClass())
        .flatMap(row -> row.to().stream())
        .map(SealingStateName::of)
        .findFirst()
        .orElseThrow();
  }

  private static Optional<String> cause(SealingEvent event) {
    if (event instanceof StepFailed failed) {
      return Optional.of(text(failed.failure()));
    }
    if (event instanceof SteppedBack back) {
      return Optional.of(text(back.cause()));
    }
    if (event instanceof Retried retried) {
      return Optional.of("tried again by " + retried.by());
    }
    if (event instanceof GivenUp given) {
      return Optional.of("given up by " + given.by() + ": " + given.cause());
    }
    if (event instanceof TransferFailed failed) {
      return Optional.of(text(failed.failure()));
    }
    if (event instanceof CopyLost lost) {
      return Optional.of(text(lost.failure()));
    }
    if (event instanceof TransferRetried retried) {
      return Optional.of("tried again by " + retried.by());
    }
    if (event instanceof SectorTransferred done) {
      return Optional.of("to " + done.copy().place());
    }
    if (event instanceof SourceReleased done) {
      return Optional.of("since it is at " + done.copy().place());
    }
    return event instanceof RemovalRequested removal
        ? Optional.of("removed by " + removal.by())
        : Optional.empty();
  }

  private static String text(Failure failure) {
    return failure.code() + ": " + failure.message();
  }
}
