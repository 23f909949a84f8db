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
 * name that comes along.
 */
record Known(Operations operations, ReadModel readModel, Patience patience, Executor blocking) {
  /** What is known of a sector besides its actor. */
  record Facts(Optional<SectorSummary> summary, Optional<JsonNode> driver) {}

  /** The facts; fails with {@link OperationException} if nobody knows the sector. */
  CompletionStage<Facts> require(SectorId sector) {
    CompletionStage<Optional<JsonNode>> driver = patience.with(operations.driver(sector));
    return patience
        .with(CompletableFuture.supplyAsync(() -> readModel.sector(sector), blocking))
        .thenCombine(driver, Facts::new)
        .thenApply(
            facts -> {
              // The read model may be a moment behind the driver.
              if (facts.summary().isEmpty() && facts.driver().isEmpty()) {
                throw new OperationException(
                    OperationException.Kind.UNKNOWN, "there is no sector " + sector);
              }
              return facts;
            });
  }
}
