package io.selkie.api;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Location;
import io.selkie.auth.AuditEntry;
import io.selkie.auth.AuditLog;
import io.selkie.auth.Verification.Verified;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts calls that change state into the audit log: before their effect, and before their answer.
 */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

  private final AuditLog log;
  private final Replies replies;
  private final Executor blocking;

  Audit(AuditLog log, Replies replies, Executor blocking) {
    this.log = log;
    this.replies = replies;
    this.blocking = blocking;
  }

  /** Runs the handler between the two lines; without the first it does not run. */
  CompletionStage<HttpResponse> record(
      HttpRequest request, Verified caller, Supplier<CompletionStage<HttpResponse>> handler) {
    AuditEntry asked = entry(AuditEntry.What.ASKED, request, caller, Optional.empty());
    return append(asked, "nothing was done")
        .thenCompose(
            written ->
                handler
                    .get()
                    .exceptionally(replies::failure)
                    .thenCompose(response -> answered(asked, response)));
  }

  private CompletionStage<HttpResponse> answered(AuditEntry asked, HttpResponse response) {
    AuditEntry answered = asked.answered(response.status().intValue(), made(response));
    return append(answered, "the call itself was answered " + response.status().intValue())
        .thenApply(written -> response);
  }

  /** Records that the caller's token is not enough, and answers so. */
  CompletionStage<HttpResponse> refused(HttpRequest request, Verified caller, ApiException why) {
    AuditEntry refused =
        entry(AuditEntry.What.REFUSED, request, caller, Optional.of(why.status().intValue()));
    return append(refused, "nothing was done")
        .thenCompose(written -> CompletableFuture.failedStage(why));
  }

  private CompletionStage<Void> append(AuditEntry entry, String sofar) {
    return CompletableFuture.runAsync(
            () -> {
              try {
                log.append(entry);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            blocking)
        .exceptionally(
            e -> {
              LOG.warn("the audit log cannot be written: {}", e.getMessage());
              throw new CompletionException(
                  new ApiException(
                      StatusCodes.SERVICE_UNAVAILABLE,
                      "audit_log",
                      "the audit log cannot be written, see the node's log; " + sofar));
            });
  }

  private static AuditEntry entry(
      AuditEntry.What what, HttpRequest request, Verified caller, Optional<Integer> status) {
    return new AuditEntry(
        what,
        UUID.randomUUID(),
        caller.subject(),
        caller.id(),
        remote(request),
        request.method().name(),
        request.getUri().path(),
        named(request.getUri().pathSegments()),
        status);
  }

  private static String remote(HttpRequest request) {
    return request
        .getAttribute(AttributeKeys.remoteAddress)
        .flatMap(RemoteAddress::getAddress)
        .map(InetAddress::getHostAddress)
        .orElse("unknown");
  }

  /** The sector that the answer says was made. */
  private static Optional<String> made(HttpResponse response) {
    return response
        .getHeader(Location.class)
        .flatMap(location -> named(location.getUri().pathSegments()));
  }

  /** The sector that a path names, if it names one. */
  private static Optional<String> named(Iterable<String> segments) {
    return StreamSupport.stream(segments.spliterator(), false).filter(Audit::isSector).findFirst();
  }

  private static boolean isSector(String segment) {
    try {
      SectorId.parse(segment);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
