package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIdentityTest {
  private static final String API = "selkie.api.tls";

  @TempDir static Path farm;
  private static TlsFiles first;
  private static TlsFiles second;

  @BeforeAll
  static void issue() throws IOException {
    first = TestCertificates.issue(farm, "first", "10.0.0.1");
    second = TestCertificates.issue(farm, "second", "10.0.0.2");
  }

  private static Config config(String settings) {
    return ConfigFactory.parseString(settings).withFallback(ConfigFactory.load());
  }

  private static String refusal(TlsFiles files) {
    return assertThrows(IOException.class, () -> TlsIdentity.open(files)).getMessage();
  }

  @Test
  void itIsOffUnlessItIsTurnedOn() {
    assertEquals(Optional.empty(), TlsIdentity.of(config(""), API));
  }

  @Test
  void whatIsNotGivenIsThatOfTheCluster() {
    Config config =
        config(
            TestCertificates.settings("selkie.cluster.tls", first)
                + "selkie.cluster.tls.enabled = off, selkie.api.tls.enabled = on");

    assertEquals(Optional.of(first), TlsFiles.of(config, API));
    assertTrue(TlsIdentity.of(config, API).isPresent());
  }

  @Test
  void aFileThatIsNotNamedIsASettingThatIsMissing() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> TlsIdentity.of(config("selkie.api.tls.enabled = on"), API));

    assertEquals(
        "selkie.api.tls.key is empty, and so is selkie.cluster.tls.key: give a PEM file, see selkie"
            + " certs",
        refusal.getMessage());
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path nowhere = farm.resolve("nowhere");

    assertEquals(
        nowhere + " is not there",
        refusal(new TlsFiles(nowhere, first.certificate(), first.authority())));
    assertEquals(
        nowhere + " is not there", refusal(new TlsFiles(first.key(), nowhere, first.authority())));
    assertEquals(
        nowhere + " is not there",
        refusal(new TlsFiles(first.key(), first.certificate(), nowhere)));
    IllegalArgumentException setting =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TlsIdentity.of(
                    config(
                        TestCertificates.settings(
                            API, new TlsFiles(nowhere, first.certificate(), first.authority()))),
                    API));
    assertEquals(API + ": " + nowhere + " is not there", setting.getMessage());
  }

  @Test
  void whatIsNotPemIsNamed() throws IOException {
    Path other = Files.writeString(farm.resolve("other.txt"), "none");

    assertTrue(
        refusal(new TlsFiles(other, first.certificate(), first.authority()))
            .startsWith(other + " has no PRIVATE KEY in PEM"));
    assertEquals(
        other + " has no CERTIFICATE in PEM",
        refusal(new TlsFiles(first.key(), other, first.authority())));
  }

  @Test
  void theKeyOfAnotherHostIsToldApart() {
    assertEquals(
        second.key() + " is not the key of " + first.certificate(),
        refusal(new TlsFiles(second.key(), first.certificate(), first.authority())));
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws IOException {
    TlsFiles stranger = TestCertificates.issue(farm.resolve("strangers"), "one", "10.0.0.3");

    assertEquals(
        stranger.certificate()
            + " is not trusted by "
            + first.authority()
            + ": another authority signed it",
        refusal(new TlsFiles(stranger.key(), stranger.certificate(), first.authority())));
  }

  @Test
  void aCertificateThatHasEndedIsRefused() throws IOException {
    Certificates.Authority authority = Certificates.Authority.in(farm);
    Certificates.Host host = Certificates.Host.in(Files.createDirectories(farm.resolve("ended")));
    Instant past = Instant.now().minus(Duration.ofHours(3));
    Certificates.issue(authority, host, List.of("10.0.0.4"), Duration.ofHours(1), past);

    String refusal = refusal(new TlsFiles(host.key(), host.certificate(), authority.certificate()));

    assertTrue(refusal.startsWith(host.certificate() + " is good from "), refusal);
    assertTrue(refusal.endsWith(": issue another one"), refusal);
  }

  @Test
  void aCallerNeedsTheAuthorityAlone() throws IOException {
    assertNotSame(
        TlsIdentity.ofCaller(first.authority(), Optional.empty()),
        TlsIdentity.ofCaller(first.authority(), Optional.of(first.certificate())));
  }
}
