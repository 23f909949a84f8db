package io.selkie.rpc;

import akka.NotUsed;
import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.selkie.auth.Permission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket of a client. Its calls run at once, and are answered in the order in which they
 * end. What is not read waits where it comes from: a client that does not read its answers is not
 * read either, once so many calls run.
 */
final class RpcSession {
  private static final Logger LOG = LoggerFactory.getLogger(RpcSession.class);

  /** Calls and channels of one client at once. */
  static final int MOST_RUNNING = 1024;

  private final RpcService service;
  private final Set<Permission> allowed;
  private final int most;
  private final ClassicActorSystemProvider system;
  private final AtomicLong channels = new AtomicLong();
  private final SharedKillSwitch end = KillSwitches.shared("session");
  private final Map<Object, Call> running = new ConcurrentHashMap<>();
  private volatile boolean over;

  private RpcSession(
      RpcService service, Set<Permission> allowed, int most, ClassicActorSystemProvider system) {
    this.service = service;
    this.allowed = allowed;
    this.most = most;
    this.system = system;
  }

  /**
   * What handles a WebSocket, once. When it ends, so do the calls that run.
   *
   * @param allowed to its client, for as long as it is open
   * @param most bytes of a message of its client
   */
  static Flow<Message, Message, NotUsed> flow(
      RpcService service, Set<Permission> allowed, int most, ClassicActorSystemProvider system) {
    return new RpcSession(service, allowed, most, system).flow();
  }

  private Flow<Message, Message, NotUsed> flow() {
    return Flow.of(Message.class)
        .watchTermination(
            (nothing, ended) -> {
              ended.whenComplete((done, trouble) -> end());
              return NotUsed.notUsed();
            })
        .mapAsync(1, message -> Frames.text(message, most, system))
        .recoverWithRetries(1, Throwable.class, RpcSession::broken)
        .flatMapMerge(MOST_RUNNING, this::answers)
        .map(TextMessage::create);
  }

  /** Too large, no text, or cut: nothing that follows it can be understood. */
  private static Source<String, NotUsed> broken() {
    LOG.debug("a WebSocket is closed that brought what is no message");
    return Source.empty();
  }

  private void end() {
    over = true;
    end.shutdown();
    running.values().forEach(Call::cancel);
  }

  private Source<String, NotUsed> answers(String text) {
    JsonNode frame;
    try {
      frame = RpcJson.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return Source.single(
          RpcAnswer.failed(NullNode.instance, new RpcException(RpcException.PARSE, "Parse error"))
              .toJson()
              .toString());
    }
    String method = frame.path("method").asText("");
    if (method.equals(Frames.CANCEL)) {
      key(frame.path("params").path(0))
          .flatMap(id -> Optional.ofNullable(running.get(id)))
          .ifPresent(Call::cancel);
      return Source.empty();
    }
    boolean answersUs = method.isEmpty() && (frame.has("result") || frame.has("error"));
    if (answersUs || method.equals(Frames.VALUE) || method.equals(Frames.CLOSE)) {
      return Source.empty(); // we ask clients for nothing
    }
    return begin(frame);
  }

  private Source<String, NotUsed> begin(JsonNode request) {
    Call call = new Call();
    RpcService.Running begun =
        service.begin(request, allowed, Optional.of(values -> call.open(values)));
    call.begun(begun);
    Object key = key(request.path("id")).orElse(call);
    running.put(key, call);
    if (over) {
      call.cancel(); // its message was read when the client had left already
    }
    return Source.completionStage(begun.answer())
        .flatMapConcat(
            answer ->
                answer
                    .map(one -> Source.single(one.toJson().toString()).concatLazy(call.values()))
                    .orElseGet(Source::empty))
        .via(end.flow())
        .watchTermination(
            (nothing, ended) -> {
              // The client may leave by the way out, too, before the end of the way in is seen.
              ended.whenComplete(
                  (done, trouble) -> {
                    running.remove(key, call);
                    call.cancel();
                  });
              return NotUsed.notUsed();
            });
  }

  /** Go takes 1 and 1.0 for the same id. */
  private static Optional<Object> key(JsonNode id) {
    if (id.isNumber()) {
      return Optional.of(id.asDouble());
    }
    return id.isTextual() ? Optional.of(id.asText()) : Optional.empty();
  }

  /** A call that runs, and the channel that it may open. */
  private final class Call {
    private final SharedKillSwitch stop = KillSwitches.shared("call");
    private volatile Source<String, NotUsed> values = Source.empty();
    private volatile Optional<RpcService.Running> begun = Optional.empty();

    void begun(RpcService.Running call) {
      begun = Optional.of(call);
    }

    void cancel() {
      stop.shutdown();
      begun.ifPresent(RpcService.Running::cancel);
    }

    /** The number of a channel; its values follow the answer that tells it. */
    JsonNode open(Source<JsonNode, ?> source) {
      JsonNode id = LongNode.valueOf(channels.incrementAndGet());
      values =
          source
              .via(stop.flow())
              .map(value -> Frames.notification(Frames.VALUE, id, value))
              .recoverWithRetries(
                  1,
                  Throwable.class,
                  () -> {
                    LOG.warn("a channel ends before its time: what feeds it failed");
                    return Source.empty();
                  })
              .concatLazy(Source.single(Frames.notification(Frames.CLOSE, id)))
              .mapMaterializedValue(nothing -> NotUsed.notUsed());
      return id;
    }

    Source<String, NotUsed> values() {
      return values;
    }
  }
}
