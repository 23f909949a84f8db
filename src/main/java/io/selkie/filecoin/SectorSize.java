package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The sector sizes of Filecoin, in padded bytes. In JSON that number of bytes, as in Lotus. */
public enum SectorSize {
  KIB_2(2L << 10, "2KiB"),
  MIB_8(8L << 20, "8MiB"),
  MIB_512(512L << 20, "512MiB"),
  GIB_32(32L << 30, "32GiB"),
  GIB_64(64L << 30, "64GiB");

  private final long bytes;
  private final String label;

  SectorSize(long bytes, String label) {
    this.bytes = bytes;
    this.label = label;
  }

  /**
   * Parses {@code 32GiB} in any case, or the number of padded bytes.
   *
   * @throws IllegalArgumentException listing the legal sizes
   */
  public static SectorSize parse(String text) {
    return Lookup.find(
        values(),
        size -> size.label.equalsIgnoreCase(text) || Long.toString(size.bytes).equals(text),
        () -> refusal(Quoted.quoted(text)));
  }

  /**
   * The sector size of so many padded bytes.
   *
   * @throws IllegalArgumentException listing the legal sizes
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SectorSize ofBytes(long bytes) {
    return Lookup.find(
        values(), size -> size.bytes == bytes, () -> refusal("of " + bytes + " bytes"));
  }

  private static String refusal(String what) {
    return Arrays.stream(values())
        .map(SectorSize::toString)
        .collect(Collectors.joining(", ", "no sector size " + what + ": legal are ", ""));
  }

  /** The padded size in bytes, which is also the size of the sealed file. */
  @JsonValue
  public long bytes() {
    return bytes;
  }

  /** How many bytes of data a sector holds. */
  public UnpaddedSize unpadded() {
    return new PaddedSize(bytes).unpadded();
  }

  /** The size as operators write it, such as {@code 32GiB}. */
  @Override
  public String toString() {
    return label;
  }
}
