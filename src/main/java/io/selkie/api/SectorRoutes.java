package io.selkie.api;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Location;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.TaskRequest;
import io.selkie.sector.SectorState;
import io.selkie.transfer.TransferActor;
import io.selkie.view.SectorFilter;
import io.selkie.view.SectorHistory;
import io.selkie.view.SectorSummary;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sectors: lists and histories from the read model, one sector from its actor, and orders. */
final class SectorRoutes {
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_CAUSE = 200;

  private final Operations operations;
  private final Known known;
  private final ReadModel readModel;
  private final Replies replies;
  private final Json json;
  private final Patience patience;
  private final Executor blocking;
  private final Clock clock;

  SectorRoutes(
      Operations operations,
      Known known,
      ReadModel readModel,
      Replies replies,
      Json json,
      Patience patience,
      Executor blocking,
      Clock clock) {
    this.operations = operations;
    this.known = known;
    this.readModel = readModel;
    this.replies = replies;
    this.json = json;
    this.patience = patience;
    this.blocking = blocking;
    this.clock = clock;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/sectors", "listSectors")
            .needs(Permission.READ)
            .takes("state", "phase", "driverState", "unfinished", "after", "limit")
            .answers(200, 503)
            .by(this::list),
        Endpoint.get("/sectors/{sector}", "getSector")
            .needs(Permission.READ)
            .answers(200, 404, 503)
            .by(this::one),
        Endpoint.get("/sectors/{sector}/history", "getHistory")
            .needs(Permission.READ)
            .takes("after", "limit")
            .answers(200, 404, 503)
            .by(this::history),
        Endpoint.post("/sectors/pledge", "pledgeSector")
            .needs(Permission.WRITE)
            .answers(201, 408, 409, 413, 415, 503)
            .readsBody()
            .by(this::pledge),
        Endpoint.post("/sectors/{sector}/abort", "abortSector")
            .needs(Permission.WRITE)
            .answers(200, 404, 408, 409, 413, 415, 503)
            .readsBody()
            .by(this::abort),
        Endpoint.post("/sectors/{sector}/retry", "retrySector")
            .needs(Permission.WRITE)
            .answers(200, 404, 409, 503)
            .by(this::retry),
        Endpoint.delete("/sectors/{sector}", "removeSector")
            .needs(Permission.ADMIN)
            .answers(200, 404, 409, 503)
            .by(this::remove));
  }

  private record ListReply(List<SectorSummary> sectors) {}

  private CompletionStage<HttpResponse> list(Call call) {
    SectorFilter filter =
        new SectorFilter(
            call.text("state"),
            call.text("phase"),
            call.text("driverState"),
            call.flag("unfinished"),
            call.sector("after"),
            limit(call));
    return read(() -> readModel.sectors(filter))
        .thenApply(sectors -> replies.ok(new ListReply(sectors)));
  }

  private record SectorReply(
      Optional<SectorSummary> summary,
      SectorState actor,
      Optional<JsonNode> sealing,
      Optional<String> waiting,
      Optional<ProofsProgress> progress,
      Optional<Estimate> estimate,
      Optional<Object> transfer) {}

  private CompletionStage<HttpResponse> one(Call call) {
    SectorId sector = call.sector();
    Optional<ProofsProgress> progress = operations.progress(sector);
    return known
        .require(sector)
        .thenCompose(
            facts ->
                patience
                    .with(operations.state(sector))
                    .thenCompose(
                        actor ->
                            waiting(actor)
                                .thenCombine(estimate(actor, progress), Pending::new)
                                .thenCombine(
                                    patience.with(operations.transfers()),
                                    (pending, transfers) ->
                                        replies.ok(
                                            new SectorReply(
                                                facts.summary(),
                                                actor,
                                                facts.driver(),
                                                pending.waiting(),
                                                progress,
                                                pending.estimate(),
                                                transfer(sector, transfers, facts.driver()))))));
  }

  /** Why the task of a sector does not run, or when it will end. */
  private record Pending(Optional<String> waiting, Optional<Estimate> estimate) {}

  private CompletionStage<Optional<String>> waiting(SectorState actor) {
    if (!(actor instanceof SectorState.Waiting waiting) || waiting.notBefore().isPresent()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    String task = waiting.task().id().toString();
    return operations
        .explain()
        .thenApply(reasons -> Optional.ofNullable(reasons.get(task)))
        // That the scheduler is away is no reason to tell nothing of the sector.
        .exceptionally(failure -> Optional.of("the scheduler does not answer"));
  }

  private CompletionStage<Optional<Estimate>> estimate(
      SectorState actor, Optional<ProofsProgress> progress) {
    if (!(actor instanceof SectorState.Running running)) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    TaskRequest request = running.task().request();
    return read(() -> readModel.durations(request.kind(), request.proofType().sectorSize()))
        .thenApply(
            before -> Estimate.of(running.assignment().at(), clock.instant(), progress, before));
  }

  /** What is under way says more than what was last persisted. */
  private static Optional<Object> transfer(
      SectorId sector, TransferActor.Overview transfers, Optional<JsonNode> driver) {
    Optional<Object> current =
        transfers.transfers().stream()
            .filter(transfer -> transfer.sector().equals(sector))
            .map(transfer -> (Object) transfer)
            .findFirst();
    return current.or(
        () ->
            driver
                .map(known -> known.path("transfer"))
                .filter(JsonNode::isObject)
                .map(known -> (Object) known));
  }

  private record HistoryReply(List<SectorHistory> history) {}

  private CompletionStage<HttpResponse> history(Call call) {
    SectorId sector = call.sector();
    long after = call.number("after", 0, Long.MAX_VALUE).orElse(0L);
    int limit = limit(call);
    return known
        .require(sector)
        .thenCompose(facts -> read(() -> readModel.history(sector, after, limit)))
        .thenApply(history -> replies.ok(new HistoryReply(history)));
  }

  private record PledgeBody(Optional<String> sectorSize, Optional<String> request) {}

  private CompletionStage<HttpResponse> pledge(Call call) {
    return json.read(call.request(), PledgeBody.class)
        .thenCompose(
            body -> {
              String size =
                  body.sectorSize()
                      .orElseThrow(() -> Call.invalid("the body needs a field sectorSize"));
              UUID request = body.request().map(Call::uuid).orElseGet(UUID::randomUUID);
              return patience.with(
                  operations.pledge(request, Call.parsed(SectorSize::parse, size)));
            })
        .thenApply(begun -> created(replies, begun.sector()));
  }

  private record Named(SectorId sector) {}

  /** The answer to whoever began a sector. */
  static HttpResponse created(Replies replies, SectorId sector) {
    return replies
        .json(StatusCodes.CREATED, new Named(sector))
        .addHeader(Location.create(Endpoint.BASE + "/sectors/" + sector));
  }

  private record AbortBody(Optional<String> cause) {}

  private CompletionStage<HttpResponse> abort(Call call) {
    SectorId sector = call.sector();
    return json.read(call.request(), AbortBody.class)
        .thenApply(body -> cause(body.cause().orElse("")))
        .thenCompose(cause -> done(sector, () -> operations.abort(sector, call.subject(), cause)));
  }

  private static String cause(String text) {
    boolean legal =
        !text.isBlank()
            && text.length() <= MAX_CAUSE
            && text.codePoints().noneMatch(Character::isISOControl);
    if (!legal) {
      throw Call.invalid(
          "the body needs a field cause: one line of 1 to " + MAX_CAUSE + " characters");
    }
    return text;
  }

  private CompletionStage<HttpResponse> retry(Call call) {
    SectorId sector = call.sector();
    return done(sector, () -> operations.retry(sector, call.subject()));
  }

  private CompletionStage<HttpResponse> remove(Call call) {
    SectorId sector = call.sector();
    return known
        .require(sector)
        .thenCompose(
            facts ->
                patience
                    .with(operations.remove(sector, call.subject()))
                    .thenApply(nothing -> replies.ok(new Removal(sector, copyOf(facts.driver())))));
  }

  /** Where the copy is that goes to the trash with the sector. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  private record Removal(SectorId sector, Optional<String> copy) {}

  private static Optional<String> copyOf(Optional<JsonNode> driver) {
    return driver
        .map(known -> known.path("transfer").path("copy").path("place"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  private CompletionStage<HttpResponse> done(
      SectorId sector, Supplier<CompletionStage<Void>> operation) {
    return known
        .require(sector)
        .thenCompose(facts -> patience.with(operation.get()))
        .thenApply(nothing -> replies.ok(new Named(sector)));
  }

  private <T> CompletableFuture<T> read(Supplier<T> query) {
    return patience.with(CompletableFuture.supplyAsync(query, blocking));
  }

  private static int limit(Call call) {
    return call.number("limit", 1, SectorFilter.MOST).orElse((long) DEFAULT_PAGE).intValue();
  }
}
