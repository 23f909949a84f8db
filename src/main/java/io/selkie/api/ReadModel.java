package io.selkie.api;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.scheduler.TaskKind;
import io.selkie.view.HistoryFeed;
import io.selkie.view.SectorFilter;
import io.selkie.view.SectorHistory;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What lists, histories and event streams read. All but the stream block for the database, and
 * throw {@link io.selkie.view.ViewException} when it fails.
 */
public interface ReadModel {
  /** The read model of the database. */
  static ReadModel of(SectorView view, HistoryFeed feed) {
    return new ReadModel() {
      @Override
      public List<SectorSummary> sectors(SectorFilter filter) {
        return view.list(filter);
      }

      @Override
      public Optional<SectorSummary> sector(SectorId sector) {
        return view.find(sector);
      }

      @Override
      public List<SectorHistory> history(SectorId sector, long after, int limit) {
        return view.history(sector, after, limit);
      }

      @Override
      public List<Duration> durations(TaskKind kind, SectorSize size) {
        return view.durations(kind.toString(), size);
      }

      @Override
      public long latest() {
        return view.lastHistoryId();
      }

      @Override
      public Source<SectorHistory, NotUsed> after(long id) {
        return feed.after(id);
      }
    };
  }

  /** A page of sectors. */
  List<SectorSummary> sectors(SectorFilter filter);

  /** One sector; empty if nothing happened to it yet. */
  Optional<SectorSummary> sector(SectorId sector);

  /** What happened to a sector after the event with this id, oldest first. */
  List<SectorHistory> history(SectorId sector, long after, int limit);

  /** How long the latest tasks of this kind took on sectors of this size, newest first. */
  List<Duration> durations(TaskKind kind, SectorSize size);

  /** The id of the latest event; 0 if there is none. */
  long latest();

  /** Every event after the one with this id, those that are there and those to come. */
  Source<SectorHistory, NotUsed> after(long id);
}
