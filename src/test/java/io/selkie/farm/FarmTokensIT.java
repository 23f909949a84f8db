package io.selkie.farm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.auth.Permission;
import io.selkie.auth.Tickets;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.selftest.EndsProvers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What opens the doors of a farm's hosts. */
@Timeout(600)
@ExtendWith(EndsProvers.class)
class FarmTokensIT {
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");

  @TempDir Path directory;

  @Test
  void aTokenOfTheFarmIsGoodAtAllHostsAndATicketAtTheTransferAddressAlone() throws Exception {
    try (TestFarm farm = TestFarm.in(directory).startAll()) {
      TokenSecret secret = TokenSecret.of(secret(farm));
      String token =
          new Tokens(secret, Clock.systemUTC())
              .create(Permission.READ, Duration.ofMinutes(5), "operator");
      String ofFirst =
          new Tokens(TokenSecret.in(farm.state(0)), Clock.systemUTC())
              .create(Permission.READ, Duration.ofMinutes(5), "operator");

      for (int host = 0; host < TestFarm.HOSTS; host++) {
        assertEquals(200, api(farm, host, token), "a token of the farm at host " + host);
        assertEquals(
            host == 0 ? 200 : 401, api(farm, host, ofFirst), "one of host 0 at host " + host);
        String ticket =
            new Tickets(secret, farm.id(0), Clock.systemUTC())
                .create(farm.id(host), SECTOR, Tickets.Use.FETCH);
        assertEquals(401, api(farm, host, ticket), "a ticket at the API of host " + host);
        assertEquals(404, input(farm, host, ticket), "a ticket for what host " + host + " lacks");
      }
    }
  }

  private static byte[] secret(TestFarm farm) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(farm.database(), farm.postgres().user(), "");
        ResultSet row =
            connection.createStatement().executeQuery("SELECT secret FROM farm_secret")) {
      row.next();
      return row.getBytes(1);
    }
  }

  private static int api(TestFarm farm, int host, String token) throws Exception {
    return status(
        Files.readString(farm.state(host).resolve("api")).strip() + "/sectors?limit=1", token);
  }

  private static int input(TestFarm farm, int host, String token) throws Exception {
    return status(
        Files.readString(farm.state(host).resolve("transfer")).strip()
            + "/transfer/v1/sectors/"
            + SECTOR
            + "/commit1",
        token);
  }

  private static int status(String url, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofMinutes(1))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
