package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.selftest.EndsProvers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(EndsProvers.class)
class NodeIT {
  @TempDir Path temp;

  private NodeSettings settings() throws IOException {
    Path repo = Files.createDirectories(temp.resolve("repo"));
    Config config = ConfigFactory.load();
    return NodeSettings.of(
        repo, Map.of("SELKIE_STATE_DIR", temp.resolve("state").toString()), config);
  }

  @Test
  void aSecondNodeOnTheSameStateDirectoryIsRefusedInOneLine() throws Exception {
    try (Node node = Node.start(settings())) {
      IOException refusal = assertThrows(IOException.class, () -> Node.start(settings()));
      assertEquals(
          temp.resolve("state") + " is in use: another node runs on it", refusal.getMessage());
    }
  }

  @Test
  void aNodeThatWasClosedStartsAgain() throws Exception {
    Node.start(settings()).close();
    Node.start(settings()).close();
  }
}
