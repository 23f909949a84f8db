package io.selkie.lotus;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.selkie.lotus.calls.LotusCall;
import io.selkie.lotus.streams.PieceStream;
import io.selkie.lotus.streams.PieceStreams;
import io.selkie.lotus.streams.StreamException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes the bytes of pieces that come to this host, and tells their calls how it ended. */
final class Pieces {
  /** A call is written down within seconds of being announced, or never. */
  private static final Duration UNWANTED = Duration.ofMinutes(1);

  private final CallDesk desk;
  private final PieceStreams streams;
  private final CompletionStage<String> base;
  private final ActorSystem<?> system;
  private final Map<UUID, Announced> announced = new HashMap<>();

  private record Announced(PieceStream.Incoming stream, long bytes) {}

  /**
   * Of this host.
   *
   * @param base the beginning of its address, such as {@code http://10.0.0.2:3456}, once it listens
   */
  Pieces(CallDesk desk, PieceStreams streams, CompletionStage<String> base, ActorSystem<?> system) {
    this.desk = desk;
    this.streams = streams;
    this.base = base;
    this.system = system;
  }

  CallDesk desk() {
    return desk;
  }

  /**
   * The bytes of a call that another host answers are to come here. None is read before the call
   * asks for them by {@link #isTaking}, which it does when it is written down.
   *
   * @param type what kind of stream it is, and {@code info} which one, by the call's parameter
   * @param bytes unpadded bytes, after which it reads no more
   * @return where to push them to; empty if they are fetched from here
   * @throws StreamException if there is no such stream
   */
  CompletionStage<Optional<URI>> announce(UUID call, String type, String info, long bytes)
      throws StreamException {
    if (!(streams.open(type, info) instanceof PieceStream.Incoming stream)) {
      throw new StreamException("zeros come from nowhere");
    }
    synchronized (this) {
      announced.put(call, new Announced(stream, bytes));
    }
    desk.begins(call);
    system.scheduler().scheduleOnce(UNWANTED, () -> giveUp(call), system.executionContext());
    return stream instanceof PieceStream.PushedStream
        ? base.thenApply(url -> Optional.of(URI.create(url + PieceStreams.BASE + info)))
        : CompletableFuture.completedStage(Optional.empty());
  }

  private void giveUp(UUID call) {
    claim(call)
        .ifPresent(
            one -> {
              one.stream().close();
              desk.ends(call);
            });
  }

  private synchronized Optional<Announced> claim(UUID call) {
    return Optional.ofNullable(announced.remove(call));
  }

  /** Whether the bytes of a call's piece are coming: known to this process alone. */
  boolean isTaking(UUID call) {
    claim(call).ifPresent(one -> take(call, one.stream(), one.bytes()));
    return desk.isTaking(call);
  }

  /**
   * Takes them.
   *
   * @param bytes unpadded bytes, after which it reads no more
   */
  void take(UUID call, PieceStream.Incoming stream, long bytes) {
    tell(call, stream.storeIn(desk.piece(call), bytes));
  }

  /** The same where fewer bytes may come. */
  void takeUpTo(UUID call, PieceStream.Incoming stream, long most) {
    tell(call, stream.storeUpTo(desk.piece(call), most));
  }

  private void tell(UUID call, CompletionStage<?> stored) {
    CompletionStage<?> unused =
        stored.whenComplete(
            (done, trouble) -> {
              // Before it is forgotten here, or the call could think that it never came.
              ClusterSharding.get(system)
                  .entityRefFor(LotusCall.KEY, call.toString())
                  .tell(
                      trouble == null
                          ? new LotusCall.PieceIsStored(desk.piece(call))
                          : new LotusCall.PieceIsLost(Greeting.line(trouble)));
              desk.ends(call);
            });
  }
}
