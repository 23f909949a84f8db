package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.selftest.EndsProvers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Hosts without seeds find each other. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class DiscoveryIT {
  @TempDir Path directory;

  @Test
  void hostsThatAreListedFormOneFarmAndNothingCanBeChangedOverItsInterface() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).discovered().startAll()) {
      String sector = farm.pledge(2);
      farm.awaitProving(0, sector);

      URI members = URI.create("http://" + farm.discovery(0) + "/bootstrap/seed-nodes");
      HttpClient client = HttpClient.newHttpClient();
      HttpResponse<String> seen =
          client.send(
              HttpRequest.newBuilder(members).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, seen.statusCode(), seen.body());
      assertEquals(
          TestFarm.HOSTS, seen.body().split("\"status\":\"Up\"", -1).length - 1, seen.body());
      HttpResponse<String> refused =
          client.send(
              HttpRequest.newBuilder(members).DELETE().build(),
              HttpResponse.BodyHandlers.ofString());
      assertTrue(refused.statusCode() >= 400, refused.body());
    }
  }
}
