package io.selkie.api;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.settings.ParserSettings;
import akka.http.javadsl.settings.ServerSettings;
import akka.io.TcpSO;
import io.selkie.http.Connections;
import io.selkie.http.HttpListener;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** The running management interface. It ends with its actor system. */
public final class ApiServer {
  /** The dispatcher for what blocks. */
  static final String BLOCKING = "selkie.blocking-io-dispatcher";

  /** The dispatcher of the audit log, which must not wait for a database that is away. */
  static final String AUDIT = "selkie.audit-dispatcher";

  private final HttpListener listener;

  private ApiServer(HttpListener listener) {
    this.listener = listener;
  }

  /**
   * Opens the port. On a coordinated shutdown it takes no new calls, and those that run have some
   * seconds to end.
   *
   * @return fails with {@link IOException}, of one line, if the port cannot be had
   * @throws IOException if the spool directory cannot be used
   */
  public static CompletionStage<ApiServer> start(
      ActorSystem<?> system, ApiSettings settings, ApiServices services) throws IOException {
    Executor audit = system.dispatchers().lookup(DispatcherSelector.fromConfig(AUDIT));
    Replies replies = new Replies(system);
    OpenStreams streams = new OpenStreams(system);
    List<Endpoint> table = table(system, settings, services, replies, streams);
    Router router =
        new Router(
            table,
            new Doorkeeper(services.tokens()),
            new Audit(services.audit(), replies, audit),
            replies,
            system);
    CoordinatedShutdown.get(system)
        .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "selkie-api-streams", streams::shutdown);
    return HttpListener.open(
            system,
            new HttpListener.Place(
                "selkie.api",
                settings.host(),
                settings.port(),
                settings.tls(),
                false,
                "tokens can be read on the way; turn selkie.api.tls on, or put a proxy before it"),
            serverSettings(system, settings),
            builder ->
                builder.bindFlow(
                    new Connections(router::answer, settings.requestTimeout(), system).handler()))
        .thenApply(ApiServer::new);
  }

  /** Every operation there is. */
  static List<Endpoint> table(
      ActorSystem<?> system,
      ApiSettings settings,
      ApiServices services,
      Replies replies,
      OpenStreams streams)
      throws IOException {
    Executor blocking = system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING));
    Operations operations = services.operations();
    ReadModel readModel = services.readModel();
    Patience patience = new Patience(settings.answerTimeout());
    Known known = new Known(operations, readModel, patience, blocking);
    Spool spool = Spool.open(services.spool());
    return Stream.of(
            new NodeRoutes(operations, replies, patience).endpoints(),
            new SectorRoutes(
                    operations,
                    known,
                    readModel,
                    replies,
                    new Json(system),
                    patience,
                    blocking,
                    services.clock())
                .endpoints(),
            new StorageRoutes(services.storage(), replies, new Json(system), patience).endpoints(),
            new UploadRoutes(operations, replies, patience, spool, settings, system, blocking)
                .endpoints(),
            new TransferRoutes(operations, replies, patience).endpoints(),
            new HostRoutes(operations, readModel, replies, patience, blocking, services.clock())
                .endpoints(),
            new ExplainRoutes(operations, known, replies, patience).endpoints(),
            new DataRoutes(operations, known, spool, settings, blocking).endpoints(),
            new EventRoutes(
                    readModel, replies, settings.heartbeat(), services.clock(), streams, blocking)
                .endpoints())
        .flatMap(List::stream)
        .toList();
  }

  private static ServerSettings serverSettings(ActorSystem<?> system, ApiSettings settings) {
    ServerSettings defaults = ServerSettings.create(system.settings().config());
    return defaults
        .withServerHeader(Optional.empty())
        .withRemoteAddressAttribute(true)
        .withParserSettings(parserSettings(defaults.getParserSettings()))
        .withParsingErrorHandler(ParsingErrors.class.getName())
        .withSocketOptions(List.of(TcpSO.keepAlive(true), TcpSO.tcpNoDelay(true)))
        .withTimeouts(
            defaults
                .getTimeouts()
                .withIdleTimeout(toScala(settings.idleTimeout()))
                .withRequestTimeout(toScala(settings.answerTimeout().multipliedBy(2))));
  }

  /** What Akka warns of, it repeats: a token that is sent malformed would be in the log. */
  private static ParserSettings parserSettings(ParserSettings defaults) {
    return defaults
        .withIllegalHeaderWarnings(false)
        .withErrorLoggingVerbosity(
            akka.http.scaladsl.settings.ParserSettings.ErrorLoggingVerbosity$.MODULE$.apply("off"));
  }

  /** Where it answers, such as {@code http://127.0.0.1:4720/api/v1}. */
  public URI url() {
    return URI.create(listener.url() + Endpoint.BASE);
  }

  /** Takes no new calls; those that run have some seconds to end. */
  public CompletionStage<Done> stop() {
    return listener.stop();
  }
}
