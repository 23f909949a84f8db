package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.Certificates;
import io.selkie.auth.TlsFiles;
import io.selkie.auth.TlsIdentity;
import io.selkie.selftest.EndsProvers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Hosts without seeds find each other. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class DiscoveryIT {
  private static final String METHOD = "selkie.cluster.discovery.method";
  private static final String SERVICE = "selkie.cluster.discovery.service";
  private static final String KUBERNETES = "akka.discovery.kubernetes-api.";

  @TempDir Path directory;

  @Test
  void hostsThatAreListedFormOneFarmAndNothingCanBeChangedOverItsInterface() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).discovered().startAll()) {
      String sector = farm.pledge(2);
      farm.awaitProving(0, sector);

      HttpClient client = HttpClient.newHttpClient();
      assertAllAreUp(client, farm, "http");
      HttpResponse<String> refused =
          client.send(
              HttpRequest.newBuilder(members(farm, "http")).DELETE().build(),
              HttpResponse.BodyHandlers.ofString());
      assertTrue(refused.statusCode() >= 400, refused.body());
    }
  }

  @Test
  void hostsBehindANameOfTheDnsFormOneFarm() throws Exception {
    TestFarm farm = TestFarm.in(directory).discovered();
    try (farm;
        DnsServer dns = new DnsServer("sealers.farm.test", addresses(farm))) {
      farm.set(METHOD, "dns")
          .set(SERVICE, "sealers.farm.test")
          .set("akka.io.dns.async-dns.nameservers", dns.address())
          .startAll();

      assertAllAreUp(HttpClient.newHttpClient(), farm, "http");
      assertTrue(dns.answered() >= TestFarm.HOSTS, "answers of the name server");
    }
  }

  @Test
  void podsWithALabelFormOneFarm() throws Exception {
    TestFarm farm = TestFarm.in(directory).discovered();
    try (farm;
        KubernetesApi api =
            new KubernetesApi(directory.resolve("kubernetes"), "app=sealers", addresses(farm))) {
      farm.set(METHOD, "kubernetes")
          .set(SERVICE, "sealers")
          .set(KUBERNETES + "pod-namespace", KubernetesApi.NAMESPACE)
          .set(KUBERNETES + "api-ca-path", api.authority().toString())
          .set(KUBERNETES + "api-token-path", api.token().toString())
          .environment("KUBERNETES_SERVICE_HOST", "127.0.0.1")
          .environment("KUBERNETES_SERVICE_PORT", String.valueOf(api.port()))
          .startAll();

      assertAllAreUp(HttpClient.newHttpClient(), farm, "http");
      assertTrue(api.answered() >= TestFarm.HOSTS, "answers of the API server");
    }
  }

  @Test
  void inAFarmWithTlsOnlyItsHostsAreToldWhoIsThere() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).secured().discovered().startAll()) {
      assertAllAreUp(client(host(farm)), farm, "https");

      HttpClient stranger =
          client(
              TlsIdentity.ofCaller(
                  Certificates.Authority.in(directory).certificate(), Optional.empty()));
      HttpRequest question = question(farm, "https");
      assertThrows(
          IOException.class, () -> stranger.send(question, HttpResponse.BodyHandlers.ofString()));
      HttpRequest plain = question(farm, "http");
      assertThrows(
          IOException.class,
          () -> HttpClient.newHttpClient().send(plain, HttpResponse.BodyHandlers.ofString()));
    }
  }

  private static List<String> addresses(TestFarm farm) {
    return IntStream.range(0, TestFarm.HOSTS).mapToObj(farm::address).toList();
  }

  /** As one of the hosts. */
  private SSLContext host(TestFarm farm) throws IOException {
    Certificates.Host files = Certificates.Host.in(farm.home(1));
    return TlsIdentity.open(
            new TlsFiles(
                files.key(),
                files.certificate(),
                Certificates.Authority.in(directory).certificate()))
        .context();
  }

  private static HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  private static URI members(TestFarm farm, String scheme) {
    return URI.create(scheme + "://" + farm.discovery(0) + "/bootstrap/seed-nodes");
  }

  private static HttpRequest question(TestFarm farm, String scheme) {
    return HttpRequest.newBuilder(members(farm, scheme)).timeout(Duration.ofSeconds(20)).build();
  }

  private static void assertAllAreUp(HttpClient client, TestFarm farm, String scheme)
      throws Exception {
    HttpResponse<String> seen =
        client.send(question(farm, scheme), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, seen.statusCode(), seen.body());
    assertEquals(
        TestFarm.HOSTS, seen.body().split("\"status\":\"Up\"", -1).length - 1, seen.body());
  }
}
