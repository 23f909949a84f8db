package io.selkie.api;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.unmarshalling.Unmarshaller;
import io.selkie.api.Operations.Begun;
import io.selkie.api.Operations.SpooledPiece;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorSize;
import io.selkie.stages.Stages;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Sectors of uploaded files. */
final class UploadRoutes {
  /** What the form may have besides the files. */
  private static final long FORM_OVERHEAD = 1 << 20;

  private final Operations operations;
  private final Replies replies;
  private final Patience patience;
  private final Spool spool;
  private final Duration stall;
  private final ActorSystem<?> system;
  private final Executor blocking;
  private final Slots slots;

  UploadRoutes(
      Operations operations,
      Replies replies,
      Patience patience,
      Spool spool,
      ApiSettings settings,
      ActorSystem<?> system,
      Executor blocking) {
    this.operations = operations;
    this.replies = replies;
    this.patience = patience;
    this.spool = spool;
    this.stall = settings.stallTimeout();
    this.slots =
        new Slots(
            settings.maxUploads(),
            "too_many_uploads",
            "as many uploads as selkie.api.max-uploads are under way: try again later");
    this.system = system;
    this.blocking = blocking;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.post("/sectors/seal", "sealFiles")
            .needs(Permission.WRITE)
            .takes("sectorSize", "request")
            .answers(201, 408, 409, 413, 415, 503, 507)
            .readsBody()
            .streams()
            .by(this::seal));
  }

  private CompletionStage<HttpResponse> seal(Call call) {
    SectorSize size = call.sectorSize("sectorSize");
    UUID id = call.requestId();
    HttpEntity form = form(call.request(), size, stall);
    Runnable slot = slots.take();
    return room(call.request())
        .thenCompose(room -> seal(id, size, form))
        .whenComplete((response, failure) -> slot.run());
  }

  /** Nothing is read of what there is no room for. */
  private CompletionStage<Void> room(HttpRequest request) {
    long bytes = request.entity().getContentLengthOption().orElse(0);
    return CompletableFuture.runAsync(() -> spool.checkRoom(bytes), blocking)
        .whenComplete(
            (room, failure) -> {
              if (failure != null) {
                request.discardEntityBytes(system);
              }
            });
  }

  private CompletionStage<HttpResponse> seal(UUID id, SectorSize size, HttpEntity form) {
    Upload upload = new Upload(spool, size, system, blocking);
    CompletionStage<List<SpooledPiece>> received =
        Unmarshaller.entityToMultipartFormData()
            .unmarshal(form, system)
            .exceptionally(
                failure -> {
                  // Nothing but its type was looked at yet.
                  throw Call.invalid("the body is no multipart/form-data, or has no boundary");
                })
            .thenCompose(upload::receive)
            .exceptionally(
                failure -> {
                  throw UploadProblems.of(failure);
                });
    return removing(upload, received, failure -> true)
        .thenCompose(pieces -> begin(upload, id, size, pieces))
        .thenApply(begun -> SectorRoutes.created(replies, begun.sector()));
  }

  /** The form, if it can be one of the right size at all; nothing was read of it yet. */
  private static HttpEntity form(HttpRequest request, SectorSize size, Duration stall) {
    long most = size.unpadded().bytes() + FORM_OVERHEAD;
    if (!isForm(request.entity().getContentType().mediaType())) {
      throw new ApiException(
          StatusCodes.UNSUPPORTED_MEDIA_TYPE,
          "not_a_form",
          "send the files as multipart/form-data, as curl -F file=@NAME does");
    }
    if (request.entity().getContentLengthOption().orElse(0) > most) {
      throw Upload.tooLarge(
          "a sector of " + size + " holds " + size.unpadded().bytes() + " bytes at most");
    }
    return HttpEntities.createChunked(
        request.entity().getContentType(),
        request.entity().withSizeLimit(most).getDataBytes().idleTimeout(stall));
  }

  private static boolean isForm(MediaType type) {
    return type.mainType().equals("multipart") && type.subType().equals("form-data");
  }

  /**
   * After a failure that is no refusal a sector may have the files, so they stay. The operation may
   * be refused when nobody waits for it any more; the files go then too.
   */
  private CompletionStage<Begun> begin(
      Upload upload, UUID id, SectorSize size, List<SpooledPiece> pieces) {
    return patience.with(
        removing(
                upload,
                operations.seal(id, size, pieces),
                failure -> Stages.cause(failure) instanceof OperationException)
            .thenCompose(
                begun ->
                    begun.repeated()
                        ? upload.remove().thenApply(removed -> begun)
                        : CompletableFuture.completedStage(begun)));
  }

  /** The same outcome; after such a failure, when the files are gone. */
  private static <T> CompletionStage<T> removing(
      Upload upload, CompletionStage<T> stage, Predicate<Throwable> failures) {
    return stage
        .handle(
            (value, failure) ->
                failure != null && failures.test(failure)
                    ? upload.remove().thenCompose(removed -> stage)
                    : stage)
        .thenCompose(outcome -> outcome);
  }
}
