package io.selkie.proofs;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the bytes of a piece come from.
 *
 * @param path the file; empty: zeros
 * @param bytes unpadded bytes to take from it, the rest of the piece is zeros; empty: as many as
 *     the piece has
 */
public record PieceSource(Optional<Path> path, Optional<Long> bytes) {
  /** Zeros. */
  public static PieceSource zeros() {
    return new PieceSource(Optional.empty(), Optional.empty());
  }

  /** The first bytes of a file, then zeros. */
  public static PieceSource file(Path path, long bytes) {
    return new PieceSource(Optional.of(path), Optional.of(bytes));
  }
}
