package io.selkie.cli;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a node serves, and what it lets callers in by.
 *
 * @param base such as {@code http://127.0.0.1:4720}, without the path
 * @param token gives one that counts now
 */
record NodeAddress(URI base, Supplier<String> token) {
  /** Names a node by {@code TOKEN:URL}. A token in a command line could be seen by every user. */
  static final String VARIABLE = "SELKIE_API_INFO";

  private static final String PATH = "/api/v1";

  /**
   * The node that the environment names.
   *
   * @throws IOException if what it names is no address; one line, without the token
   */
  static Optional<NodeAddress> named(Map<String, String> environment) throws IOException {
    String info = environment.getOrDefault(VARIABLE, "").strip();
    if (info.isEmpty()) {
      return Optional.empty();
    }
    int colon = info.indexOf(':');
    String token = colon < 0 ? "" : info.substring(0, colon);
    if (token.isEmpty() || token.toLowerCase(Locale.ROOT).startsWith("http")) {
      throw new IOException(
          VARIABLE + " must be TOKEN:URL, such as eyJhbGciOi...:http://127.0.0.1:4720");
    }
    try {
      return Optional.of(new NodeAddress(base(info.substring(colon + 1)), () -> token));
    } catch (IllegalArgumentException e) {
      throw new IOException(VARIABLE + ": " + e.getMessage(), e);
    }
  }

  /**
   * The base of a URL, which may end with the path of the interface.
   *
   * @throws IllegalArgumentException if it is not one of http or https; one line
   */
  static URI base(String url) {
    String text = url.strip();
    if (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    if (text.endsWith(PATH)) {
      text = text.substring(0, text.length() - PATH.length());
    }
    URI base = URI.create(text);
    boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    if (!web || base.getHost() == null || base.getUserInfo() != null) {
      throw new IllegalArgumentException("not a URL such as http://127.0.0.1:4720");
    }
    return base;
  }

  /** The address of a call, such as {@code /sectors?limit=10}. */
  URI of(String call) {
    return URI.create(base + PATH + call);
  }
}
