package io.selkie.http;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.settings.ServerSettings;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port of this host on which HTTP is spoken, or HTTPS alone. It ends with its actor system: then
 * it takes no new calls, and those that run have some seconds to end.
 */
public final class HttpListener {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final Duration LAST_CALLS = Duration.ofSeconds(5);

  private final ServerBinding binding;
  private final boolean secure;

  private HttpListener(ServerBinding binding, boolean secure) {
    this.binding = binding;
    this.secure = secure;
  }

  /**
   * Where to listen.
   *
   * @param setting its part of the settings, such as {@code selkie.api}, which has {@code host} and
   *     {@code port}; or the one that has both, such as {@code selkie.lotus.address}
   * @param port 0: any free one
   * @param tls who this host is there; empty: in the clear
   * @param asks whether callers have to show a certificate of the farm
   * @param plain what the log says besides where it is reached from elsewhere and in the clear
   */
  public record Place(
      String setting,
      String host,
      int port,
      Optional<TlsIdentity> tls,
      boolean asks,
      String plain) {
    private IOException cannotListen(Throwable failure) {
      String where =
          setting.endsWith("address") ? setting : setting + ".host or " + setting + ".port";
      return new IOException(
          "cannot listen on %s port %d: change %s, or end who has it".formatted(host, port, where),
          failure);
    }
  }

  /**
   * Opens it.
   *
   * @param bind what answers
   * @return fails with {@link IOException}, of one line, if the port cannot be had
   */
  public static CompletionStage<HttpListener> open(
      ActorSystem<?> system,
      Place place,
      ServerSettings settings,
      Function<ServerBuilder, CompletionStage<ServerBinding>> bind) {
    ServerBuilder plain =
        Http.get(system).newServerAt(place.host(), place.port()).withSettings(settings);
    ServerBuilder builder =
        place
            .tls()
            .map(
                tls ->
                    plain.enableHttps(
                        ConnectionContext.httpsServer(() -> tls.server(place.asks()))))
            .orElse(plain);
    return bind.apply(builder)
        .exceptionally(
            failure -> {
              throw new CompletionException(place.cannotListen(failure));
            })
        .thenApply(
            binding -> {
              if (place.tls().isEmpty() && !isOfThisHostAlone(binding)) {
                LOG.warn(
                    "{} listens on {} without TLS: {}",
                    place.setting(),
                    binding.localAddress(),
                    place.plain());
              }
              return new HttpListener(
                  binding.addToCoordinatedShutdown(LAST_CALLS, system), place.tls().isPresent());
            });
  }

  private static boolean isOfThisHostAlone(ServerBinding binding) {
    return binding.localAddress().getAddress().isLoopbackAddress();
  }

  /** Where it answers, such as {@code https://10.0.0.1:4720}. */
  public URI url() {
    InetSocketAddress address = binding.localAddress();
    String host = address.getAddress().getHostAddress();
    return URI.create(
        (secure ? "https" : "http")
            + "://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + address.getPort());
  }

  /** Takes no new calls; those that run have some seconds to end. */
  public CompletionStage<Done> stop() {
    return binding.terminate(LAST_CALLS).thenApply(terminated -> Done.done());
  }
}
