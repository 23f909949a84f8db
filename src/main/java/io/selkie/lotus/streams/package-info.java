/**
 * Pieces that come over the wire, as Lotus sends them for {@code AddPiece} and {@code DataCid}
 * (LOTUS_WORKER_PROTOCOL.md 9): a call names a stream, and its bytes come by a request of their
 * own, when the task asks for them.
 */
@NullMarked
package io.selkie.lotus.streams;

import org.jspecify.annotations.NullMarked;
