package io.selkie.api;

import akka.http.javadsl.model.StatusCodes;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.http.scaladsl.model.IllegalRequestException;
import akka.http.scaladsl.model.ParsingException;
import akka.stream.StreamLimitReachedException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Words for why an upload ended early. */
final class UploadProblems {
  private static final Logger LOG = LoggerFactory.getLogger(UploadProblems.class);

  private UploadProblems() {}

  /** What to answer; a failure of another kind stays what it is. */
  static CompletionException of(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ApiException e) {
        return new CompletionException(e);
      }
      if (at instanceof StreamLimitReachedException || at instanceof EntityStreamSizeException) {
        return new CompletionException(
            Upload.tooLarge("the files are larger than the sector: use a larger one"));
      }
      if (at instanceof TimeoutException) {
        return new CompletionException(
            new ApiException(
                StatusCodes.REQUEST_TIMEOUT, "stalled", "the upload stalled: send it again"));
      }
      if (at instanceof IllegalRequestException
          || at instanceof ParsingException
          || at instanceof EntityStreamException) {
        return new CompletionException(
            Call.invalid("the form was cut short or is none: send it again"));
      }
      if (at instanceof IOException e) {
        LOG.warn("an upload cannot be stored: {}", e.getMessage());
        return new CompletionException(
            new ApiException(
                StatusCodes.SERVICE_UNAVAILABLE,
                "no_room",
                "the node cannot store the upload: see its log, and its disk"));
      }
    }
    return new CompletionException(failure);
  }
}
