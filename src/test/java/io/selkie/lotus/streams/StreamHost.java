package io.selkie.lotus.streams;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.selkie.http.HttpListener;
import io.selkie.http.PatientListener;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A host that takes pushes on a port of its own. */
final class StreamHost {
  final PieceStreams streams;
  private final HttpListener listener;

  StreamHost(ActorTestKit kit, StreamLimits limits, Duration requestTimeout) throws Exception {
    this.streams = new PieceStreams(kit.system(), limits);
    this.listener =
        PatientListener.open(
                kit.system(),
                new HttpListener.Place("test", "127.0.0.1", 0, Optional.empty(), false, ""),
                requestTimeout,
                (request, connection) -> streams.handle(request, connection.gone()))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  URI url() {
    return listener.url();
  }

  URI place(UUID id) {
    return URI.create(url() + PieceStreams.BASE + id);
  }

  PieceStream.PushedStream announce(UUID id) throws StreamException {
    return (PieceStream.PushedStream) streams.open("push", id.toString());
  }
}
