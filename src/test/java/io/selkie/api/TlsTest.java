package io.selkie.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.auth.Permission;
import io.selkie.auth.TestCertificates;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The interface over TLS. */
@Timeout(60)
class TlsTest {
  @TempDir Path temp;

  private static ApiSettings secured(ApiSettings settings, TlsIdentity tls) {
    return new ApiSettings(
        settings.host(),
        settings.port(),
        settings.answerTimeout(),
        settings.stallTimeout(),
        settings.requestTimeout(),
        settings.idleTimeout(),
        settings.heartbeat(),
        settings.maxUnseals(),
        settings.maxUploads(),
        Optional.of(tls));
  }

  private static HttpClient trusting(SSLContext context) {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  @Test
  void whoTrustsTheFarmIsAnsweredAndWhoDoesNotOrSpeaksPlainIsNot() throws Exception {
    TlsFiles files = TestCertificates.issue(temp.resolve("farm"), "host", "10.0.0.1");
    TlsFiles others = TestCertificates.issue(temp.resolve("others"), "host", "127.0.0.1");
    TlsIdentity identity = TlsIdentity.open(files);
    try (TestNode node =
        new TestNode(
            Files.createDirectory(temp.resolve("state")),
            settings -> secured(settings, identity))) {
      URI url = node.server.url();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/sectors"))
              .header("Authorization", "Bearer " + node.token(Permission.READ))
              .timeout(TestNode.PATIENCE)
              .build();

      assertEquals("https", url.getScheme());
      assertEquals(
          200,
          trusting(TlsIdentity.ofCaller(files.authority(), Optional.of(files.certificate())))
              .send(request, BodyHandlers.ofString())
              .statusCode());
      assertThrows(
          SSLException.class,
          () ->
              trusting(TlsIdentity.ofCaller(others.authority(), Optional.empty()))
                  .send(request, BodyHandlers.ofString()));
      HttpRequest plain =
          HttpRequest.newBuilder(URI.create(url.toString().replace("https", "http") + "/health"))
              .timeout(TestNode.PATIENCE)
              .build();
      assertThrows(IOException.class, () -> node.client.send(plain, BodyHandlers.ofString()));
    }
  }
}
