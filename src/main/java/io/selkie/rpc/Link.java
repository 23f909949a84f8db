package io.selkie.rpc;

import static scala.jdk.javaapi.DurationConverters.toScala;

import akka.Done;
import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.http.javadsl.ClientTransport;
import akka.http.javadsl.Http;
import akka.http.javadsl.OutgoingConnection;
import akka.http.javadsl.model.headers.Authorization;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.http.javadsl.model.ws.WebSocketRequest;
import akka.http.javadsl.model.ws.WebSocketUpgradeResponse;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.selkie.stages.Stages;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One WebSocket to a server, from its opening to its end. */
final class Link {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  /** Messages that the other side has not taken yet; calls beyond them fail. */
  private static final int MOST_WAITING = 4096;

  /** Values of a channel that nobody has read yet; beyond them the channel fails. */
  static final int MOST_UNREAD = 1024;

  private final URI address;
  private final ActorSystem system;
  private final Map<Long, Pending> calls = new ConcurrentHashMap<>();
  private final Map<Long, Values> channels = new ConcurrentHashMap<>();
  private final BoundedSourceQueue<Message> out;
  private final Source<Message, NotUsed> outgoing;
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private volatile boolean over;

  private record Pending(
      RpcInterface.RpcMethod method, CompletableFuture<@Nullable Object> answer) {}

  private record Values(
      RpcInterface.RpcMethod method, long request, BoundedSourceQueue<Object> unread) {}

  private Link(URI address, ActorSystem system) {
    this.address = address;
    this.system = system;
    Pair<BoundedSourceQueue<Message>, Source<Message, NotUsed>> queue =
        Source.<Message>queue(MOST_WAITING).preMaterialize(system);
    this.out = queue.first();
    this.outgoing = queue.second();
  }

  /** A link, and whether it could be opened: it fails with {@link IOException} if not. */
  record Opening(Link link, CompletionStage<Done> opened) {}

  /**
   * Opens a link. Calls may be made before it is open.
   *
   * @param address {@code ws} or {@code wss}
   * @param token empty: none
   */
  static Opening open(URI address, String token, SocketTimes times, ActorSystem system) {
    Link link = new Link(address, system);
    return new Opening(link, link.connect(token, times));
  }

  private CompletionStage<Done> connect(String token, SocketTimes times) {
    WebSocketRequest request = WebSocketRequest.create(address.toString());
    Flow<Message, Message, CompletionStage<Done>> messages =
        Flow.fromSinkAndSourceMat(
            Flow.of(Message.class)
                .mapAsync(1, message -> Frames.text(message, RpcJson.MOST_BYTES, system))
                .toMat(Sink.foreach(this::receive), Keep.right()),
            outgoing,
            Keep.left());
    Pair<CompletionStage<WebSocketUpgradeResponse>, CompletionStage<Done>> socket =
        Http.get(system)
            .singleWebSocketRequest(
                token.isEmpty() ? request : request.addHeader(Authorization.oauth2(token)),
                messages,
                Http.get(system).defaultClientHttpsContext(),
                Optional.empty(),
                settings(times),
                system.log(),
                SystemMaterializer.get(system).materializer());
    socket.second().whenComplete((done, trouble) -> end());
    return socket
        .first()
        .handle(
            (upgrade, trouble) -> {
              if (trouble == null && upgrade.isValid()) {
                return CompletableFuture.completedFuture(Done.done());
              }
              String why =
                  trouble == null
                      ? "answers with status " + upgrade.response().status()
                      : "cannot be reached: " + Stages.cause(trouble).getMessage();
              if (trouble == null) {
                upgrade.response().discardEntityBytes(system);
              }
              end();
              return CompletableFuture.<Done>failedFuture(new ConnectionLost(address + " " + why));
            })
        .thenCompose(outcome -> outcome);
  }

  /** Only what the other side sends shows that it is there; what we send may go nowhere. */
  private ClientConnectionSettings settings(SocketTimes times) {
    ClientConnectionSettings defaults = ClientConnectionSettings.create(system);
    ClientTransport tcp = ClientTransport.TCP();
    return defaults
        .withIdleTimeout(scala.concurrent.duration.Duration.Inf())
        .withWebsocketSettings(
            defaults.getWebsocketSettings().withPeriodicKeepAliveMaxIdle(toScala(times.ping())))
        .withTransport(
            new ClientTransport() {
              @Override
              public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> connectTo(
                  String host, int port, ClientConnectionSettings settings, ActorSystem system) {
                return tcp.connectTo(host, port, settings, system)
                    .via(Flow.of(ByteString.class).idleTimeout(times.silence()));
              }
            });
  }

  /** Completes when the connection is over and all that needed it has failed. */
  CompletionStage<Done> ended() {
    return ended;
  }

  /** Says goodbye; calls that run are lost. */
  void close() {
    finish(out::complete);
  }

  /**
   * Calls. Who ends the stage before the answer comes cancels the call.
   *
   * @return fails with {@link ConnectionLost} if the link ends first
   */
  CompletableFuture<@Nullable Object> call(RpcInterface.RpcMethod method, long id, String request) {
    CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
    calls.put(id, new Pending(method, answer));
    CompletionStage<@Nullable Object> given = answer;
    given.whenComplete(
        (result, trouble) -> {
          if (calls.remove(id) != null) {
            cancel(id);
          }
        });
    QueueOfferResult offered = out.offer(TextMessage.create(request));
    if (!offered.isEnqueued() || over) {
      calls.remove(id);
      answer.completeExceptionally(
          offered == QueueOfferResult.dropped()
              ? new IOException(address + " does not take so many calls at once")
              : lost());
    }
    return answer;
  }

  private ConnectionLost lost() {
    return new ConnectionLost("the connection to " + address + " was lost");
  }

  private void cancel(long request) {
    QueueOfferResult offered =
        out.offer(
            TextMessage.create(Frames.notification(Frames.CANCEL, LongNode.valueOf(request))));
    if (!offered.isEnqueued()) {
      LOG.debug("call {} to {} is not cancelled: the connection is gone", request, address);
    }
  }

  /** What it throws ends the link. */
  private void receive(String text) throws IOException {
    JsonNode frame = RpcJson.MAPPER.readTree(text);
    JsonNode params = frame.path("params");
    switch (frame.path("method").asText("")) {
      case "" -> answered(frame);
      case Frames.VALUE -> value(params.path(0).asLong(), params.path(1));
      case Frames.CLOSE ->
          Optional.ofNullable(channels.remove(params.path(0).asLong()))
              .ifPresent(closed -> finish(closed.unread()::complete));
      default -> LOG.debug("{} calls us, and there is nothing to call", address);
    }
  }

  private void answered(JsonNode frame) throws IOException {
    JsonNode id = frame.path("id");
    if (!id.isNumber()) {
      throw new IOException(address + " could not read one of the calls");
    }
    Optional<Pending> pending = Optional.ofNullable(calls.remove(id.asLong()));
    if (pending.isEmpty()) {
      LOG.debug("{} answers call {}, which nobody waits for", address, id);
      return;
    }
    CompletableFuture<@Nullable Object> answer = pending.get().answer();
    try {
      Object result = Wire.result(pending.get().method(), id.asLong(), frame, address);
      answer.complete(
          pending.get().method().channel()
              ? open(pending.get().method(), id.asLong(), frame.get("result"))
              : result);
    } catch (IOException | RpcException e) {
      answer.completeExceptionally(e);
    }
  }

  private Source<Object, NotUsed> open(RpcInterface.RpcMethod method, long request, JsonNode id)
      throws IOException {
    if (!id.isIntegralNumber()) {
      throw new IOException(address + " opens a channel that has no number");
    }
    long channel = id.asLong();
    Pair<Pair<BoundedSourceQueue<Object>, CompletionStage<Done>>, Source<Object, NotUsed>> made =
        Source.<Object>queue(MOST_UNREAD)
            .watchTermination((queue, done) -> Pair.create(queue, done))
            .preMaterialize(system);
    channels.put(channel, new Values(method, request, made.first().first()));
    made.first()
        .second()
        .whenComplete(
            (done, trouble) -> {
              if (channels.remove(channel) != null) {
                cancel(request);
              }
            });
    return made.second();
  }

  private void value(long channel, JsonNode given) {
    Optional<Values> values = Optional.ofNullable(channels.get(channel));
    if (values.isEmpty()) {
      return; // the reader has left, and the other side does not know yet
    }
    try {
      Object value =
          RpcJson.read(given, values.get().method().result())
              .orElseThrow(() -> new IOException(address + " sends nothing as a value"));
      if (values.get().unread().offer(value) == QueueOfferResult.dropped()) {
        throw new IOException("the values of " + address + " are read too slowly");
      }
    } catch (IOException | IllegalArgumentException e) {
      fail(channel, e);
    }
  }

  private void fail(long channel, Exception why) {
    Optional<Values> values = Optional.ofNullable(channels.remove(channel));
    values.ifPresent(
        failed -> {
          finish(() -> failed.unread().fail(why));
          cancel(failed.request());
        });
  }

  private void end() {
    over = true;
    finish(out::complete);
    for (long id : List.copyOf(calls.keySet())) {
      Optional.ofNullable(calls.remove(id))
          .ifPresent(call -> call.answer().completeExceptionally(lost()));
    }
    for (long id : List.copyOf(channels.keySet())) {
      Optional.ofNullable(channels.remove(id))
          .ifPresent(values -> finish(() -> values.unread().fail(lost())));
    }
    ended.complete(Done.done());
  }

  /** Whoever takes from a queue may have left meanwhile, which ends it too. */
  private static void finish(Runnable ending) {
    try {
      ending.run();
    } catch (IllegalStateException e) {
      LOG.trace("a queue has ended already", e);
    }
  }
}
