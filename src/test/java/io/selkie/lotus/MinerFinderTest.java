package io.selkie.lotus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LOTUS_WORKER_PROTOCOL.md 4. */
class MinerFinderTest {
  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void anEmptyHome() {
    environment.put("HOME", home.toString());
  }

  private MinerFinder finder(Optional<Path> given) {
    return new MinerFinder(given, environment);
  }

  private Path repo(String name, String api) throws IOException {
    Path repo = Files.createDirectories(home.resolve(name));
    Files.writeString(repo.resolve("api"), api);
    Files.writeString(repo.resolve("token"), "jwt-of-" + name);
    return repo;
  }

  @Test
  void theFilesOfTheRepoSayWhereTheMinerIs() throws IOException {
    Path repo = repo("m", "/ip4/10.0.0.1/tcp/2345/http\n");

    assertEquals(
        new MinerAddress(new HostPort("10.0.0.1", 2345), false, "jwt-of-m"),
        finder(Optional.of(repo)).find());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Path repo = repo("m", "/ip4/10.0.0.1/tcp/2345/http");
    Files.delete(repo.resolve("token"));
    assertEquals(repo.resolve("token") + " is missing", problem(Optional.of(repo)));
    Files.delete(repo.resolve("api"));
    assertEquals(repo.resolve("api") + " is missing", problem(Optional.of(repo)));
  }

  @Test
  void aWrongFileIsNamed() throws IOException {
    Path repo = repo("m", "nonsense");
    assertEquals(
        repo.resolve("api") + " is no address such as /ip4/127.0.0.1/tcp/2345/http",
        problem(Optional.of(repo)));
    Files.writeString(repo.resolve("api"), "");
    assertEquals(repo.resolve("api") + " is empty", problem(Optional.of(repo)));
  }

  private String problem(Optional<Path> given) {
    return assertThrows(IOException.class, () -> finder(given).find()).getMessage();
  }

  @Test
  void theRepoIsTheOneGivenThenTheEnvironmentsThenLotuss() throws IOException {
    assertEquals(home.resolve(".lotusminer"), finder(Optional.empty()).repo());
    Files.createDirectory(home.resolve(".lotusstorage"));
    assertEquals(home.resolve(".lotusstorage"), finder(Optional.empty()).repo());
    environment.put("LOTUS_STORAGE_PATH", "/old");
    assertEquals(Path.of("/old"), finder(Optional.empty()).repo());
    environment.put("LOTUS_MINER_PATH", "/new");
    assertEquals(Path.of("/new"), finder(Optional.empty()).repo());
    assertEquals(Path.of("/given"), finder(Optional.of(Path.of("/given"))).repo());
  }

  @Test
  void theEnvironmentCountsMoreThanTheRepo() throws IOException {
    Path repo = repo("m", "/ip4/10.0.0.1/tcp/2345/http");
    environment.put("STORAGE_API_INFO", "old:/ip4/10.0.0.2/tcp/1/http");
    assertEquals("http://10.0.0.2:1", finder(Optional.of(repo)).find().toString());
    environment.put(
        "MINER_API_INFO", "new:/dns/miner.example/tcp/443/wss, other:/ip4/1.2.3.4/tcp/1");
    MinerAddress miner = finder(Optional.of(repo)).find();
    assertEquals("https://miner.example:443", miner.toString());
    assertEquals("new", miner.token());
  }

  @ParameterizedTest
  @CsvSource({
    "t:http://10.0.0.1:2345, http://10.0.0.1:2345, t",
    "t:ws://10.0.0.1/rpc/v0, http://10.0.0.1:80, t",
    "t:https://miner.example, https://miner.example:443, t",
    "/ip4/127.0.0.1/tcp/2345/http, http://127.0.0.1:2345, ''",
    "http://127.0.0.1:2345, http://127.0.0.1:2345, ''",
    "t:/ip6/::1/tcp/2345/http, http://[::1]:2345, t",
  })
  void theFormsOfLotusAreRead(String info, String url, String token) throws IOException {
    environment.put("MINER_API_INFO", info);

    MinerAddress miner = finder(Optional.empty()).find();

    assertEquals(url, miner.toString());
    assertEquals(token, miner.token());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "secret:",
        "secret:/ip4/x y/tcp/1",
        "secret:/ip4/1.2.3.4/udp/1",
        "secret:/ip4/1.2.3.4/tcp/99999",
        "secret:/ip4/1.2.3.4/tcp/1/quic",
        "secret:ftp://h"
      })
  void whatIsWrongIsSaidWithoutTheToken(String info) {
    environment.put("MINER_API_INFO", info);

    String problem = problem(Optional.empty());

    assertEquals(
        "MINER_API_INFO is not TOKEN:ADDRESS with an address such as /ip4/10.0.0.1/tcp/2345/http",
        problem);
    assertFalse(problem.contains("secret"));
  }
}
