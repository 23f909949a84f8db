package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path temp;

  @Test
  void aHostsCertificateIsSignedByTheAuthorityAndSharesTheFarmsName() throws Exception {
    Certificates.Authority authority = Certificates.Authority.in(temp);
    Certificates.Host host = Certificates.Host.in(Files.createDirectory(temp.resolve("host")));
    Certificates.init(authority, Duration.ofDays(10), NOW);

    Certificates.issue(
        authority, host, List.of("sealer-1.lan", "10.0.0.5", "fd00::5"), Duration.ofDays(99), NOW);

    X509Certificate root = read(authority.certificate());
    X509Certificate made = read(host.certificate());
    root.verify(root.getPublicKey());
    made.verify(root.getPublicKey());
    assertEquals(root.getSubjectX500Principal(), made.getIssuerX500Principal());
    assertTrue(root.getBasicConstraints() >= 0);
    assertEquals(-1, made.getBasicConstraints());
    assertFalse(
        made.getNotAfter().toInstant().isAfter(root.getNotAfter().toInstant()),
        "it outlives its authority");
    TreeSet<String> names = new TreeSet<>();
    for (List<?> name : made.getSubjectAlternativeNames()) {
      names.add(name.get(1).toString());
    }
    assertEquals(
        new TreeSet<>(List.of("10.0.0.5", "fd00:0:0:0:0:0:0:5", "sealer-1.lan", "selkie")), names);
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(host.key())));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(authority.key())));
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void nothingIsWrittenOver() throws Exception {
    Certificates.Authority authority = Certificates.Authority.in(temp);
    Files.writeString(authority.key(), "mine");

    IOException refusal =
        assertThrows(
            IOException.class, () -> Certificates.init(authority, Duration.ofDays(1), NOW));

    assertEquals(authority.key() + " is there already: move it away first", refusal.getMessage());
    assertEquals("mine", Files.readString(authority.key()));
  }

  @Test
  void whatIsNoNameIsRefused() throws Exception {
    Certificates.Authority authority = Certificates.Authority.in(temp);

    assertThrows(
        IOException.class,
        () ->
            Certificates.issue(
                authority, Certificates.Host.in(temp), List.of("a,CN=b"), Duration.ofDays(1), NOW));
  }
}
