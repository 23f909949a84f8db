package io.selkie.auth;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this host is on connections with TLS, and whom it trusts there. The files are read again when
 * they have changed; while they are not to be used, it stays with what it had.
 */
public final class TlsIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** Of a key store that lives in memory alone. */
  private static final char[] UNUSED = "unused".toCharArray();

  private final TlsFiles files;
  private SSLContext context;
  private List<FileTime> times;
  private long looked = System.nanoTime();

  private TlsIdentity(TlsFiles files) throws IOException {
    this.files = files;
    this.times = times(files);
    this.context = read(files);
  }

  /**
   * Reads the files.
   *
   * @throws IOException if they are not to be used; one line that names the one
   */
  public static TlsIdentity open(TlsFiles files) throws IOException {
    return new TlsIdentity(files);
  }

  /**
   * The identity that settings name.
   *
   * @param config all settings
   * @param path such as {@code selkie.transfer.tls}
   * @return empty if TLS is off
   * @throws IllegalArgumentException if a file is not named, or not to be used; one line
   */
  public static Optional<TlsIdentity> of(Config config, String path) {
    Optional<TlsFiles> files = TlsFiles.of(config, path);
    try {
      return files.isPresent() ? Optional.of(open(files.get())) : Optional.empty();
    } catch (IOException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * For commands, which show no certificate: they trust hosts of the farm, and whom this machine
   * trusts.
   *
   * @param certificate of this host, whose names the farm shares; empty: they are not known
   * @throws IOException if a file is not to be used; one line
   */
  public static SSLContext ofCaller(Path authority, Optional<Path> certificate) throws IOException {
    Set<String> names =
        certificate.isPresent()
            ? FarmTrust.names(PemFiles.certificates(certificate.get()).get(0))
            : Set.of(Certificates.FARM);
    return context(new KeyManager[0], FarmTrust.ofCaller(authority, names));
  }

  private static SSLContext read(TlsFiles files) throws IOException {
    PrivateKey key = PemFiles.key(files.key());
    List<X509Certificate> chain = PemFiles.certificates(files.certificate());
    FarmTrust trust = FarmTrust.of(files.authority(), chain.get(0));
    requireGood(files, key, chain, trust);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("host", key, UNUSED, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, UNUSED);
      return context(factory.getKeyManagers(), trust);
    } catch (GeneralSecurityException e) {
      throw new IOException(files.key() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(KeyManager[] keys, FarmTrust trust) throws IOException {
    try {
      SSLContext made = SSLContext.getInstance("TLS");
      made.init(keys, new TrustManager[] {trust}, null);
      return made;
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java speaks no TLS: " + e.getMessage(), e);
    }
  }

  /** What every peer would refuse is said here, before anything listens. */
  private static void requireGood(
      TlsFiles files, PrivateKey key, List<X509Certificate> chain, FarmTrust trust)
      throws IOException {
    X509Certificate own = chain.get(0);
    try {
      own.checkValidity();
    } catch (CertificateException e) {
      throw new IOException(
          files.certificate()
              + " is good from "
              + own.getNotBefore().toInstant()
              + " to "
              + own.getNotAfter().toInstant()
              + ": issue another one",
          e);
    }
    if (!isPair(key, own)) {
      throw new IOException(files.key() + " is not the key of " + files.certificate());
    }
    try {
      trust.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
    } catch (CertificateException e) {
      throw new IOException(
          files.certificate()
              + " is not trusted by "
              + files.authority()
              + ": "
              + TlsTrouble.reason(e),
          e);
    }
  }

  private static boolean isPair(PrivateKey key, X509Certificate certificate) {
    byte[] text = "one pair".getBytes(StandardCharsets.US_ASCII);
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // not even of one kind
    }
  }

  private static List<FileTime> times(TlsFiles files) throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (Path file : List.of(files.key(), files.certificate(), files.authority())) {
      // One that is not there is told of when it is read.
      times.add(Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0));
    }
    return times;
  }

  /** For connections that are made now. */
  public synchronized SSLContext context() {
    long now = System.nanoTime();
    if (now - looked > LOOK.toNanos()) {
      looked = now;
      try {
        List<FileTime> present = times(files);
        if (!present.equals(times)) {
          times = present;
          context = read(files);
          LOG.info("{} and what belongs to it were read again", files.certificate());
        }
      } catch (IOException e) {
        LOG.warn("the certificates of this host stay the old ones: {}", e.getMessage());
      }
    }
    return context;
  }

  /**
   * The server's end of a connection.
   *
   * @param asks whether the other end has to show a certificate of the farm
   */
  public SSLEngine server(boolean asks) {
    SSLEngine engine = context().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(asks);
    return engine;
  }

  /** The client's end of a connection to a host of the farm. */
  public SSLEngine client(String host, int port) {
    SSLEngine engine = context().createSSLEngine(host, port);
    engine.setUseClientMode(true);
    engine.setSSLParameters(named(engine.getSSLParameters()));
    return engine;
  }

  /**
   * The server's end over a socket that is open, before the handshake; the other has to show one.
   */
  public SSLSocket server(Socket open) throws IOException {
    SSLSocket socket = over(open, "");
    socket.setUseClientMode(false);
    socket.setNeedClientAuth(true);
    return socket;
  }

  /** The client's end over a socket that is open, before the handshake. */
  public SSLSocket client(Socket open, String host) throws IOException {
    SSLSocket socket = over(open, host);
    socket.setUseClientMode(true);
    socket.setSSLParameters(named(socket.getSSLParameters()));
    return socket;
  }

  private SSLSocket over(Socket open, String host) throws IOException {
    return (SSLSocket) context().getSocketFactory().createSocket(open, host, open.getPort(), true);
  }

  private static SSLParameters named(SSLParameters parameters) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }
}
