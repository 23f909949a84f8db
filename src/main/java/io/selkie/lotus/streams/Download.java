package io.selkie.lotus.streams;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.Uri;
import akka.http.scaladsl.model.IllegalUriException;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import io.selkie.lotus.streams.PieceStream.Incoming;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes that we get from where the caller says. */
final class Download implements Incoming {
  /** Go's client follows ten. */
  private static final int MOST_REDIRECTS = 10;

  private final URI address;
  private final Duration stall;
  private final Storing storing;
  private final ActorSystem<?> system;
  private final SharedKillSwitch end = KillSwitches.shared("piece");
  private final AtomicBoolean used = new AtomicBoolean();

  Download(URI address, Duration stall, Storing storing, ActorSystem<?> system) {
    this.address = address;
    this.stall = stall;
    this.storing = storing;
    this.system = system;
  }

  /**
   * Reads the address of a stream.
   *
   * @throws StreamException if it is none of HTTP
   */
  static URI address(String text) throws StreamException {
    try {
      URI address = URI.create(text);
      String scheme = String.valueOf(address.getScheme());
      boolean web = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
      if (web && Optional.ofNullable(address.getHost()).isPresent()) {
        Uri.create(text); // which is stricter
        return address;
      }
    } catch (IllegalArgumentException | IllegalUriException e) {
      throw new StreamException("the stream of the piece has no readable address");
    }
    throw new StreamException("the stream of the piece is neither at http:// nor at https://");
  }

  @Override
  public CompletionStage<Void> storeIn(Path file, long bytes) {
    return store(new Storing.Order(file, bytes, true)).thenAccept(came -> {});
  }

  @Override
  public CompletionStage<Long> storeUpTo(Path file, long most) {
    return store(new Storing.Order(file, most, false));
  }

  @Override
  public void close() {
    used.set(true);
    end.abort(new StreamException("the stream was closed"));
  }

  private CompletionStage<Long> store(Storing.Order order) {
    if (!used.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new StreamException("the stream is read or closed already"));
    }
    return get(address, MOST_REDIRECTS)
        .thenCompose(
            response ->
                storing.store(response.entity().withoutSizeLimit().getDataBytes(), end, order));
  }

  private CompletionStage<HttpResponse> get(URI from, int redirects) {
    return Http.get(system)
        .singleRequest(HttpRequest.GET(from.toString()))
        .toCompletableFuture()
        .orTimeout(stall.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, trouble) ->
                trouble == null
                    ? follow(from, response, redirects)
                    : this.<HttpResponse>failed(host(from) + " does not answer"))
        .thenCompose(outcome -> outcome);
  }

  private CompletionStage<HttpResponse> follow(URI from, HttpResponse response, int redirects) {
    int status = response.status().intValue();
    if (status == 200) {
      return CompletableFuture.completedFuture(response);
    }
    response.discardEntityBytes(system);
    Optional<String> next = response.getHeader("Location").map(header -> header.value());
    if (status / 100 != 3 || next.isEmpty()) {
      return failed(host(from) + " answers with status " + status);
    }
    if (redirects == 0) {
      return failed(host(from) + " redirects too often");
    }
    try {
      return get(address(from.resolve(next.get()).toString()), redirects - 1);
    } catch (StreamException | IllegalArgumentException e) {
      return failed(host(from) + " redirects to what is no address");
    }
  }

  private <T> CompletionStage<T> failed(String why) {
    return CompletableFuture.failedFuture(
        new StreamException("the bytes of the piece cannot be had: " + why));
  }

  /** Without path and query, which may hold a secret. */
  private static String host(URI address) {
    return String.valueOf(address.getHost());
  }
}
