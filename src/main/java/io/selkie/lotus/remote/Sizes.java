package io.selkie.lotus.remote;

import java.io.IOException;

/**
 * How many bytes a file may have, or all files of a directory together.
 *
 * @param least and {@code most}, both of which it may have
 */
public record Sizes(long least, long most) {
  /** Whatever the source says. */
  public static final Sizes ANY = new Sizes(0, Long.MAX_VALUE);

  /**
   * Within these bounds.
   *
   * @throws IllegalArgumentException if there is nothing between them
   */
  public Sizes {
    if (least < 0 || most < least) {
      throw new IllegalArgumentException("no sizes: " + least + " to " + most);
    }
  }

  /** This many, such as those of the sector for a replica. */
  public static Sizes exactly(long bytes) {
    return new Sizes(bytes, bytes);
  }

  /** Whether a source has to say how long its file is: nothing else bounds it. */
  boolean areOpen() {
    return most == Long.MAX_VALUE;
  }

  void require(long bytes) throws IOException {
    if (bytes < least || bytes > most) {
      throw new IOException(
          least == most
              ? "its file has %d bytes instead of %d".formatted(bytes, least)
              : "its file has %d bytes, and may have %d to %d".formatted(bytes, least, most));
    }
  }
}
