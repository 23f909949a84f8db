package io.selkie.farm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.selkie.auth.Certificates;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Lists the pods of a namespace, as the API server of Kubernetes does for a service account. */
final class KubernetesApi implements AutoCloseable {
  static final String NAMESPACE = "farm";

  private static final String TOKEN = "token-of-the-service-account";
  private static final String PATH = "/api/v1/namespaces/" + NAMESPACE + "/pods";

  private final Path directory;
  private final String selector;
  private final List<String> addresses;
  private final HttpsServer server;
  private final AtomicInteger answered = new AtomicInteger();

  /**
   * A server.
   *
   * @param directory for its certificate and the token of the account
   * @param selector of labels that is asked for
   * @param addresses of pods that run
   */
  KubernetesApi(Path directory, String selector, List<String> addresses) throws Exception {
    this.directory = Files.createDirectories(directory);
    this.selector = selector;
    this.addresses = List.copyOf(addresses);
    Certificates.Authority authority = Certificates.Authority.in(directory);
    Certificates.init(authority, Duration.ofDays(1), Instant.now());
    Certificates.Host host = Certificates.Host.in(directory.resolve("server"));
    Files.createDirectories(directory.resolve("server"));
    Certificates.issue(authority, host, List.of("127.0.0.1"), Duration.ofDays(1), Instant.now());
    Files.writeString(token(), TOKEN);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsIdentity.open(new TlsFiles(host.key(), host.certificate(), authority.certificate()))
                .context()));
    server.createContext("/", this::answer);
    server.start();
  }

  Path token() {
    return directory.resolve("token");
  }

  Path authority() throws IOException {
    return Certificates.Authority.in(directory).certificate();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** How often it listed the pods. */
  int answered() {
    return answered.get();
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      boolean known =
          call.getRequestURI().getPath().equals(PATH)
              && ("labelSelector=" + selector).equals(call.getRequestURI().getQuery());
      boolean allowed =
          ("Bearer " + TOKEN).equals(call.getRequestHeaders().getFirst("Authorization"));
      byte[] body = (known && allowed ? pods() : "{}").getBytes(StandardCharsets.UTF_8);
      call.getResponseHeaders().set("Content-Type", "application/json");
      call.sendResponseHeaders(!allowed ? 403 : known ? 200 : 404, body.length);
      call.getResponseBody().write(body);
      if (known && allowed) {
        answered.incrementAndGet();
      }
    }
  }

  private String pods() {
    List<String> pods = new ArrayList<>();
    for (String address : addresses) {
      pods.add(pod("{}", "Running", address));
    }
    pods.add(pod("{}", "Pending", "127.0.0.99"));
    pods.add(pod("{\"deletionTimestamp\": \"2026-01-01T00:00:00Z\"}", "Running", "127.0.0.98"));
    return "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": ["
        + String.join(",", pods)
        + "]}";
  }

  private static String pod(String metadata, String phase, String address) {
    return """
    {"metadata": %s,
     "spec": {"containers": [{"name": "selkie", "ports": [{"containerPort": 25520}]}]},
     "status": {"phase": "%s", "podIP": "%s"}}"""
        .formatted(metadata, phase, address);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
