package io.selkie.lotus.remote;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A fetch from one address. A file whose connection breaks is gone on with where it broke, as long
 * as each try brings something and the source still has the same; an archive, and whatever a crash
 * left, begins anew.
 */
final class Download {
  private static final String FILE = "application/octet-stream";
  private static final String ARCHIVE = "application/x-tar";
  private static final int MOST_TRIES = 20;
  private static final int CHUNK = 1 << 20;

  private final HttpClient http;
  private final Duration stall;
  private final Source source;
  private final Wanted wanted;
  private final Part part;
  private long have;
  private Optional<Version> version = Optional.empty();

  /** What tells that a file is the same: when it was written, and how long it is. */
  private record Version(String modified, long bytes) {}

  Download(HttpClient http, Duration stall, Source source, Wanted wanted, Part part) {
    this.http = http;
    this.stall = stall;
    this.source = source;
    this.wanted = wanted;
    this.part = part;
  }

  /** Writes the part, durably, and gives the bytes of its files. */
  long run() throws IOException {
    for (int tries = 1; ; tries++) {
      long before = have;
      try {
        return once();
      } catch (InterruptedIOException | Disk.Trouble e) {
        throw e;
      } catch (IOException e) {
        if (version.isEmpty() || have <= before || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private long once() throws IOException {
    Source at = source;
    while (true) {
      try (Answer answer = Answer.of(http, request(at), stall, wanted.cancelled())) {
        if (!source.follows() || !answer.isRedirect()) {
          return take(answer);
        }
        at = at.next(answer.header("Location"));
      }
    }
  }

  private HttpRequest request(Source at) throws IOException {
    HttpRequest.Builder request = at.request().GET();
    version.ifPresent(
        known ->
            request.header("Range", "bytes=" + have + "-").header("If-Range", known.modified()));
    return request.build();
  }

  private long take(Answer answer) throws IOException {
    if (answer.status() == Answer.PARTIAL && version.isPresent()) {
      requireSame(answer, version.get());
      return file(answer, OptionalLong.of(version.get().bytes()));
    }
    if (answer.status() != Answer.OK) {
      throw new IOException(answer.refusal());
    }
    return begin(answer);
  }

  private long begin(Answer answer) throws IOException {
    have = 0;
    version = Optional.empty();
    String type = answer.mediaType();
    boolean directory = RemoteFiles.isDirectory(wanted.type());
    if (!type.equals(directory ? ARCHIVE : FILE)) {
      throw new IOException("it sends " + Words.quoted(type) + " for " + wanted.type());
    }
    if (!answer.hasEnd()) {
      throw new IOException("it does not say where its answer ends");
    }
    if (directory) {
      return archive(answer);
    }
    OptionalLong announced = answer.length();
    if (announced.isPresent()) {
      wanted.sizes().require(announced.getAsLong());
      version = version(answer, announced.getAsLong());
    } else if (wanted.sizes().areOpen()) {
      throw new IOException("it does not say how long the file is");
    }
    return file(answer, announced);
  }

  /**
   * The date of a file tells nothing if it was written in the second of the answer: it may have
   * been written once more (RFC 9110, 8.8.2.2).
   */
  private static Optional<Version> version(Answer answer, long bytes) {
    Optional<String> modified = answer.header("Last-Modified");
    Optional<ZonedDateTime> written = modified.flatMap(Download::date);
    Optional<ZonedDateTime> sent = answer.header("Date").flatMap(Download::date);
    boolean strong = written.isPresent() && sent.isPresent() && written.get().isBefore(sent.get());
    return strong ? modified.map(date -> new Version(date, bytes)) : Optional.empty();
  }

  private static Optional<ZonedDateTime> date(String text) {
    try {
      return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void requireSame(Answer answer, Version known) throws IOException {
    String place = "bytes %d-%d/%d".formatted(have, known.bytes() - 1, known.bytes());
    boolean same =
        answer.header("Content-Range").filter(place::equals).isPresent()
            && answer.header("Last-Modified").filter(known.modified()::equals).isPresent()
            && answer.length().equals(OptionalLong.of(known.bytes() - have));
    if (!same) {
      version = Optional.empty();
      throw new IOException("it goes on with another part than was asked for");
    }
  }

  /**
   * Takes the rest of a file.
   *
   * @param announced bytes of the whole file; empty: as many as it may have
   */
  private long file(Answer answer, OptionalLong announced) throws IOException {
    long bytes = announced.orElse(wanted.sizes().most());
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = Disk.open(part.file(), options)) {
      Disk.truncate(channel, have, part.file());
      byte[] buffer = new byte[CHUNK];
      while (have < bytes) {
        int most = (int) Math.min(CHUNK, bytes - have);
        int read = answer.body().read(buffer, 0, most);
        if (read < 0 && announced.isPresent()) {
          throw new IOException("it sent %d of %d bytes".formatted(have, bytes));
        }
        if (read < 0) {
          break;
        }
        Disk.write(channel, ByteBuffer.wrap(buffer, 0, read), part.file());
        have += read;
        wanted.progress().accept(have);
      }
      if (answer.body().read() >= 0) {
        version = Optional.empty();
        throw new IOException(
            announced.isPresent()
                ? "it sent more than the %d bytes it announced".formatted(bytes)
                : "it sends more than the %d bytes that the file may have".formatted(bytes));
      }
      wanted.sizes().require(have);
      Disk.force(channel, part.file());
    }
    return have;
  }

  private long archive(Answer answer) throws IOException {
    try {
      Files.createDirectory(part.file());
    } catch (IOException e) {
      throw Disk.trouble(part.file(), e);
    }
    return CacheArchive.unpack(
        answer.body(), part.file(), wanted.sizes().most(), wanted.progress());
  }
}
