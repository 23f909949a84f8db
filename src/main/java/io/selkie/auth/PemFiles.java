package io.selkie.auth;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads keys and certificates; every trouble is one line that names the file. */
final class PemFiles {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";

  private PemFiles() {}

  /** The private key in a file: RSA or of an elliptic curve, in PKCS #8. */
  static PrivateKey key(Path file) throws IOException {
    List<byte[]> blocks = blocks(file, KEY);
    if (blocks.size() != 1) {
      throw new IOException(
          file
              + " has no PRIVATE KEY in PEM; others are made one by: openssl pkcs8 -topk8 -nocrypt");
    }
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(blocks.get(0));
    @Nullable Exception other = null;
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        other = e; // of the next kind, or of none
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IOException(file + " has a key that is neither RSA nor of an elliptic curve", other);
  }

  /** The certificates in a file, in their order: at least one. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] block : blocks(file, CERTIFICATE)) {
        all.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " has a certificate that cannot be read", e);
    }
    if (all.isEmpty()) {
      throw new IOException(file + " has no CERTIFICATE in PEM");
    }
    return all;
  }

  private static List<byte[]> blocks(Path file, String kind) throws IOException {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text(file));
    while (matcher.find()) {
      if (matcher.group(1).equals(kind)) {
        found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
      }
    }
    return found;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " is not there", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + " may not be read by this user", e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
