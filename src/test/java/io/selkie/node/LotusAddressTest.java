package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.selkie.lotus.HostPort;
import io.selkie.lotus.LotusSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where this host listens for a miner: what is set counts more than its repo's file. */
class LotusAddressTest {
  private static final String FILE =
      """
      [API]
      ListenAddress = "/ip4/10.0.0.5/tcp/3456/http"
      RemoteListenAddress = "192.168.0.5:3456"
      """;

  @TempDir Path temp;
  private Path repo = Path.of("");

  @BeforeEach
  void makeRepo() throws IOException {
    repo = Files.createDirectory(temp.resolve("repo"));
  }

  private LotusSettings settings(String more) throws IOException {
    String text = "selkie.lotus.enabled = on\nselkie.storage-repo = " + temp + "/miner\n" + more;
    return NodeSettings.of(
            repo,
            Map.of("SELKIE_STATE_DIR", temp.resolve("state").toString()),
            ConfigFactory.parseString(text).withFallback(ConfigFactory.load()))
        .lotus()
        .orElseThrow();
  }

  @Test
  void theFileOfTheRepoSaysItIfNothingElseDoes() throws IOException {
    assertEquals(Optional.empty(), settings("").address());
    Files.writeString(repo.resolve("config.toml"), FILE);

    LotusSettings ofFile = settings("");
    assertEquals(Optional.of(new HostPort("10.0.0.5", 3456)), ofFile.address());
    assertEquals(Optional.of(new HostPort("192.168.0.5", 3456)), ofFile.remote());
    LotusSettings set = settings("selkie.lotus.address = \"10.0.0.6:1\"");
    assertEquals(Optional.of(new HostPort("10.0.0.6", 1)), set.address());
    assertEquals(Optional.empty(), set.remote(), "it belongs to the other");
  }

  @Test
  void whatStandsInTheRepoOfAMinerIsTheMinersAddress() throws IOException {
    Files.writeString(repo.resolve("config.toml"), FILE);

    assertEquals(Optional.empty(), settings("selkie.storage-repo = \"" + repo + "\"").address());
  }

  @Test
  void aFileThatCannotBeUnderstoodIsOneLine() throws IOException {
    Files.writeString(repo.resolve("config.toml"), "[API");

    String problem = assertThrows(IOException.class, () -> settings("")).getMessage();
    assertEquals(repo.resolve("config.toml") + " is no TOML: look at line 1", problem);
  }
}
