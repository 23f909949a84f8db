package io.selkie.params;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The requests to gateways. Redirects are followed, but not from https to http. */
final class GatewayClient {
  private final HttpClient client;
  private final Duration stallTimeout;

  GatewayClient(FetchSettings settings) {
    this.stallTimeout = settings.stallTimeout();
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(settings.connectTimeout())
            .build();
  }

  /** Asks for the file from an offset on; returns with the headers. */
  HttpResponse<PulledBody> get(URI uri, long offset) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    return send(request.build());
  }

  /** The length of the file, if the gateway says it. */
  OptionalLong length(URI uri) throws IOException, InterruptedException {
    HttpRequest head =
        HttpRequest.newBuilder(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<PulledBody> response = send(head);
    response.body().close();
    return response.statusCode() == 200 ? contentLength(response) : OptionalLong.empty();
  }

  private HttpResponse<PulledBody> send(HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<PulledBody>> answer =
        client.sendAsync(request, info -> new PulledBody());
    try {
      return answer.get(stallTimeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer for " + stallTimeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  /** The length of the body, if the answer says it. */
  static OptionalLong contentLength(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Length").stream()
        .filter(value -> value.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }
}
