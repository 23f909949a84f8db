package io.selkie.lotus.remote;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The address of one file.
 *
 * @param headers that are sent along, to this host and no other
 * @param redirects that may still follow
 */
record Source(URI url, List<OfferedFile.Header> headers, int redirects) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  Source {
    headers = List.copyOf(headers);
  }

  /** One that is known by a token, and sends nobody on: the token would go with it. */
  static Source of(URI url, String token) {
    return new Source(url, List.of(new OfferedFile.Header("Authorization", "Bearer " + token)), 0);
  }

  /** The beginning of a request; its errors name no more than the host. */
  HttpRequest.Builder request() throws IOException {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(url);
      headers.forEach(header -> request.header(header.name(), header.value()));
      return request;
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "it is no address, or a header that goes with it is none: " + url.getHost(), e);
    }
  }

  boolean follows() {
    return redirects > 0;
  }

  /**
   * Where an answer sends us on to.
   *
   * @throws IOException if that is no address of the web
   */
  Source next(Optional<String> location) throws IOException {
    if (!follows()) {
      throw new IOException("it redirects too often");
    }
    try {
      URI there = url.resolve(location.orElseThrow(IllegalArgumentException::new));
      if (!isOfTheWeb(there)) {
        throw new IllegalArgumentException("none of HTTP");
      }
      return new Source(there, isSamePlace(there) ? headers : List.of(), redirects - 1);
    } catch (IllegalArgumentException e) {
      throw new IOException("it redirects to what is no address at http:// or https://", e);
    }
  }

  /** Whether an address is at {@code http://} or {@code https://} of some host. */
  static boolean isOfTheWeb(URI address) {
    String scheme = scheme(address);
    return (scheme.equals("http") || scheme.equals("https")) && address.getHost() != null;
  }

  private boolean isSamePlace(URI there) {
    return scheme(url).equals(scheme(there))
        && url.getHost().equalsIgnoreCase(there.getHost())
        && port(url) == port(there);
  }

  private static int port(URI address) {
    int usual = scheme(address).equals("https") ? HTTPS : HTTP;
    return address.getPort() < 0 ? usual : address.getPort();
  }

  private static String scheme(URI address) {
    return String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
  }
}
