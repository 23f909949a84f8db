package io.selkie.auth;

import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What exceptions of TLS mean, in words for operators. */
public final class TlsTrouble {
  private static final String ALERT = "Received fatal alert: ";

  private TlsTrouble() {}

  /**
   * One line on a connection that did not come about.
   *
   * @param place the other end, as operators know it
   * @return empty if the trouble is none of TLS
   */
  public static Optional<String> line(String place, Throwable trouble) {
    Throwable cause = trouble;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof CertificateException untrusted) {
        return Optional.of(
            place + " shows a certificate that is not of this farm: " + reason(untrusted));
      }
      cause = cause.getCause();
    }
    cause = trouble;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof SSLException && !(cause.getCause() instanceof SSLException)) {
        return Optional.of(line(place, String.valueOf(cause.getMessage())));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static String line(String place, String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("unsupported or unrecognized ssl message") || lower.contains("plaintext")) {
      return place + " does not speak TLS";
    }
    if (message.contains(ALERT)) {
      String alert = message.substring(message.indexOf(ALERT) + ALERT.length());
      return place
          + " does not take the certificate of this host ("
          + alert.lines().findFirst().orElse("")
          + ")";
    }
    return place + " has trouble with TLS: " + message.lines().findFirst().orElse("");
  }

  /** Why a certificate is not trusted, in short. */
  static String reason(CertificateException trouble) {
    Throwable root = trouble;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    String text = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    return text.contains("unable to find valid certification path")
        ? "another authority signed it"
        : text;
  }
}
