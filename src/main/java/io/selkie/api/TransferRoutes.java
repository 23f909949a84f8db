package io.selkie.api;

import akka.http.javadsl.model.HttpResponse;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.transfer.TransferStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The way of sealed sectors to long-term storage. */
final class TransferRoutes {
  private final Operations operations;
  private final Replies replies;
  private final Patience patience;

  TransferRoutes(Operations operations, Replies replies, Patience patience) {
    this.operations = operations;
    this.replies = replies;
    this.patience = patience;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/transfers", "listTransfers")
            .needs(Permission.READ)
            .answers(200, 503)
            .by(this::list),
        Endpoint.post("/transfers/pause", "pauseTransfers")
            .needs(Permission.WRITE)
            .takes("sector")
            .answers(200, 503)
            .by(this::pause),
        Endpoint.post("/transfers/resume", "resumeTransfers")
            .needs(Permission.WRITE)
            .takes("sector")
            .answers(200, 409, 503)
            .by(this::resume));
  }

  private record ListReply(boolean paused, List<TransferStatus> transfers) {}

  private CompletionStage<HttpResponse> list(Call call) {
    return patience
        .with(operations.transfers())
        .thenApply(all -> replies.ok(new ListReply(all.paused(), all.transfers())));
  }

  private CompletionStage<HttpResponse> pause(Call call) {
    Optional<SectorId> sector = call.sector("sector");
    return patience.with(operations.pauseTransfers(sector)).thenApply(done -> named(sector));
  }

  private CompletionStage<HttpResponse> resume(Call call) {
    Optional<SectorId> sector = call.sector("sector");
    return patience
        .with(operations.resumeTransfers(sector, call.subject()))
        .thenApply(done -> named(sector));
  }

  private HttpResponse named(Optional<SectorId> sector) {
    return replies.ok(Map.of("sector", sector.map(SectorId::toString).orElse("all")));
  }
}
