package io.selkie.params;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One request for a file to one gateway, and what its answer does to the part. */
final class GatewayRequest {
  private static final long MAX_KEY_BYTES = 64L << 20;

  private final FetchSettings settings;
  private final GatewayClient client;
  private final Clock clock;
  private final ParameterFile file;
  private final PartFile part;
  private final RoomCheck room;
  private final ParameterListener listener;

  /** Refuses a file for which the disk is too small. */
  @FunctionalInterface
  interface RoomCheck {
    void require(long bytes) throws IOException;
  }

  GatewayRequest(
      FetchSettings settings,
      GatewayClient client,
      Clock clock,
      ParameterFile file,
      PartFile part,
      RoomCheck room,
      ParameterListener listener) {
    this.settings = settings;
    this.client = client;
    this.clock = clock;
    this.file = file;
    this.part = part;
    this.room = room;
    this.listener = listener;
  }

  /**
   * Asks for what is missing of the file, or for all of it.
   *
   * @throws IOException if writing fails; failures of the gateway are results
   */
  Transfer send(URI uri, boolean ranges, String title) throws IOException, InterruptedException {
    long offset = ranges ? part.length() : 0;
    HttpResponse<PulledBody> response;
    try {
      response = client.get(uri, offset);
    } catch (IOException e) {
      return new Transfer.Broken(describe(e));
    }
    try (PulledBody body = response.body()) {
      int status = response.statusCode();
      return switch (status) {
        case 200 -> whole(response, body, title);
        case 206 -> part(response, body, offset, title);
        case 416 -> beyondTheEnd(response, offset);
        case 408, 429 -> busy(response);
        default -> status >= 500 ? busy(response) : refused(status);
      };
    }
  }

  private static Transfer refused(int status) {
    boolean redirect = status >= 300 && status < 400;
    return new Transfer.Refused("HTTP " + status + (redirect ? " (redirect not followed)" : ""));
  }

  private Transfer whole(HttpResponse<?> response, PulledBody body, String title)
      throws IOException, InterruptedException {
    OptionalLong length = GatewayClient.contentLength(response);
    if (length.isPresent() && length.getAsLong() > maxBytes()) {
      return new Transfer.Refused("offers " + length.getAsLong() + " bytes, which is too many");
    }
    part.clear();
    return receive(body, length, length, title);
  }

  private Transfer part(HttpResponse<?> response, PulledBody body, long offset, String title)
      throws IOException, InterruptedException {
    String header = response.headers().firstValue("Content-Range").orElse("");
    Optional<ContentRange> range = ContentRange.parse(header);
    if (offset == 0) {
      return new Transfer.Refused("HTTP 206 although no range was asked for");
    }
    if (range.isEmpty() || range.get().first() != offset) {
      return new Transfer.BadRange("wrong Content-Range '" + header + "' for offset " + offset);
    }
    if (range.get().last() >= maxBytes() || range.get().total().orElse(0) > maxBytes()) {
      return new Transfer.Refused("offers " + header + ", which is too many");
    }
    OptionalLong bytes = OptionalLong.of(range.get().bytes());
    Transfer received = receive(body, bytes, range.get().total(), title);
    return received instanceof Transfer.Arrived && range.get().isFollowed()
        ? new Transfer.Continues()
        : received;
  }

  /** The part has the length of the file, or more. */
  private Transfer beyondTheEnd(HttpResponse<?> response, long offset) throws IOException {
    if (offset == 0) {
      return new Transfer.Refused("HTTP 416 although no range was asked for");
    }
    String header = response.headers().firstValue("Content-Range").orElse("");
    OptionalLong length = ContentRange.lengthOfUnsatisfied(header);
    if (length.isPresent() && length.getAsLong() != offset) {
      return new Transfer.BadRange("has " + length.getAsLong() + " bytes, " + offset + " are here");
    }
    return new Transfer.Arrived();
  }

  private Transfer busy(HttpResponse<?> response) {
    return new Transfer.Broken(
        "HTTP " + response.statusCode(), RetryWait.asked(response.headers(), clock));
  }

  /** Appends the body to the part. */
  private Transfer receive(PulledBody body, OptionalLong expected, OptionalLong total, String title)
      throws IOException, InterruptedException {
    try {
      room.require(expected.orElse(0));
    } catch (ParameterException e) {
      return new Transfer.Refused(String.valueOf(e.getMessage()));
    }
    long received = 0;
    listener.begin(title, total, ParameterListener.Unit.BYTES);
    try {
      while (true) {
        Optional<List<ByteBuffer>> piece;
        try {
          piece = body.next(settings.stallTimeout());
        } catch (IOException e) {
          return new Transfer.Broken(describe(e) + " after " + part.length() + " bytes");
        }
        if (piece.isEmpty()) {
          break;
        }
        long bytes = piece.get().stream().mapToLong(ByteBuffer::remaining).sum();
        received += bytes;
        if (received > expected.orElse(Long.MAX_VALUE) || part.length() + bytes > maxBytes()) {
          part.clear();
          return new Transfer.Refused("sends more bytes than it should");
        }
        part.append(piece.get());
        listener.advanceTo(part.length());
      }
    } finally {
      listener.end();
    }
    if (part.length() == 0) {
      return new Transfer.Refused("empty answer");
    }
    return received < expected.orElse(0)
        ? new Transfer.Broken("connection closed after " + part.length() + " bytes")
        : new Transfer.Arrived();
  }

  private long maxBytes() {
    return file.isVerifyingKey()
        ? Math.min(MAX_KEY_BYTES, settings.maxFileBytes())
        : settings.maxFileBytes();
  }

  private static String describe(IOException e) {
    if (e instanceof ConnectException) {
      boolean unknown = e.getCause() instanceof ConnectException cause && isUnresolved(cause);
      return unknown || isUnresolved(e) ? "cannot connect: unknown host" : "cannot connect";
    }
    String text = e.getMessage();
    return text == null || text.isBlank() ? e.getClass().getSimpleName() : text;
  }

  private static boolean isUnresolved(Throwable e) {
    return e.getCause() instanceof UnresolvedAddressException;
  }
}
