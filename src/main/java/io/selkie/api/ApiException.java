package io.selkie.api;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.StatusCode;
import java.util.List;

/** A call that is answered with an error. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StatusCode status;
  private final String code;
  private final transient List<HttpHeader> headers;

  /**
   * An error.
   *
   * @param code a word for programs
   * @param message one line that says what to do
   */
  ApiException(StatusCode status, String code, String message) {
    this(status, code, message, List.of());
  }

  ApiException(StatusCode status, String code, String message, List<HttpHeader> headers) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  StatusCode status() {
    return status;
  }

  String code() {
    return code;
  }

  List<HttpHeader> headers() {
    return headers;
  }
}
