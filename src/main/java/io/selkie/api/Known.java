package io.selkie.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.view.SectorSummary;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Which sectors there are. An actor is made, and remembered, by asking it; so none is asked for any
 * name that comes along, but only for those that tables have.
 */
record Known(Operations operations, ReadModel readModel, Patience patience, Executor blocking) {
  /** What is known of a sector besides its actor. */
  record Facts(Optional<SectorSummary> summary, Optional<JsonNode> driver) {}

  /** The facts; fails with {@link OperationException} if nobody knows the sector. */
  CompletionStage<Facts> require(SectorId sector) {
    return patience
        .with(CompletableFuture.supplyAsync(() -> readModel.sector(sector), blocking))
        .thenCompose(
            summary ->
                isThere(sector, summary)
                    .thenCompose(
                        is ->
                            is
                                ? patience.with(operations.driver(sector))
                                : CompletableFuture.completedStage(Optional.<JsonNode>empty()))
                    .thenApply(driver -> new Facts(summary, driver)))
        .thenApply(
            facts -> {
              if (facts.summary().isEmpty() && facts.driver().isEmpty()) {
                throw new OperationException(
                    OperationException.Kind.UNKNOWN, "there is no sector " + sector);
              }
              return facts;
            });
  }

  /** The read model may be a moment behind the driver. */
  private CompletionStage<Boolean> isThere(SectorId sector, Optional<SectorSummary> summary) {
    return summary.isPresent()
        ? CompletableFuture.completedStage(true)
        : patience.with(operations.isNumbered(sector));
  }
}
