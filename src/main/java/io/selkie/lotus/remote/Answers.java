package io.selkie.lotus.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;

/** Answers in the form that Go gives them. */
final class Answers {
  /** Go writes the charset in lower case. */
  private static final ContentType TEXT =
      ContentTypes.create(MediaTypes.TEXT_PLAIN, HttpCharsets.custom("utf-8"));

  private Answers() {}

  /** Nothing but a status. */
  static HttpResponse empty(StatusCode status) {
    return HttpResponse.create().withStatus(status);
  }

  /** Whatever goes wrong, also that there is no such file. */
  static HttpResponse failed() {
    return empty(StatusCodes.INTERNAL_SERVER_ERROR);
  }

  /** A line, or JSON, whose type Go guesses from the text. */
  static HttpResponse text(StatusCode status, String line) {
    return empty(status).withEntity(HttpEntities.create(TEXT, (line + "\n").getBytes(UTF_8)));
  }

  /** A line of {@code http.Error}. */
  static HttpResponse error(StatusCode status, String line) {
    return text(status, line).addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"));
  }
}
