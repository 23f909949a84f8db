package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MISSION.md C4. */
class ApiConfigTest {
  private static final String MINER =
      """
      # Default config:
      [API]
        # Binding address for the Lotus API
        ListenAddress = "/ip4/10.0.0.1/tcp/2345/http"
        RemoteListenAddress = "10.0.0.9:2345"
        Timeout = "1m30s"

      [Backup]
        #DisableMetadataLog = true

      [Storage]
        ParallelFetchLimit = 10
        AllowAddPiece = true
      """;

  @TempDir Path repo;

  private Optional<ApiConfig> config(String text) throws IOException {
    Files.writeString(repo.resolve("config.toml"), text);
    return ApiConfig.in(repo);
  }

  private String problem(String text) {
    String message = assertThrows(IOException.class, () -> config(text)).getMessage();
    assertEquals(1, message.lines().count());
    return message.replace(repo + "/", "");
  }

  private MinerAddress found(String token) throws IOException {
    Files.writeString(repo.resolve("token"), token);
    return new MinerFinder(Optional.of(repo), Map.of()).find();
  }

  @Test
  void itSaysWhereAMinerListens() throws IOException {
    assertEquals(Optional.empty(), ApiConfig.in(repo));
    assertEquals(
        Optional.of(
            new ApiConfig(
                Optional.of(new HostPort("10.0.0.1", 2345)),
                Optional.of(new HostPort("10.0.0.9", 2345)))),
        config(MINER));
    assertEquals(
        Optional.of(new HostPort("10.0.0.2", 1)),
        config("api.listenaddress = '/ip4/10.0.0.2/tcp/1'").orElseThrow().listen());
    ApiConfig nothing = new ApiConfig(Optional.empty(), Optional.empty());
    assertEquals(Optional.of(nothing), config(""));
    assertEquals(Optional.of(nothing), config("[API]\nListenAddress = ''\n[Other]\na = [1]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[API]\nListenAddress = \"/ip4/127.0.0.1",
        "[API\n",
        "[API]\n[API]\n",
        "secret = jwt",
      })
  void whatIsNoTomlIsSaidWithItsLineAndNotRepeated(String text) {
    String problem = problem(text);

    assertEquals("config.toml is no TOML: look at line ", problem.replaceAll("[0-9]+$", ""));
  }

  @Test
  void aWrongValueIsNamed() {
    assertEquals(
        "config.toml: [API] ListenAddress is no address such as /ip4/127.0.0.1/tcp/2345/http",
        problem("[API]\nListenAddress = \"10.0.0.1:2345\""));
    assertEquals(
        "config.toml: [API] ListenAddress is no text in quotation marks",
        problem("[API]\nListenAddress = 2345"));
    assertEquals(
        "config.toml: [API] RemoteListenAddress is no address such as 10.0.0.5:2345",
        problem("[API]\nRemoteListenAddress = \"a:b:c\""));
    assertEquals(
        "config.toml: [API] Timeout is no duration such as 30s",
        problem("[API]\nTimeout = \"soon\""));
    assertEquals(
        "config.toml has more than a megabyte: it is no config.toml of Lotus",
        problem("#".repeat((1 << 20) + 1)));
  }

  @Test
  void deepNestingIsRefused() {
    assertEquals("config.toml is no TOML", problem("a = " + "[".repeat(100_000)));
  }

  @Test
  void aMinerThatDoesNotRunWillListenThere() throws IOException {
    config(MINER);
    assertEquals(new MinerAddress(new HostPort("10.0.0.1", 2345), false, "jwt"), found("jwt"));

    config("");
    assertEquals(new HostPort("127.0.0.1", 2345), found("jwt").address());

    Files.writeString(repo.resolve("api"), "/ip4/10.0.0.7/tcp/7/http");
    assertEquals(new HostPort("10.0.0.7", 7), found("jwt").address(), "it runs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ip4/0.0.0.0/tcp/2345/http", "/ip6/::/tcp/2345/http"})
  void aMinerThatListensEverywhereStillNeedsAToken(String address) throws IOException {
    config("[API]\nListenAddress = \"" + address + "\"");

    assertEquals(
        repo.resolve("token") + " is missing",
        assertThrows(IOException.class, () -> new MinerFinder(Optional.of(repo), Map.of()).find())
            .getMessage());
    String host = address.contains("ip4") ? "127.0.0.1" : "::1";
    assertEquals(new MinerAddress(new HostPort(host, 2345), false, "jwt"), found("jwt"));
  }
}
