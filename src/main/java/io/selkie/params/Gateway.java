package io.selkie.params;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * A server of IPFS files over HTTP.
 *
 * @param base URL to which a CID is appended
 */
public record Gateway(String base) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /** Refuses anything but an http or https URL; one with a password is not repeated. */
  public Gateway {
    URI uri = parse(base);
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the URL of a gateway must not have a user name or password");
    }
    if (uri.getScheme() == null
        || uri.getHost() == null
        || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(refusal(base));
    }
    if (uri.getRawQuery() == null && uri.getRawFragment() == null && !base.endsWith("/")) {
      base = base + "/";
    }
  }

  private static URI parse(String base) {
    try {
      return new URI(base);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(refusal(base), e);
    }
  }

  URI uri(String cid) {
    return URI.create(base + cid);
  }

  private static String refusal(String base) {
    return "not the URL of an IPFS gateway, such as https://host/ipfs/: '" + base + "'";
  }

  @Override
  public String toString() {
    return base;
  }
}
