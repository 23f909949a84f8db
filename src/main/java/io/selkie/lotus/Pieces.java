package io.selkie.lotus;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.selkie.lotus.calls.LotusCall;
import io.selkie.lotus.streams.PieceStream;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Takes the bytes of pieces that miners push, and tells their calls how it ended. */
record Pieces(CallDesk desk, ClusterSharding sharding) {
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
              sharding
                  .entityRefFor(LotusCall.KEY, call.toString())
                  .tell(
                      trouble == null
                          ? new LotusCall.PieceIsStored(desk.piece(call))
                          : new LotusCall.PieceIsLost(Greeting.line(trouble)));
              desk.ends(call);
            });
  }
}
