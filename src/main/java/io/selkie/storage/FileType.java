package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a sector has on disk, by Lotus's names: each is also a directory of a storage path. */
public enum FileType {
  /** Data with Fr32 padding: a file. */
  UNSEALED("unsealed"),
  /** The replica: a file. */
  SEALED("sealed"),
  /** Layers, trees and what proofs of spacetime read: a directory. */
  CACHE("cache"),
  /** An updated replica: a file. */
  UPDATE("update"),
  /** Trees of an updated replica: a directory. */
  UPDATE_CACHE("update-cache"),
  /** A piece without a sector: a file. Its names are Lotus's own. */
  PIECE("piece");

  private final String text;

  FileType(String text) {
    this.text = text;
  }

  /** The type with this name; empty if there is none. */
  public static Optional<FileType> of(String text) {
    return Stream.of(values()).filter(type -> type.text.equals(text)).findFirst();
  }

  /** The directory of this type below the root of a storage path. */
  public Path directory(Path root) {
    return root.resolve(text);
  }

  /** Where the sector's file, or directory, of this type lies below the root of a storage path. */
  public Path of(Path root, SectorId sector) {
    return directory(root).resolve(sector.toString());
  }

  /** Lotus's name. */
  @Override
  public String toString() {
    return text;
  }
}
