package io.selkie.lotus.wire;

import java.util.UUID;

/**
 * Where the bytes of a piece come from (LOTUS_WORKER_PROTOCOL.md 9).
 *
 * @param type {@link #ZEROS}, {@link #HTTP}, or anything else: the caller pushes
 * @param info how many zero bytes in decimal, a URL to get, or the UUID of the push
 */
public record ReaderStream(String type, String info) {
  /** So many zero bytes. */
  public static final String ZEROS = "null";

  /** Whoever reads gets a URL. */
  public static final String HTTP = "http";

  /** Whoever calls pushes. */
  public static final String PUSH = "push";

  /**
   * A stream of zeros.
   *
   * @param bytes unpadded bytes
   */
  public static ReaderStream zeros(long bytes) {
    return new ReaderStream(ZEROS, Long.toString(bytes));
  }

  /** What stands at a URL. */
  public static ReaderStream http(String url) {
    return new ReaderStream(HTTP, url);
  }

  /** What the caller pushes under this id. */
  public static ReaderStream push(UUID id) {
    return new ReaderStream(PUSH, id.toString());
  }
}
