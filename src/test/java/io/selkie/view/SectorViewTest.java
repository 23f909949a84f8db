package io.selkie.view;

import static io.selkie.view.TestDatabase.commit;
import static io.selkie.view.TestDatabase.sector;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.journal.Database;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectorViewTest {
  private static final Instant AT = Instant.parse("2026-11-21T08:30:00.123456Z");
  private static final SectorId ONE = sector(1000, 1);

  @TempDir Path temp;
  private Database database;
  private SectorView view;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(new StateDirectory(temp.resolve("state")));
    view = new SectorView(database.dataSource());
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  @Test
  void anEmptyReadModelHasNothing() {
    assertEquals(List.of(), view.list(SectorFilter.all()));
    assertEquals(Optional.empty(), view.find(ONE));
    assertEquals(List.of(), view.history(ONE, 0, 10));
    assertEquals(0, view.lastHistoryId());
    assertEquals(Map.of(), view.counts());
  }

  @Test
  void aChangeTouchesOnlyItsColumns() throws SQLException {
    change(ONE, AT, Values.summary().set(SummaryColumn.HOST, "h1").add(SummaryColumn.BYTES, 5));
    Instant later = AT.plusSeconds(1);
    change(ONE, later, Values.summary().set(SummaryColumn.STATE, "idle"));
    change(ONE, later, Values.summary().add(SummaryColumn.BYTES, 7).clear(SummaryColumn.PHASE));

    SectorSummary summary = view.find(ONE).orElseThrow();

    assertEquals("idle", summary.state());
    assertEquals(Optional.of("h1"), summary.host());
    assertEquals(12, summary.bytes());
    assertEquals(AT, summary.createdAt());
    assertEquals(later, summary.updatedAt());
  }

  @Test
  void pagesComeByMinerAndNumber() throws SQLException {
    for (SectorId sector : List.of(sector(2000, 1), sector(1000, 10), sector(1000, 9))) {
      change(sector, AT, Values.summary());
    }
    SectorFilter two =
        new SectorFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty(), 2);

    List<SectorId> first = sectors(two);

    assertEquals(List.of(sector(1000, 9), sector(1000, 10)), first);
    assertEquals(List.of(sector(2000, 1)), sectors(two.after(first.get(1))));
    assertEquals(List.of(), sectors(two.after(sector(2000, 1))));
  }

  @Test
  void aPageHasALimit() {
    for (int limit : new int[] {0, 1001}) {
      assertThrows(IllegalArgumentException.class, () -> view.history(ONE, 0, limit));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new SectorFilter(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  false,
                  Optional.empty(),
                  limit));
    }
  }

  @Test
  void filtersAndCountsGoByState() throws SQLException {
    change(ONE, AT, state("failed").set(SummaryColumn.PHASE, "PreCommit1"));
    change(sector(1000, 2), AT, state("failed").set(SummaryColumn.PHASE, "PreCommit2"));
    change(sector(1000, 3), AT, state("idle").set(SummaryColumn.DRIVER_STATE, "WaitSeed"));

    assertEquals(Map.of("failed", 2L, "idle", 1L), view.counts());
    assertEquals(List.of(ONE), sectors(filter("failed", "PreCommit1", null)));
    assertEquals(List.of(sector(1000, 3)), sectors(filter(null, null, "WaitSeed")));
  }

  @Test
  void whatADriverFinishedIsFinishedElseWhatWasFinalized() throws SQLException {
    change(sector(1000, 1), AT, state("idle").set(SummaryColumn.PHASE_NUMBER, 41));
    change(sector(1000, 2), AT, state("idle").set(SummaryColumn.PHASE_NUMBER, 50));
    change(sector(1000, 3), AT, state("running").set(SummaryColumn.PHASE_NUMBER, 50));
    change(
        sector(1000, 4),
        AT,
        state("idle")
            .set(SummaryColumn.PHASE_NUMBER, 50)
            .set(SummaryColumn.DRIVER_STATE, "CommitWait"));
    change(
        sector(1000, 5),
        AT,
        state("idle")
            .set(SummaryColumn.DRIVER_STATE, "Proving")
            .set(SummaryColumn.DRIVER_FINISHED, true));
    change(sector(1000, 6), AT, state("removed"));
    change(sector(1000, 7), AT, Values.summary());

    assertEquals(
        List.of(sector(1000, 1), sector(1000, 3), sector(1000, 4), sector(1000, 7)),
        sectors(
            new SectorFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty(), 10)));
  }

  @Test
  void historyIsReadOnFromAnyId() throws SQLException {
    append(3, ONE, "A");
    append(7, sector(1000, 2), "B");
    append(9, ONE, "C");

    assertEquals(List.of("A", "C"), events(view.history(ONE, 0, 10)));
    assertEquals(List.of("C"), events(view.history(ONE, 3, 10)));
    assertEquals(List.of("A", "B"), events(view.historyAfter(0, 2)));
    assertEquals(List.of("C"), events(view.historyAfter(7, 2)));
    assertEquals(9, view.lastHistoryId());
  }

  @Test
  void aRowOfTheHistoryIsReadAsItWasWritten() throws SQLException {
    ProjectedEvent<String> event = new ProjectedEvent<>(5, "Sector|s-t01000-1", 2, "event");
    commit(
        database,
        connection ->
            new SectorRows(connection)
                .append(
                    event,
                    ONE,
                    AT,
                    "TaskFailed",
                    Values.history()
                        .set(HistoryColumn.PHASE, "PreCommit1")
                        .set(HistoryColumn.TASK, 4)
                        .set(HistoryColumn.DURATION_MS, 9_000_000_000L)
                        .set(HistoryColumn.CAUSE, "a\0b" + "x".repeat(Values.LONGEST_TEXT))
                        .set(HistoryColumn.DETAIL, "{}")));

    SectorHistory row = view.history(ONE, 0, 1).get(0);

    assertEquals(
        new SectorHistory(
            5,
            ONE,
            "Sector",
            2,
            AT,
            "TaskFailed",
            Optional.of("PreCommit1"),
            Optional.empty(),
            Optional.of(4),
            Optional.empty(),
            Optional.empty(),
            Optional.of(9_000_000_000L),
            Optional.empty(),
            Optional.of("a\ufffdb" + "x".repeat(Values.LONGEST_TEXT - 3)),
            "{}"),
        row);
  }

  @Test
  void durationsAreThoseOfTheKindAndTheSizeNewestFirst() throws SQLException {
    SectorId large = sector(1000, 2);
    change(ONE, AT, Values.summary().set(SummaryColumn.SECTOR_SIZE, SectorSize.KIB_2.bytes()));
    change(large, AT, Values.summary().set(SummaryColumn.SECTOR_SIZE, SectorSize.GIB_32.bytes()));
    took(1, ONE, "TaskSucceeded", "PreCommit1", 10);
    took(2, ONE, "TaskFailed", "PreCommit1", 20);
    took(3, ONE, "TaskSucceeded", "PreCommit2", 30);
    took(4, large, "TaskSucceeded", "PreCommit1", 40);
    took(5, ONE, "TaskSucceeded", "PreCommit1", 50);

    assertEquals(
        List.of(Duration.ofMillis(50), Duration.ofMillis(10)),
        view.durations("PreCommit1", SectorSize.KIB_2));
    assertEquals(List.of(), view.durations("Commit2", SectorSize.KIB_2));
  }

  private void took(long id, SectorId sector, String name, String phase, long millis)
      throws SQLException {
    ProjectedEvent<String> event = new ProjectedEvent<>(id, "Sector|" + sector, id, name);
    commit(
        database,
        connection ->
            new SectorRows(connection)
                .append(
                    event,
                    sector,
                    AT,
                    name,
                    Values.history()
                        .set(HistoryColumn.PHASE, phase)
                        .set(HistoryColumn.DURATION_MS, millis)
                        .set(HistoryColumn.DETAIL, "{}")));
  }

  @Test
  void aFailingDatabaseIsSaidSo() throws IOException {
    database.close();

    assertThrows(ViewException.class, () -> view.counts());

    open();
  }

  @Test
  void aRebuildEmptiesTheReadModelAndNothingElse() throws Exception {
    append(3, ONE, "A");
    change(ONE, AT, state("idle"));
    commit(database, connection -> Offsets.write(connection, "sectors", 3));

    assertEquals(1, Rebuild.run(database));

    assertEquals(List.of(), view.list(SectorFilter.all()));
    assertEquals(0, view.lastHistoryId());
    commit(database, connection -> assertEquals(0, Offsets.read(connection, "sectors")));
  }

  private void change(SectorId sector, Instant at, Values<SummaryColumn> values)
      throws SQLException {
    commit(database, connection -> new SectorRows(connection).change(sector, at, values));
  }

  private void append(long id, SectorId sector, String name) throws SQLException {
    ProjectedEvent<String> event = new ProjectedEvent<>(id, "Sector|" + sector, id, name);
    commit(
        database,
        connection ->
            new SectorRows(connection)
                .append(event, sector, AT, name, Values.history().set(HistoryColumn.DETAIL, "{}")));
  }

  private List<SectorId> sectors(SectorFilter filter) {
    return view.list(filter).stream().map(SectorSummary::sector).toList();
  }

  private static SectorFilter filter(String state, String phase, String driverState) {
    return new SectorFilter(
        Optional.ofNullable(state),
        Optional.ofNullable(phase),
        Optional.ofNullable(driverState),
        false,
        Optional.empty(),
        10);
  }

  private static Values<SummaryColumn> state(String state) {
    return Values.summary().set(SummaryColumn.STATE, state);
  }

  private static List<String> events(List<SectorHistory> rows) {
    return rows.stream().map(SectorHistory::event).toList();
  }
}
