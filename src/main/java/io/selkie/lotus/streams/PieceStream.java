package io.selkie.lotus.streams;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** The bytes of a piece, of which none is read before they are asked for. */
public sealed interface PieceStream {
  /**
   * Zero bytes, of a sector without data; nothing comes over the wire.
   *
   * @param bytes unpadded
   */
  record Zeros(long bytes) implements PieceStream {}

  /** Bytes that come over the wire. */
  sealed interface Incoming extends PieceStream permits PushedStream, Download {
    /**
     * Stores so many bytes, once. The file gets its name when it is whole and durable; until then
     * it has the suffix {@code .part}, which is removed on failure, and after a crash replaced by
     * the next attempt. What comes after these bytes is not read.
     *
     * @param bytes unpadded, as announced
     * @return fails with {@link StreamException} if not all of them come, or if the stream was
     *     closed; with another {@link java.io.IOException} if the disk does not take them
     */
    CompletionStage<Void> storeIn(Path file, long bytes);

    /**
     * The same for a stream that may end early, as that of {@code DataCid} may.
     *
     * @param most unpadded
     * @return how many bytes came
     */
    CompletionStage<Long> storeUpTo(Path file, long most);

    /** Nobody wants the bytes any more; what is being stored fails, and its file is removed. */
    void close();
  }

  /** Bytes that the caller pushes to us. */
  sealed interface PushedStream extends Incoming permits Push {
    /**
     * Completes when the caller has shown itself, which it does along with its call.
     *
     * @return whether it asks before it sends, so that it can be told another place; fails with
     *     {@link StreamException} if it does not come in time
     */
    CompletionStage<Boolean> arrived();

    /**
     * Tells the caller to push to another place, which has announced this stream itself. Nothing is
     * read here then.
     *
     * @param place such as {@code http://10.0.0.2:3456/rpc/streams/v0/push/UUID}
     * @return false if it is too late: the stream is read or closed, or its bytes come already
     */
    boolean redirect(URI place);
  }
}
