package io.selkie.lotus;

import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.lotus.calls.CallOrder;
import io.selkie.lotus.streams.PieceStream;
import io.selkie.lotus.wire.CallId;
import io.selkie.lotus.wire.ReaderStream;
import io.selkie.lotus.wire.SectorRef;
import io.selkie.rpc.RpcException;
import io.selkie.scheduler.HostId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the calls down whose bytes come from the miner. Has those of a piece come to the host that
 * adds it: who pushes them here is told its address by a redirect, so that they cross the network
 * once.
 */
record IncomingPieces(HostId own, Pieces pieces, FarmDesks desks, Route route, Book book) {
  private static final Logger LOG = LoggerFactory.getLogger(IncomingPieces.class);

  /** Says which host is to have them. */
  interface Route {
    CompletionStage<PieceHosts.Choice> of(SectorRef sector);
  }

  /** Writes calls down. */
  interface Book {
    CompletionStage<CallId> take(SectorId sector, UUID call, CallOrder order);
  }

  /**
   * What is to be added.
   *
   * @param before padded sizes of the pieces already there
   * @param data which stream it is
   */
  record Piece(SectorRef sector, List<PaddedSize> before, UnpaddedSize size, ReaderStream data) {
    private CallOrder order(HostId host) {
      return new CallOrder.AddPushedPiece(sector.proofType(), before, size, host);
    }
  }

  /** Answers when the call is written down; a stream that it fails with is closed. */
  CompletionStage<CallId> add(Piece piece, PieceStream.Incoming stream) {
    return closing(
        stream,
        route
            .of(piece.sector())
            .thenCompose(
                choice ->
                    choice.host().equals(own)
                        ? here(piece, stream)
                        : elsewhere(piece, stream, choice)));
  }

  /** The same for data of no sector, of which only the commitment is wanted: it is taken here. */
  CompletionStage<CallId> commitment(UnpaddedSize size, PieceStream stream) {
    SectorId none = CallOrder.DataCid.NO_SECTOR;
    if (!(stream instanceof PieceStream.Incoming bytes)) {
      return book.take(none, UUID.randomUUID(), new CallOrder.DataCid(size, own, true));
    }
    return closing(
        bytes,
        here(
            none,
            new CallOrder.DataCid(size, own, false),
            call -> pieces.takeUpTo(call, bytes, size.bytes())));
  }

  private static CompletionStage<CallId> closing(
      PieceStream.Incoming stream, CompletionStage<CallId> call) {
    return call.whenComplete(
        (id, trouble) -> {
          if (trouble != null) {
            stream.close();
          }
        });
  }

  private CompletionStage<CallId> here(Piece piece, PieceStream.Incoming stream) {
    return here(
        piece.sector().id(),
        piece.order(own),
        call -> pieces.take(call, stream, piece.size().bytes()));
  }

  /** The bytes are taken once their call is written down. */
  private CompletionStage<CallId> here(SectorId sector, CallOrder order, Consumer<UUID> taking) {
    UUID call = UUID.randomUUID();
    pieces.desk().begins(call);
    return book.take(sector, call, order)
        .whenComplete(
            (id, trouble) -> {
              if (trouble == null) {
                taking.accept(call);
              } else {
                pieces.desk().ends(call);
              }
            });
  }

  /** Who sends a body without asking first cannot be sent elsewhere with it. */
  private CompletionStage<CallId> elsewhere(
      Piece piece, PieceStream.Incoming stream, PieceHosts.Choice choice) {
    CompletionStage<Boolean> asks =
        stream instanceof PieceStream.PushedStream pushed
            ? pushed.arrived()
            : CompletableFuture.completedStage(true);
    return asks.thenCompose(can -> can ? there(piece, stream, choice) : here(piece, stream));
  }

  private CompletionStage<CallId> there(
      Piece piece, PieceStream.Incoming stream, PieceHosts.Choice choice) {
    UUID call = UUID.randomUUID();
    ReaderStream data = piece.data();
    return desks
        .announce(choice.host(), call, data.type(), data.info(), piece.size().bytes())
        .handle(
            (place, trouble) ->
                trouble == null
                    ? book.take(piece.sector().id(), call, piece.order(choice.host()))
                        .thenApply(id -> sent(id, stream, place, choice.host()))
                    : instead(piece, stream, choice, trouble))
        .thenCompose(Function.identity());
  }

  /** From here on the call fails if the bytes do not come there, and the miner sends them again. */
  private static CallId sent(
      CallId id, PieceStream.Incoming stream, Optional<URI> place, HostId host) {
    LOG.info("a piece of {} goes to host {}", id.sector(), host);
    boolean isTold =
        stream instanceof PieceStream.PushedStream pushed
            && place.isPresent()
            && pushed.redirect(place.get());
    if (!isTold) {
      stream.close(); // nobody pushes, or not as it should
    }
    return id;
  }

  private CompletionStage<CallId> instead(
      Piece piece, PieceStream.Incoming stream, PieceHosts.Choice choice, Throwable trouble) {
    String why = Greeting.line(trouble);
    if (choice.bound()) {
      return CompletableFuture.failedStage(
          new RpcException(
              "the earlier pieces of "
                  + piece.sector().id()
                  + " are on host "
                  + choice.host()
                  + ", which takes no bytes now: "
                  + why));
    }
    LOG.info(
        "a piece of {} comes here, and not to host {}: {}",
        piece.sector().id(),
        choice.host(),
        why);
    return here(piece, stream);
  }
}
