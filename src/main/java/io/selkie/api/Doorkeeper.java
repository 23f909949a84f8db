package io.selkie.api;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.HttpChallenge;
import akka.http.javadsl.model.headers.WWWAuthenticate;
import io.selkie.auth.Tokens;
import io.selkie.auth.Verification;
import io.selkie.auth.Verification.Rejected;
import io.selkie.auth.Verification.Verified;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds out who calls. The token comes in the header {@code Authorization} and nowhere else. */
final class Doorkeeper {
  private static final String HEADER = "authorization";
  private static final String SCHEME = "bearer ";

  private final Tokens tokens;

  Doorkeeper(Tokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Whose token the request carries.
   *
   * @throws ApiException 401 if it carries none that counts
   */
  Verified identify(HttpRequest request) {
    List<String> values = new ArrayList<>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is(HEADER)) {
        values.add(header.value());
      }
    }
    if (values.size() != 1 || !values.get(0).toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw refusal("send one header \"Authorization: Bearer TOKEN\"");
    }
    Verification verification = tokens.verify(values.get(0).substring(SCHEME.length()));
    if (verification instanceof Rejected rejected) {
      throw refusal(rejected.reason());
    }
    return (Verified) verification;
  }

  private static ApiException refusal(String message) {
    return new ApiException(
        StatusCodes.UNAUTHORIZED,
        "unauthorized",
        message,
        List.of(WWWAuthenticate.create(HttpChallenge.createOAuth2("selkie"))));
  }
}
