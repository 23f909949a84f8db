package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a file lies in its sector.
 *
 * @param offset of its first byte, unpadded
 * @param length its true length in bytes
 */
record StoredFile(long offset, long length) {
  /**
   * Chooses among the files of a sector; fillers are none.
   *
   * @param pieces in the order they lie in the sector
   * @param number counted from 0; empty: the only one
   * @throws IOException if there is no such file, or no saying which; one line
   */
  static StoredFile choose(
      SectorId sector, List<SectorManifest.Piece> pieces, Optional<Integer> number)
      throws IOException {
    List<StoredFile> files = all(pieces);
    if (number.isEmpty() && files.size() > 1) {
      throw new IOException(
          sector
              + " holds "
              + files.size()
              + " files: choose one with --piece 0 to --piece "
              + (files.size() - 1));
    }
    int chosen = number.orElse(0);
    if (chosen < 0 || chosen >= files.size()) {
      throw new IOException(
          sector
              + " has no piece "
              + chosen
              + ": it holds "
              + files.size()
              + (files.size() == 1 ? " file" : " files")
              + ", counted from 0");
    }
    return files.get(chosen);
  }

  private static List<StoredFile> all(List<SectorManifest.Piece> pieces) {
    List<StoredFile> files = new ArrayList<>();
    long offset = 0;
    for (SectorManifest.Piece piece : pieces) {
      if (piece.bytes() > 0) {
        files.add(new StoredFile(offset, piece.bytes()));
      }
      offset += piece.size().unpadded().bytes();
    }
    return files;
  }

  /**
   * A part of the file.
   *
   * @throws IOException if it goes beyond its end; one line
   */
  StoredFile part(ByteRange range) throws IOException {
    if (range.offset() + range.length() > length) {
      throw new IOException(
          "the range " + range + " ends beyond the " + length + " bytes of the file");
    }
    return new StoredFile(offset + range.offset(), range.length());
  }
}
