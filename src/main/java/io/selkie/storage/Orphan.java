package io.selkie.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.SectorId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Files that nothing needs any more.
 *
 * @param files to be deleted in this order; directories with all that is in them
 * @param bytes they take
 * @param reason why nothing needs them, in one sentence
 * @param onlyByName whether it is only deleted when its sector is named: it could be of worth
 * @param home of a copy: the path that was found to have the sector, too
 */
public record Orphan(
    Kind kind,
    Optional<SectorId> sector,
    List<Path> files,
    long bytes,
    String reason,
    boolean onlyByName,
    Optional<StoragePath> home) {
  private static final int ID_CHARS = 16;

  /** What it is. */
  public enum Kind {
    /** Files of a sector that is not known or was removed. */
    SECTOR,
    /** A file whose fetch did not end. */
    FETCH,
    /** Parts of a sector whose sender gave up. */
    ARRIVAL,
    /** Layers and trees of a sector that is sealed. */
    SCRATCH,
    /** A sealed sector's files that another path has, too. */
    COPY,
    /** An upload that no sector names. */
    UPLOAD,
    /** The directory of a job that is no sector's. */
    JOB,
    /** Deleted by another program, and kept for a while. */
    TRASH;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The list is copied. */
  public Orphan {
    files = List.copyOf(files);
  }

  /** What is no copy. */
  public Orphan(
      Kind kind,
      Optional<SectorId> sector,
      List<Path> files,
      long bytes,
      String reason,
      boolean onlyByName) {
    this(kind, sector, files, bytes, reason, onlyByName, Optional.empty());
  }

  /** Of these files the same each time it is looked: so that what was listed is what is deleted. */
  public String id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(kind.name().getBytes(StandardCharsets.UTF_8));
      for (Path file : files) {
        digest.update((byte) 0);
        digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, ID_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
