package io.selkie.lotus.remote;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.DateTime;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.LastModified;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Answers a GET of a file as Go's {@code http.ServeFile} does: ranges and conditions. */
final class FileAnswer {
  private static final long MILLIS = 1000;

  private final BelowRoot.PlainFile file;
  private final FileContent.Opening opening;
  private final String dispatcher;

  FileAnswer(BelowRoot.PlainFile file, FileContent.Opening opening, String dispatcher) {
    this.file = file;
    this.opening = opening;
    this.dispatcher = dispatcher;
  }

  HttpResponse to(HttpRequest request) {
    if (!mayBeSent(request)) {
      return modified(HttpResponse.create().withStatus(StatusCodes.PRECONDITION_FAILED));
    }
    if (isKnown(request)) {
      return modified(HttpResponse.create().withStatus(StatusCodes.NOT_MODIFIED));
    }
    Optional<String> range = header(request, "Range").filter(asked -> isCurrent(request));
    try {
      Optional<ByteRange> part =
          range.isPresent() ? ByteRange.parse(range.get(), file.size()) : Optional.empty();
      return part.isPresent() ? partial(part.get()) : content(0, file.size());
    } catch (ByteRange.Unfit e) {
      HttpResponse refusal =
          Answers.error(StatusCodes.RANGE_NOT_SATISFIABLE, String.valueOf(e.getMessage()));
      return e.beyond()
          ? refusal.addHeader(RawHeader.create("Content-Range", "bytes */" + file.size()))
          : refusal;
    }
  }

  /** There are no entity tags: only {@code *} matches. */
  private boolean mayBeSent(HttpRequest request) {
    Optional<String> match = header(request, "If-Match");
    if (match.isPresent()) {
      return match.get().strip().equals("*");
    }
    return seconds(request, "If-Unmodified-Since")
        .map(since -> file.modified() <= since)
        .orElse(true);
  }

  private boolean isKnown(HttpRequest request) {
    Optional<String> noneMatch = header(request, "If-None-Match");
    if (noneMatch.isPresent()) {
      return noneMatch.get().strip().equals("*");
    }
    return seconds(request, "If-Modified-Since")
        .map(since -> file.modified() <= since)
        .orElse(false);
  }

  /** Whether the file is still the one that the asker has a part of. */
  private boolean isCurrent(HttpRequest request) {
    return header(request, "If-Range").isEmpty()
        || seconds(request, "If-Range").filter(since -> since == file.modified()).isPresent();
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }

  private static Optional<Long> seconds(HttpRequest request, String name) {
    try {
      return header(request, name)
          .map(
              text ->
                  ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toEpochSecond());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private HttpResponse partial(ByteRange part) {
    String place =
        "bytes %d-%d/%d".formatted(part.start(), part.start() + part.length() - 1, file.size());
    return content(part.start(), part.length())
        .withStatus(StatusCodes.PARTIAL_CONTENT)
        .addHeader(RawHeader.create("Content-Range", place));
  }

  private HttpResponse content(long start, long length) {
    HttpResponse answer =
        HttpResponse.create().addHeader(RawHeader.create("Accept-Ranges", "bytes"));
    return modified(answer)
        .withEntity(
            length == 0
                ? HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, new byte[0])
                : HttpEntities.create(
                    ContentTypes.APPLICATION_OCTET_STREAM,
                    length,
                    FileContent.part(opening, start, length, dispatcher)));
  }

  private HttpResponse modified(HttpResponse answer) {
    return answer.addHeader(LastModified.create(DateTime.create(file.modified() * MILLIS)));
  }
}
