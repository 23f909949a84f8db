package io.selkie.transfer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorCopy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a sender offers: a whole sector, each file with its length and digest. The same offer made
 * again goes on where the first was interrupted.
 *
 * @param chunkBytes in how large parts files are sent; the last one of a file may be shorter
 * @param moving of a sector that is to be sealed further there; absent: it is sealed
 */
public record Offer(
    SectorId sector,
    int chunkBytes,
    List<SectorCopy.File> files,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Moving> moving) {
  /** The length of a chunk unless a test wants another: 16 MiB. */
  public static final int CHUNK = 16 << 20;

  private static final int LEAST_CHUNK = 512;
  private static final int MOST_CHUNK = 64 << 20;
  private static final int MOST_FILES = 64;
  private static final int MOST_CHUNKS = 1 << 22;
  private static final int ID_BYTES = 16;
  private static final Pattern DIGEST = Pattern.compile("[a-z0-9]{1,16}:[0-9a-f]{64}");

  /**
   * A sector that goes on at the receiver.
   *
   * @param generation of its files
   */
  public record Moving(SealProofType proofType, int generation) {
    /** Both are given. */
    public Moving {
      if (proofType == null || generation < 1) {
        throw new IllegalArgumentException("a moving sector has a proof type and a generation");
      }
    }
  }

  /** Of a sealed sector. */
  public Offer(SectorId sector, int chunkBytes, List<SectorCopy.File> files) {
    this(sector, chunkBytes, files, Optional.empty());
  }

  /**
   * The list is copied.
   *
   * @throws IllegalArgumentException if it is no whole sector, or a name is none of this sector's
   */
  public Offer {
    if (sector == null || files == null) {
      throw new IllegalArgumentException("an offer names a sector and its files");
    }
    files = List.copyOf(files);
    moving = moving == null ? Optional.empty() : moving;
    boolean sealed = moving.isEmpty();
    require(
        chunkBytes >= LEAST_CHUNK && chunkBytes <= MOST_CHUNK,
        "chunks have " + LEAST_CHUNK + " to " + MOST_CHUNK + " bytes");
    require(files.size() <= MOST_FILES, "a sector has at most " + MOST_FILES + " files");
    Set<String> names = new HashSet<>();
    for (SectorCopy.File file : files) {
      require(
          file.name() != null
              && (sealed
                  ? FileNames.isLegal(sector, file.name())
                  : FileNames.isLegalBeforeSealed(sector, file.name())),
          sector + " has no file \"" + printable(file.name()) + "\"");
      require(names.add(file.name()), "the file " + file.name() + " is named twice");
      require(
          file.bytes() >= 0 && file.bytes() / chunkBytes < MOST_CHUNKS,
          "the file " + file.name() + " cannot have " + file.bytes() + " bytes");
      require(
          file.digest() != null && DIGEST.matcher(file.digest()).matches(),
          "the file " + file.name() + " needs a digest");
    }
    require(
        names.contains(sealed ? FileNames.sealed(sector) : FileNames.manifest(sector)),
        sealed ? "the sealed file is missing" : "the record of the files is missing");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static String printable(String text) {
    String safe = String.valueOf(text).replaceAll("[^ -~]", "?");
    return safe.length() > 100 ? safe.substring(0, 100) : safe;
  }

  /** What tells this content from any other, however it is cut: 32 hexadecimal digits. */
  @JsonIgnore
  public String id() {
    StringBuilder text = new StringBuilder().append(sector);
    moving.ifPresent(move -> text.append(" generation ").append(move.generation()));
    for (SectorCopy.File file : files) {
      text.append('\n').append(file.name()).append(' ').append(file.bytes());
      text.append(' ').append(file.digest());
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Bytes of all files. */
  @JsonIgnore
  public long size() {
    return files.stream().mapToLong(SectorCopy.File::bytes).sum();
  }

  /** How many chunks the file has; an empty one has none. */
  int chunks(int file) {
    return (int) ((files.get(file).bytes() + chunkBytes - 1) / chunkBytes);
  }

  /** Where the chunk begins in its file. */
  long offset(int chunk) {
    return (long) chunk * chunkBytes;
  }

  /** How many bytes the chunk has. */
  int length(int file, int chunk) {
    return (int) Math.min(chunkBytes, files.get(file).bytes() - offset(chunk));
  }
}
