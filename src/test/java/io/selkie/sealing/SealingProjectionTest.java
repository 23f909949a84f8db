package io.selkie.sealing;

import static io.selkie.sealing.SealingSamples.AT;
import static io.selkie.sealing.SealingSamples.SECTOR;
import static io.selkie.sealing.SealingSamples.TYPE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.journal.Database;
import io.selkie.scheduler.Failure;
import io.selkie.sealing.SealingTransitions.Row;
import io.selkie.storage.StateDirectory;
import io.selkie.view.ProjectedEvent;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import io.selkie.view.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingProjectionTest {
  @TempDir Path temp;
  private final SealingProjection projection = new SealingProjection();
  private Database database;
  private SectorView view;
  private long events;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(new StateDirectory(temp));
    view = new SectorView(database.dataSource());
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  /** The read model has the event alone; the driver has the state that it came from. */
  @Test
  void everyEventTellsTheStateThatItLeadsTo() {
    for (Row row : SealingTransitions.rows()) {
      for (SealingState state : SealingSamples.states()) {
        if (state.getClass() == row.from()) {
          for (SealingEvent event : SealingSamples.eventsFor(state, row.event())) {
            SealingState next = SealingTransitions.next(state, event);

            assertEquals(
                SealingStateName.of(next.getClass()),
                SealingProjection.after(event),
                row::toString);
          }
        }
      }
    }
  }

  @Test
  void aSectorIsListedFromTheMomentItIsBegun() throws SQLException {
    handle(SealingSamples.sample(SealingEvent.SectorBegun.class));

    SectorSummary summary = summary();
    assertEquals(Optional.of("Packing"), summary.driverState());
    assertEquals(Optional.of(TYPE), summary.proofType());
    assertFalse(summary.driverFinished());
  }

  @Test
  void whatHappenedIsShownUntilTheDriverGoesOn() throws SQLException {
    handle(
        new SealingEvent.StepFailed(
            AT,
            SealingStateName.COMMIT_FAILED,
            SealingSamples.failure(Failure.Action.ABANDON, "refused")));
    assertEquals(Optional.of("CommitFailed"), summary().driverState());
    assertEquals(Optional.of("refused: it is refused"), summary().driverMessage());

    handle(new SealingEvent.Retried(AT, SealingStateName.COMMITTING, "operator"));
    assertEquals(Optional.of("Committing"), summary().driverState());
    assertEquals(Optional.of("tried again by operator"), summary().driverMessage());

    handle(new SealingEvent.CommitSubmitted(AT, SealingSamples.MESSAGE));
    assertEquals(Optional.of("CommitWait"), summary().driverState());
    assertEquals(Optional.empty(), summary().driverMessage());
  }

  @Test
  void aProvenSectorIsFinished() throws SQLException {
    handle(new SealingEvent.Finalized(AT));

    assertEquals(Optional.of("Proving"), summary().driverState());
    assertTrue(summary().driverFinished());
  }

  @Test
  void everyEventHasItsRowInTheHistory() throws SQLException {
    for (SealingEvent event : SealingSamples.events()) {
      handle(event);
    }

    assertEquals(
        SealingSamples.events().stream().map(event -> event.getClass().getSimpleName()).toList(),
        view.history(SECTOR, 0, 100).stream().map(row -> row.event()).toList());
  }

  private void handle(SealingEvent event) throws SQLException {
    events++;
    ProjectedEvent<SealingEvent> projected =
        new ProjectedEvent<>(events, "Sealing|" + SECTOR, events, event);
    TestDatabase.commit(database, connection -> projection.handle(connection, projected));
  }

  private SectorSummary summary() {
    return view.find(SECTOR).orElseThrow();
  }
}
