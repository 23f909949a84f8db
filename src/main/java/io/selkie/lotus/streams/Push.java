package io.selkie.lotus.streams;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.Location;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One pushed stream: what its caller and its reader have said so far, in whatever order. Its lock
 * is never held while somebody is told.
 */
final class Push implements PieceStream.PushedStream {
  private final Duration pairing;
  private final Storing storing;
  private final ActorSystem<?> system;
  private final Runnable forget;
  private final CompletableFuture<Boolean> arrived = new CompletableFuture<>();
  private final CompletableFuture<HttpRequest> body = new CompletableFuture<>();
  private final CompletableFuture<HttpResponse> stored = new CompletableFuture<>();
  private final SharedKillSwitch end = KillSwitches.shared("piece");

  private boolean announced;
  private boolean posted;
  private Optional<CompletableFuture<HttpResponse>> head = Optional.empty();
  private Optional<Verdict> verdict = Optional.empty();
  private Optional<Cancellable> expiry = Optional.empty();

  /** What becomes of the stream. */
  private sealed interface Verdict {}

  private record Read() implements Verdict {}

  private record Closed() implements Verdict {}

  private record Redirected(URI place) implements Verdict {}

  private record Failed(StreamException why) implements Verdict {}

  /**
   * A stream of which nothing is known.
   *
   * @param forget is run when nothing more is to come of it
   */
  Push(Duration pairing, Storing storing, ActorSystem<?> system, Runnable forget) {
    this.pairing = pairing;
    this.storing = storing;
    this.system = system;
    this.forget = forget;
    expectSomebody();
  }

  /**
   * A call has named it.
   *
   * @return false if one has done so before
   */
  synchronized boolean announce() {
    boolean first = !announced && verdict.isEmpty();
    if (first) {
      announced = true;
      expectSomebody();
    }
    return first;
  }

  synchronized boolean isAnnounced() {
    return announced;
  }

  /** The caller asks whether its bytes are wanted; a new question replaces an older one. */
  CompletionStage<HttpResponse> head(CompletionStage<?> gone) {
    CompletableFuture<HttpResponse> mine = new CompletableFuture<>();
    Optional<CompletableFuture<HttpResponse>> older;
    Optional<Verdict> known;
    synchronized (this) {
      older = head;
      known = verdict;
      head = known.isEmpty() ? Optional.of(mine) : Optional.empty();
      if (announced && (known.isEmpty() || known.get() instanceof Read)) {
        expectSomebody();
      }
      if (posted && known.isPresent() && known.get() instanceof Read) {
        known = Optional.of(new Failed(new StreamException("its bytes have come already")));
      }
    }
    older.ifPresent(asked -> asked.complete(refusal("it was asked for anew")));
    known.ifPresent(decided -> mine.complete(toHead(decided)));
    arrived.complete(true);
    gone.whenComplete((left, trouble) -> left(mine));
    return mine;
  }

  /** It may come back: Go's client asks again if a connection that it kept turns out to be dead. */
  private synchronized void left(CompletableFuture<HttpResponse> asked) {
    if (head.isPresent() && head.get() == asked) {
      head = Optional.empty();
      if (announced) {
        expectSomebody();
      }
    }
  }

  /** The bytes come; from old clients without a question. */
  CompletionStage<HttpResponse> post(HttpRequest request) {
    Optional<Verdict> known;
    boolean again;
    synchronized (this) {
      again = posted;
      known = verdict;
      posted |= known.isEmpty() || known.get() instanceof Read;
    }
    arrived.complete(false);
    if (again) {
      return dropped(request, refusal("its bytes have come already"));
    }
    if (known.isPresent() && !(known.get() instanceof Read)) {
      return dropped(request, toPost(known.get()));
    }
    if (!body.complete(request)) {
      storing.discard(request); // too late for who asked for it, who is told by what was stored
    }
    return stored;
  }

  private CompletionStage<HttpResponse> dropped(HttpRequest request, HttpResponse response) {
    storing.discard(request);
    return CompletableFuture.completedFuture(response);
  }

  @Override
  public CompletionStage<Boolean> arrived() {
    return arrived.copy();
  }

  @Override
  public CompletionStage<Void> storeIn(Path file, long bytes) {
    return store(new Storing.Order(file, bytes, true)).thenAccept(came -> {});
  }

  @Override
  public CompletionStage<Long> storeUpTo(Path file, long most) {
    return store(new Storing.Order(file, most, false));
  }

  private CompletionStage<Long> store(Storing.Order order) {
    Optional<StreamException> refused = decide(new Read());
    if (refused.isPresent()) {
      return CompletableFuture.failedFuture(refused.get());
    }
    return body.thenCompose(
            request ->
                storing.store(request.entity().withoutSizeLimit().getDataBytes(), end, order))
        .whenComplete(
            (came, trouble) -> {
              stored.complete(
                  trouble == null
                      ? HttpResponse.create()
                      : refusal(String.valueOf(Storing.known(trouble).getMessage())));
              forgetLater();
            });
  }

  @Override
  public boolean redirect(URI place) {
    return decide(new Redirected(place)).isEmpty();
  }

  @Override
  public void close() {
    if (decide(new Closed()).isPresent()) {
      StreamException closed = new StreamException("the stream was closed");
      end.abort(closed);
      body.completeExceptionally(closed);
    }
  }

  /** There is one verdict; empty if it is this one. */
  private Optional<StreamException> decide(Verdict wanted) {
    Optional<CompletableFuture<HttpResponse>> asked;
    synchronized (this) {
      if (verdict.isPresent()) {
        return Optional.of(
            verdict.get() instanceof Failed failed
                ? failed.why()
                : new StreamException("the stream is read, redirected or closed already"));
      }
      if (posted && wanted instanceof Redirected) {
        return Optional.of(new StreamException("its bytes come already"));
      }
      verdict = Optional.of(wanted);
      asked = head;
      head = Optional.empty();
      if (wanted instanceof Read) {
        expectSomebody();
      }
    }
    asked.ifPresent(question -> question.complete(toHead(wanted)));
    if (!(wanted instanceof Read)) {
      over(wanted);
    }
    return Optional.empty();
  }

  /** Nothing is read any more. */
  private void over(Verdict verdict) {
    StreamException why =
        verdict instanceof Failed failed
            ? failed.why()
            : new StreamException("the stream was closed");
    arrived.completeExceptionally(why);
    if (!body.completeExceptionally(why)) {
      CompletionStage<HttpRequest> unread = body;
      unread.thenAccept(storing::discard);
    }
    stored.complete(toPost(verdict)); // also to who is between its arrival and its body
    if (isAnnounced()) {
      forgetLater();
    } else {
      forget.run();
    }
  }

  /** Who asks late is told what became of it, and not left to wait. */
  private void forgetLater() {
    system.scheduler().scheduleOnce(pairing, forget, system.executionContext());
  }

  /** From now on, one of the two sides has a limited time to show itself. */
  private synchronized void expectSomebody() {
    expiry.ifPresent(Cancellable::cancel);
    expiry =
        Optional.of(
            system.scheduler().scheduleOnce(pairing, this::expire, system.executionContext()));
  }

  private void expire() {
    Optional<StreamException> why = Optional.empty();
    boolean asked = false;
    synchronized (this) {
      asked = verdict.isPresent() && verdict.get() instanceof Read;
      if (!announced) {
        why = Optional.of(new StreamException("no call has named this stream"));
      } else if (!posted && head.isEmpty() && (verdict.isEmpty() || asked)) {
        why =
            Optional.of(
                new StreamException(
                    (asked
                            ? "the caller did not send the bytes of its piece within "
                            : "the caller did not open the stream of its piece within ")
                        + pairing.toSeconds()
                        + " s"));
      }
    }
    if (why.isPresent()) {
      if (decide(new Failed(why.get())).isPresent() && asked) {
        body.completeExceptionally(why.get());
      }
    }
  }

  private static HttpResponse toHead(Verdict verdict) {
    if (verdict instanceof Read) {
      return HttpResponse.create();
    }
    if (verdict instanceof Redirected redirected) {
      return HttpResponse.create()
          .withStatus(StatusCodes.FOUND)
          .addHeader(Location.create(redirected.place().toString()));
    }
    return verdict instanceof Failed failed
        ? refusal(String.valueOf(failed.why().getMessage()))
        : HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
  }

  /** A body cannot be sent twice, so nobody who posts first can be redirected. */
  private static HttpResponse toPost(Verdict verdict) {
    if (verdict instanceof Failed failed) {
      return refusal(String.valueOf(failed.why().getMessage()));
    }
    return verdict instanceof Redirected
        ? refusal("ask by HEAD first: the bytes belong elsewhere")
        : HttpResponse.create().addHeader(Connection.create("close"));
  }

  static HttpResponse refusal(String why) {
    return HttpResponse.create()
        .withStatus(StatusCodes.INTERNAL_SERVER_ERROR)
        .addHeader(Connection.create("close"))
        .withEntity(why + "\n");
  }
}
