package io.selkie.auth;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a host takes for one of its farm: whose certificate the authority signed, and has a name in
 * common with the host's own. A server may have the name by which it was called instead.
 */
final class FarmTrust extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;

  private final X509ExtendedTrustManager authority;
  private final Set<String> names;
  private final Optional<X509ExtendedTrustManager> others;

  private FarmTrust(
      X509ExtendedTrustManager authority,
      Set<String> names,
      Optional<X509ExtendedTrustManager> others) {
    this.authority = authority;
    this.names = Set.copyOf(names);
    this.others = others;
  }

  /**
   * The trust of a host.
   *
   * @param own certificate
   */
  static FarmTrust of(Path authority, X509Certificate own) throws IOException {
    return new FarmTrust(signedBy(authority), names(own), Optional.empty());
  }

  /** The trust of a command: besides, what this machine trusts under the name that was called. */
  static FarmTrust ofCaller(Path authority, Set<String> names) throws IOException {
    try {
      return new FarmTrust(signedBy(authority), names, Optional.of(manager(null)));
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates of this machine cannot be read: " + e, e);
    }
  }

  private static X509ExtendedTrustManager signedBy(Path authority) throws IOException {
    List<X509Certificate> certificates = PemFiles.certificates(authority);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("authority-" + i, certificates.get(i));
      }
      return manager(store);
    } catch (GeneralSecurityException e) {
      throw new IOException(authority + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("this Java has no trust in X.509");
  }

  /** The names of the DNS in a certificate. */
  static Set<String> names(X509Certificate certificate) {
    Set<String> found = new TreeSet<>();
    try {
      @Nullable Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (Integer.valueOf(DNS_NAME).equals(name.get(0))) {
            found.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      return Set.of(); // one without names is nobody's
    }
    return found;
  }

  private void requireOurs(X509Certificate certificate) throws CertificateException {
    if (names(certificate).stream().noneMatch(names::contains)) {
      throw new CertificateException(
          "it has none of the names " + new TreeSet<>(names) + " of this farm");
    }
  }

  /** A check by somebody else. */
  private interface Check {
    void run() throws CertificateException;
  }

  private void server(X509Certificate[] chain, String type, Check byName, Optional<Check> byOthers)
      throws CertificateException {
    try {
      byName.run();
      return;
    } catch (CertificateException e) {
      if (byOthers.isPresent() && isSatisfied(byOthers.get())) {
        return;
      }
    }
    authority.checkServerTrusted(chain, type);
    requireOurs(chain[0]);
  }

  private static boolean isSatisfied(Check check) {
    try {
      check.run();
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private void client(X509Certificate[] chain, String type) throws CertificateException {
    authority.checkClientTrusted(chain, type);
    requireOurs(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    server(
        chain,
        type,
        () -> authority.checkServerTrusted(chain, type, engine),
        others.map(other -> () -> other.checkServerTrusted(chain, type, engine)));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    server(
        chain,
        type,
        () -> authority.checkServerTrusted(chain, type, socket),
        others.map(other -> () -> other.checkServerTrusted(chain, type, socket)));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authority.checkServerTrusted(chain, type);
    requireOurs(chain[0]);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    client(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    client(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    client(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }
}
