package io.selkie.api;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;

/** Answers what is not even a request in the shape of every other error; Akka makes it by name. */
public final class ParsingErrors extends ParsingErrorHandler {
  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
    // Neither the summary nor the detail of the error, which repeat what was sent.
    String body =
        "{\"error\":{\"code\":\"not_http\",\"message\":\"the request cannot be read: "
            + status.reason()
            + "\"}}";
    return HttpResponse.create()
        .withStatus(status.intValue())
        .withEntity(ContentTypes.APPLICATION_JSON, body);
  }
}
