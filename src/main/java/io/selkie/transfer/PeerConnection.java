package io.selkie.transfer;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import io.selkie.auth.TlsIdentity;
import io.selkie.auth.TlsTrouble;
import io.selkie.transfer.TransferSettings.Peer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls to a peer's transfer address. Every trouble is a {@link TransferTrouble} of one line. */
final class PeerConnection {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int MOST_TOKEN = 8192;
  private static final int MOST_ANSWER = 16 << 20;
  private static final int OPEN_REQUESTS = 64;
  private static final long POLL_MILLIS = 100;
  private static final int MOST_MESSAGE = 300;

  private final ActorSystem<?> system;
  private final URI url;
  private final Token token;
  private final Optional<TlsIdentity> tls;
  private final HttpsConnectionContext https;
  private final Duration patience;
  private final ConnectionPoolSettings pool;

  /**
   * Calls to a peer.
   *
   * @param identity of this host; it is shown to peers whose URL begins with https
   * @param connections that may be open at once
   * @param patience with a silent peer
   */
  PeerConnection(
      ActorSystem<?> system,
      Peer peer,
      Optional<TlsIdentity> identity,
      int connections,
      Duration patience) {
    this(system, peer.url(), () -> read(peer), identity, connections, patience);
  }

  /** The same with another source of its token. */
  PeerConnection(
      ActorSystem<?> system,
      URI url,
      Token token,
      Optional<TlsIdentity> identity,
      int connections,
      Duration patience) {
    this.system = system;
    this.url = url;
    this.token = token;
    this.tls = identity.filter(shown -> "https".equals(url.getScheme()));
    this.https =
        tls.map(shown -> ConnectionContext.httpsClient((host, port) -> shown.client(host, port)))
            .orElseGet(() -> Http.get(system).defaultClientHttpsContext());
    this.patience = patience;
    ClientConnectionSettings defaults = ClientConnectionSettings.create(system.classicSystem());
    this.pool =
        ConnectionPoolSettings.create(system.classicSystem())
            .withMaxConnections(connections + 1)
            .withMaxOpenRequests(OPEN_REQUESTS)
            .withMaxRetries(0)
            .withConnectionSettings(
                defaults
                    .withConnectingTimeout(toScala(CONNECT))
                    .withIdleTimeout(toScala(patience)));
  }

  /**
   * An answer, read whole.
   *
   * @param body of at most 16 MiB
   */
  record Answer(int status, String body) {
    boolean isGood() {
      return status / 100 == 2;
    }

    /**
     * What it says.
     *
     * @throws TransferTrouble what it says of trouble, or that it is not understood
     */
    <T> T read(Class<T> type, String place) throws TransferTrouble {
      if (!isGood()) {
        throw trouble(place);
      }
      try {
        return TransferJson.read(body, type);
      } catch (IOException e) {
        throw TransferTrouble.passing("unreachable", place + " does not speak this protocol");
      }
    }

    TransferTrouble trouble(String place) {
      ArrivalStatus.Trouble error = error();
      String message = place + ": " + error.message();
      return TransferPlan.isLasting(error.code())
          ? TransferTrouble.lasting(error.code(), message)
          : TransferTrouble.passing(error.code(), message);
    }

    /**
     * Of a refused chunk. All of its head may have been changed on the way, which only the
     * content's sum would show: it is sent again, and speaks against no place for good.
     */
    TransferTrouble chunkTrouble(String place) {
      ArrivalStatus.Trouble error = error();
      String code = TransferPlan.isLasting(error.code()) ? "garbled" : error.code();
      return TransferTrouble.passing(code, place + ": " + error.message());
    }

    private ArrivalStatus.Trouble error() {
      try {
        Refusal refusal = TransferJson.read(body, Refusal.class);
        if (refusal.error() != null
            && String.valueOf(refusal.error().code()).matches("[a-z_]{1,32}")) {
          return new ArrivalStatus.Trouble(
              refusal.error().code(), printable(String.valueOf(refusal.error().message())));
        }
      } catch (IOException e) {
        return new ArrivalStatus.Trouble("unreachable", "status " + status);
      }
      return new ArrivalStatus.Trouble("unreachable", "status " + status);
    }

    private static String printable(String text) {
      String safe = text.replaceAll("[^ -~]", "?");
      return safe.length() > MOST_MESSAGE ? safe.substring(0, MOST_MESSAGE) : safe;
    }
  }

  private record Refusal(ArrivalStatus.Trouble error) {}

  /** Sends a request to the path below the protocol's. */
  CompletableFuture<Answer> send(HttpRequest request, String path) throws TransferTrouble {
    HttpRequest whole =
        request
            .withUri(url + TransferServer.BASE + path)
            .addHeader(RawHeader.create("Authorization", "Bearer " + token()));
    return Http.get(system)
        .singleRequest(whole, https, pool, system.classicSystem().log())
        .thenCompose(this::read)
        .toCompletableFuture();
  }

  private CompletableFuture<Answer> read(HttpResponse response) {
    return response
        .entity()
        .withSizeLimit(MOST_ANSWER)
        .toStrict(patience.toMillis(), system)
        .thenApply(body -> new Answer(response.status().intValue(), body.getData().utf8String()))
        .toCompletableFuture();
  }

  /** Sends a request and waits for its answer. */
  Answer call(HttpRequest request, String path, Control control)
      throws TransferTrouble, Control.Held {
    return await(send(request, path), control);
  }

  /** Waits for an answer as long as the peer is not silent for too long. */
  Answer await(CompletableFuture<Answer> answer, Control control)
      throws TransferTrouble, Control.Held {
    long end = System.nanoTime() + patience.multipliedBy(2).toNanos();
    while (true) {
      control.check();
      try {
        return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (System.nanoTime() > end) {
          throw TransferTrouble.passing("unreachable", url + " does not answer");
        }
      } catch (ExecutionException e) {
        throw TransferTrouble.passing(
            "unreachable",
            TlsTrouble.line(url.toString(), e)
                .orElseGet(() -> url + " cannot be reached: " + line(e) + hint(e)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Control.Held();
      }
    }
  }

  /** A port that speaks TLS closes connections that begin with anything else. */
  private String hint(ExecutionException trouble) {
    boolean closed =
        "http".equals(url.getScheme())
            && line(trouble).contains("closed the connection unexpectedly");
    return closed ? "; perhaps it takes https alone" : "";
  }

  private static String line(ExecutionException trouble) {
    return String.valueOf(trouble.getMessage()).lines().findFirst().orElse("");
  }

  /** Who this host is to the peer; empty: they speak in the clear. */
  Optional<TlsIdentity> tls() {
    return tls;
  }

  /** Tells the token for the peer. */
  @FunctionalInterface
  interface Token {
    String text() throws TransferTrouble;
  }

  /** As it is now. */
  String token() throws TransferTrouble {
    return token.text();
  }

  private static String read(Peer peer) throws TransferTrouble {
    try {
      if (Files.size(peer.tokenFile()) > MOST_TOKEN) {
        throw TransferTrouble.passing("unauthorized", peer.tokenFile() + " is no token file");
      }
      return Files.readString(peer.tokenFile()).strip();
    } catch (IOException e) {
      throw TransferTrouble.passing(
          "unauthorized", "cannot read the token for " + peer.url() + " in " + peer.tokenFile());
    }
  }
}
