package io.selkie.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Files as a body of {@code multipart/form-data} (RFC 7578), read as they are sent. Before its last
 * bytes the files are compared with what they were: if one changed, the body never gets whole.
 */
final class MultipartFiles {
  private static final String LINE_END = "\r\n";

  private final SealRequest request;
  private final LongConsumer sent;
  private final String boundary = "selkie-" + UUID.randomUUID();
  private @Nullable IOException failure;

  /**
   * The files of the request.
   *
   * @param sent is told how many bytes of the files were read so far
   */
  MultipartFiles(SealRequest request, LongConsumer sent) {
    this.request = request;
    this.sent = sent;
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  HttpRequest.BodyPublisher body() {
    return HttpRequest.BodyPublishers.fromPublisher(
        HttpRequest.BodyPublishers.ofInputStream(this::open), length());
  }

  /** Does nothing unless the files were why the body could not be sent. */
  synchronized void requireRead() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private long length() {
    long length = end().length;
    for (SealRequest.Source source : request.sources()) {
      length += head(source).length + source.length() + LINE_END.length();
    }
    return length;
  }

  private InputStream open() {
    List<InputStream> parts = new ArrayList<>();
    Count count = new Count();
    for (SealRequest.Source source : request.sources()) {
      parts.add(new ByteArrayInputStream(head(source)));
      parts.add(new OneFile(source, count));
      parts.add(new ByteArrayInputStream(LINE_END.getBytes(StandardCharsets.UTF_8)));
    }
    parts.add(new End());
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  private byte[] head(SealRequest.Source source) {
    return ("--"
            + boundary
            + LINE_END
            + "Content-Disposition: form-data; name=\"file\"; filename=\""
            + quoted(source.name())
            + "\""
            + LINE_END
            + "Content-Type: application/octet-stream"
            + LINE_END
            + LINE_END)
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] end() {
    return ("--" + boundary + "--" + LINE_END).getBytes(StandardCharsets.UTF_8);
  }

  /** A line end in a name would end the header. */
  private static String quoted(String name) {
    return name.replaceAll("\\p{Cntrl}", "?").replaceAll("([\\\\\"])", "\\\\$1");
  }

  private synchronized IOException failed(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return e;
  }

  /** Bytes of all files that were read. */
  private static final class Count {
    private long bytes;
  }

  /** A file that is open only while its bytes are read. */
  private final class OneFile extends InputStream {
    private final SealRequest.Source source;
    private final Count count;
    private @Nullable InputStream in;

    OneFile(SealRequest.Source source, Count count) {
      this.source = source;
      this.count = count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        if (in == null) {
          in = Files.newInputStream(source.file());
        }
        int read = in.read(buffer, offset, length);
        if (read > 0) {
          count.bytes += read;
          sent.accept(count.bytes);
        }
        return read;
      } catch (IOException e) {
        throw failed(new IOException(CommandTask.describe(e), e));
      }
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }

  /** What ends the body, if the files are still what they were. */
  private final class End extends InputStream {
    private @Nullable InputStream bytes;

    @Override
    public int read() throws IOException {
      return bytes().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return bytes().read(buffer, offset, length);
    }

    private InputStream bytes() throws IOException {
      if (bytes == null) {
        try {
          request.requireUnchanged();
        } catch (IOException e) {
          throw failed(new IOException(CommandTask.describe(e), e));
        }
        bytes = new ByteArrayInputStream(end());
      }
      return bytes;
    }
  }
}
