package io.selkie.lotus.remote;

import io.selkie.stages.Stages;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The answer of a source, whose body may still come; closed, it does not come any more. */
final class Answer implements AutoCloseable {
  static final int OK = 200;
  static final int PARTIAL = 206;

  private static final long SLICE_MILLIS = 200;

  private final HttpResponse.ResponseInfo head;
  private final BodyStream body;

  private Answer(HttpResponse.ResponseInfo head, BodyStream body) {
    this.head = head;
    this.body = body;
  }

  /** The beginning of a request. */
  static HttpRequest.Builder request(URI url, String token) throws IOException {
    try {
      return HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no address, or the token is none: " + url, e);
    }
  }

  /**
   * Waits for the head of the answer.
   *
   * @throws InterruptedIOException if nobody wants it any more
   */
  static Answer of(HttpClient http, HttpRequest request, Duration stall, BooleanSupplier cancelled)
      throws IOException {
    CompletableFuture<Answer> begun = new CompletableFuture<>();
    CompletableFuture<HttpResponse<BodyStream>> sent =
        http.sendAsync(
            request,
            head -> {
              BodyStream body = new BodyStream(stall, cancelled);
              begun.complete(new Answer(head, body));
              return body;
            });
    CompletionStage<?> unused = sent.whenComplete((response, trouble) -> broke(begun, trouble));
    long end = System.nanoTime() + stall.toNanos();
    boolean answered = false;
    try {
      Optional<Answer> answer = Optional.empty();
      while (answer.isEmpty()) {
        BodyStream.requireWanted(cancelled);
        if (System.nanoTime() - end >= 0) {
          throw new IOException("no answer for " + stall.toMillis() + " ms");
        }
        answer = soon(begun);
      }
      answered = true;
      return answer.get();
    } catch (ExecutionException e) {
      throw new IOException("no answer: " + Words.of(e.getCause() == null ? e : e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      if (!answered) {
        sent.cancel(true);
      }
    }
  }

  /**
   * The client tells of a connection that breaks behind the head as if there had been no answer, if
   * it is quick enough. What came of the body counts all the same.
   */
  private static void broke(CompletableFuture<Answer> begun, @Nullable Throwable trouble) {
    if (trouble != null) {
      Throwable cause = Stages.cause(trouble);
      if (!begun.completeExceptionally(cause)) {
        CompletionStage<?> unused = begun.thenAccept(answer -> answer.body.onError(cause));
      }
    }
  }

  private static Optional<Answer> soon(CompletableFuture<Answer> begun)
      throws ExecutionException, InterruptedException {
    try {
      return Optional.of(begun.get(SLICE_MILLIS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  int status() {
    return head.statusCode();
  }

  /** Whether it names another address. */
  boolean isRedirect() {
    return switch (status()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  /** What a status other than the one that counts means. */
  String refusal() {
    return switch (status()) {
      case 401 -> "it refuses the token (401)";
      case 500 -> "it does not have it, or has trouble (500)";
      default -> "it answers " + status();
    };
  }

  BodyStream body() {
    return body;
  }

  Optional<String> header(String name) {
    return head.headers().firstValue(name);
  }

  /** The type of the content without its parameters, in lower case. */
  String mediaType() {
    String type = header("Content-Type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  OptionalLong length() {
    try {
      return head.headers().firstValueAsLong("Content-Length");
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Whether the end of the body can be told from a connection that broke: by its length, or by its
   * last chunk.
   */
  boolean hasEnd() {
    boolean chunked =
        header("Transfer-Encoding")
            .filter(coding -> coding.equalsIgnoreCase("chunked"))
            .isPresent();
    return chunked || length().isPresent();
  }

  @Override
  public void close() {
    body.close();
  }
}
