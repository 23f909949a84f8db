package io.selkie.http;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ParserSettings;
import akka.http.javadsl.settings.ServerSettings;
import akka.io.TcpSO;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * A listener for calls that may take hours, as those of the Lotus protocol do: a HEAD of a piece
 * stream is open as long as its task queues, a proof is silent until it is there, a WebSocket stays
 * for days. Akka's own limits are off, since they cannot tell those from clients that say nothing;
 * {@link Connections} ends the latter.
 */
public final class PatientListener {
  /** Go's clients of WebSockets take 30 s of silence for the end. */
  private static final Duration PING = Duration.ofSeconds(5);

  private PatientListener() {}

  /**
   * Opens it.
   *
   * @param requestTimeout a connection without a call for so long is closed; a request's head must
   *     come in this time
   * @param handler what answers; its stages never fail
   * @return fails with {@link java.io.IOException}, of one line, if the port cannot be had
   */
  public static CompletionStage<HttpListener> open(
      ActorSystem<?> system,
      HttpListener.Place place,
      Duration requestTimeout,
      BiFunction<HttpRequest, Connection, CompletionStage<HttpResponse>> handler) {
    return HttpListener.open(
        system,
        place,
        settings(system),
        builder -> builder.bindFlow(new Connections(handler, requestTimeout, system).handler()));
  }

  private static ServerSettings settings(ActorSystem<?> system) {
    ServerSettings defaults = ServerSettings.create(system.settings().config());
    return defaults
        .withServerHeader(Optional.empty())
        .withRemoteAddressAttribute(true)
        .withTransparentHeadRequests(false)
        .withParserSettings(quiet(defaults.getParserSettings()))
        .withSocketOptions(List.of(TcpSO.keepAlive(true), TcpSO.tcpNoDelay(true)))
        .withWebsocketSettings(
            defaults.getWebsocketSettings().withPeriodicKeepAliveMaxIdle(toScala(PING)))
        .withTimeouts(
            defaults
                .getTimeouts()
                .withIdleTimeout(scala.concurrent.duration.Duration.Inf())
                .withRequestTimeout(scala.concurrent.duration.Duration.Inf()));
  }

  /** What Akka warns of, it repeats: a token that is sent malformed would be in the log. */
  private static ParserSettings quiet(ParserSettings defaults) {
    return defaults
        .withIllegalHeaderWarnings(false)
        .withErrorLoggingVerbosity(
            akka.http.scaladsl.settings.ParserSettings.ErrorLoggingVerbosity$.MODULE$.apply("off"));
  }
}
