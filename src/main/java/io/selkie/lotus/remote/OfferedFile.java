package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A sector's file that somebody offers at an address of its own, and who is not to be trusted.
 *
 * @param headers that are sent along: they may let us in there
 * @param to the path that gets it
 * @param sizes that a file may have, or all files of a directory
 * @param check of what came, before it is put in its place
 * @param cancelled asked all the time: true ends it within a second
 */
public record OfferedFile(
    SectorId sector,
    FileType type,
    URI url,
    List<Header> headers,
    StoragePath to,
    Sizes sizes,
    Check check,
    BooleanSupplier cancelled) {
  /** As many as Go's client follows. */
  private static final int MOST_REDIRECTS = 10;

  /** The list is copied. */
  public OfferedFile {
    headers = List.copyOf(headers);
  }

  /** Of a request. Its text has no value: that may be a secret. */
  public record Header(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Looks at what came. */
  @FunctionalInterface
  public interface Check {
    /**
     * Of a file, or a directory.
     *
     * @throws IOException if it is not what it should be; one line
     */
    void of(Path came) throws IOException;
  }

  /** It is not to be had, or is not what it should be; one line, without secrets. */
  public static final class Trouble extends IOException {
    private static final long serialVersionUID = 1L;

    Trouble(OfferedFile offered, IOException cause) {
      super(
          "cannot download %s of %s from %s: %s"
              .formatted(
                  offered.type(), offered.sector(), offered.url().getHost(), Words.of(cause)),
          cause);
    }
  }

  /**
   * Makes sure that it can be asked for, which is known without asking.
   *
   * @throws IllegalArgumentException if the address is none of HTTP, or a header none that a client
   *     may send; one line
   */
  public static void requireAskable(URI url, List<Header> headers) {
    if (!Source.isOfTheWeb(url)) {
      throw new IllegalArgumentException("it is at no address of http:// or https://");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    for (Header header : headers) {
      try {
        request.header(header.name(), header.value());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "the header " + Words.quoted(header.name()) + " cannot be sent", e);
      }
    }
  }

  Source source() {
    return new Source(url, headers, MOST_REDIRECTS);
  }

  Wanted wanted() {
    return new Wanted(type, sizes, progress -> {}, cancelled);
  }

  /** Without path and query, which may hold a secret. */
  @Override
  public String toString() {
    return type + " of " + sector + " at " + url.getHost();
  }
}
