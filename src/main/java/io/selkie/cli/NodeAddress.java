package io.selkie.cli;

import com.typesafe.config.Config;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Where a node serves, and what it lets callers in by.
 *
 * @param base such as {@code http://127.0.0.1:4720}, without the path
 * @param token gives one that counts now
 * @param tls whom to trust where the URL begins with https; empty: whom this machine trusts
 */
record NodeAddress(URI base, Supplier<String> token, Optional<SSLContext> tls) {
  /** Names a node by {@code TOKEN:URL}. A token in a command line could be seen by every user. */
  static final String VARIABLE = "SELKIE_API_INFO";

  private static final String PATH = "/api/v1";
  private static final String TLS = "selkie.api.tls";

  /** One whom the settings say nothing of. */
  NodeAddress(URI base, Supplier<String> token) {
    this(base, token, Optional.empty());
  }

  /**
   * The same, where the authority of the farm is trusted that the settings name, if they do.
   *
   * @throws IOException if its file is not to be used; one line
   */
  NodeAddress trusting(Settings.Reader settings) throws IOException {
    if (!"https".equals(base.getScheme())) {
      return this;
    }
    Config config = settings.read();
    Optional<Path> authority = TlsFiles.file(config, TLS, "authority");
    return authority.isEmpty()
        ? this
        : new NodeAddress(
            base,
            token,
            Optional.of(
                TlsIdentity.ofCaller(authority.get(), TlsFiles.file(config, TLS, "certificate"))));
  }

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
