package io.selkie.node;

import io.selkie.api.Operations;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.SectorId;
import io.selkie.journal.JournalIndex;
import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TaskResult;
import io.selkie.sealing.Sealing;
import io.selkie.sector.Sector;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.OrphanFinder;
import io.selkie.storage.SectorStanding;
import io.selkie.view.SectorView;
import io.selkie.view.ViewException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What the journal says of sectors: whether there is one, and then its actor's word. The read
 * model, which may be a moment behind, only tells whom to ask.
 */
final class JournalStandings implements OrphanFinder.Journal {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final JournalIndex journals;
  private final Sealing sealing;
  private final Operations operations;
  private final HostPlaces places;
  private final SectorView view;

  JournalStandings(
      JournalIndex journals,
      SectorView view,
      Sealing sealing,
      Operations operations,
      HostPlaces places) {
    this.view = view;
    this.journals = journals;
    this.sealing = sealing;
    this.operations = operations;
    this.places = places;
  }

  /** The read model runs behind and never ahead: what it has not removed yet, comes next time. */
  @Override
  public boolean isWorthALook(SectorId sector) throws IOException {
    try {
      return view.find(sector).map(known -> known.state().equals("removed")).orElse(true);
    } catch (ViewException e) {
      throw new IOException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public SectorStanding standing(SectorId sector) throws IOException {
    // Another host of a shared directory may have given the number again, after ours was removed.
    if (!places.isOurs(sector)) {
      return SectorStanding.FOREIGN;
    }
    boolean acted;
    boolean driven;
    try {
      acted = journals.has(Sector.journalOf(sector));
      driven = journals.has(Sealing.journalOf(sector));
    } catch (SQLException e) {
      throw new IOException("the journal cannot be read: " + e.getMessage(), e);
    }
    if (acted) {
      return of(await(operations.state(sector)));
    }
    // A number is given before the driver's first event.
    if (driven || await(sealing.isNumbered(sector))) {
      return SectorStanding.BUSY;
    }
    return SectorStanding.UNKNOWN;
  }

  @Override
  public Optional<CommR> commR(SectorId sector) throws IOException {
    return commR(await(operations.state(sector)));
  }

  static Optional<CommR> commR(SectorState state) {
    if (!(state instanceof SectorState.Known known)) {
      return Optional.empty();
    }
    return known.facts().answers().stream()
        .map(SectorFacts.Answered::result)
        .filter(TaskResult.Encoded.class::isInstance)
        .map(result -> ((TaskResult.Encoded) result).commR())
        .reduce((earlier, later) -> later);
  }

  static SectorStanding of(SectorState state) {
    if (state instanceof SectorState.Removed) {
      return SectorStanding.REMOVED;
    }
    boolean sealed =
        state instanceof SectorState.Idle idle
            && idle.facts().phase() == TaskKind.FINALIZE
            && idle.facts().phaseDone()
            && !isBeingUpdated(idle.facts());
    return sealed ? SectorStanding.SEALED : SectorStanding.BUSY;
  }

  /** Between the steps of an update: the next one reads what the one before left. */
  private static boolean isBeingUpdated(SectorFacts facts) {
    Set<TaskKind> done =
        facts.answers().stream()
            .map(answered -> answered.request().kind())
            .filter(TaskKind::isUpdate)
            .collect(Collectors.toUnmodifiableSet());
    return !done.isEmpty() && !done.contains(TaskKind.FINALIZE_REPLICA_UPDATE);
  }

  static <T> T await(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the journal was asked", e);
    } catch (TimeoutException e) {
      throw new IOException("the journal did not answer in time: try again", e);
    } catch (ExecutionException e) {
      throw new IOException("the journal cannot be asked: " + e.getCause(), e);
    }
  }
}
