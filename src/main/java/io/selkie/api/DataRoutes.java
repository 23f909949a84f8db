package io.selkie.api;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.ActorAttributes;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.selkie.auth.Permission;
import io.selkie.filecoin.SectorId;
import io.selkie.http.Connection;
import io.selkie.view.SectorSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Data out of sectors: unsealed to a file first, then sent, and the file removed. */
final class DataRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(DataRoutes.class);
  private static final int CHUNK = 1 << 20;

  private final Operations operations;
  private final Known known;
  private final Spool spool;
  private final Duration stall;
  private final Slots slots;
  private final Executor blocking;

  DataRoutes(
      Operations operations, Known known, Spool spool, ApiSettings settings, Executor blocking) {
    this.operations = operations;
    this.known = known;
    this.spool = spool;
    this.stall = settings.stallTimeout();
    this.slots =
        new Slots(
            settings.maxUnseals(),
            "too_many_unseals",
            "as many downloads of data as selkie.api.max-unseals are under way: try again later");
    this.blocking = blocking;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/sectors/{sector}/data", "getData")
            .needs(Permission.READ)
            .takes("offset", "length")
            .answers(200, 404, 409, 503, 507)
            .streams()
            .audited()
            .by(this::data));
  }

  private CompletionStage<HttpResponse> data(Call call) {
    SectorId sector = call.sector();
    long offset = call.number("offset", 0, Long.MAX_VALUE).orElse(0L);
    Optional<Long> length = call.number("length", 1, Long.MAX_VALUE);
    Runnable slot = slots.take();
    Path file = spool.part();
    Runnable end =
        () -> {
          remove(file);
          slot.run();
        };
    CompletionStage<HttpResponse> response =
        known
            .require(sector)
            .thenAcceptAsync(facts -> spool.checkRoom(wanted(facts, offset, length)), blocking)
            .thenCompose(
                room -> operations.unseal(sector, offset, length, file, call.connection().gone()))
            .thenApplyAsync(unsealed -> send(file, end, call.connection()), blocking);
    // The body may never be asked for: the client can be gone. The end of its connection is the one
    // thing that always comes. What still writes then is waited for, or the file would come back.
    call.connection()
        .gone()
        .thenCompose(gone -> response.handle((sent, failure) -> gone))
        .thenRunAsync(end, blocking);
    return response.whenCompleteAsync(
        (sent, failure) -> {
          if (failure != null) {
            end.run();
          }
        },
        blocking);
  }

  /** How many bytes will come; a range that is outside of the sector is refused later. */
  private static long wanted(Known.Facts facts, long offset, Optional<Long> length) {
    long most =
        facts
            .summary()
            .flatMap(SectorSummary::proofType)
            .map(type -> Math.max(0, type.sectorSize().unpadded().bytes() - offset))
            .orElse(length.orElse(0L));
    return Math.min(most, length.orElse(most));
  }

  private HttpResponse send(Path file, Runnable end, Connection connection) {
    try {
      long bytes = Files.size(file);
      Source<ByteString, ?> content =
          FileIO.fromPath(file, CHUNK)
              .withAttributes(ActorAttributes.dispatcher(ApiServer.BLOCKING))
              .mapMaterializedValue(
                  read -> {
                    read.whenCompleteAsync(
                        (result, failure) -> {
                          connection.end();
                          end.run();
                        },
                        blocking);
                    return read;
                  })
              .idleTimeout(stall); // a client that reads nothing would keep the file
      connection.begin();
      return Replies.stream(
          HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, bytes, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("unsealed data is left: {}", e.getMessage());
    }
  }
}
