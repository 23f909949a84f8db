package io.selkie.sealing;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Files that were uploaded to be sealed, and are removed once they are in their sector. */
final class Spool {
  private Spool() {}

  /**
   * Forces uploaded files to disk: from when the sector is begun, nobody uploads them again.
   *
   * @throws IOException if one is not there, or not as long as was said; one line
   */
  static void keep(List<Sealing.UploadedPiece> pieces) throws IOException {
    for (Sealing.UploadedPiece piece : pieces) {
      Path file = piece.file();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        if (channel.size() != piece.bytes()) {
          throw new IOException(
              file + " has " + channel.size() + " bytes, not " + piece.bytes() + " as was said");
        }
        channel.force(true);
      }
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Durable.syncDirectory(directory);
      }
    }
  }

  /** Removes files, as far as they are there. */
  static void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
