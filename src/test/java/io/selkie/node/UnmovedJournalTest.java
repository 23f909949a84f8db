package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.selkie.journal.Database;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnmovedJournalTest {
  private static final String URL = "jdbc:postgresql://127.0.0.1:1/farm";

  @TempDir Path temp;

  @Test
  void aNodeThatIsToShareADatabaseLeavesNoJournalBehind() throws IOException {
    StateDirectory state = new StateDirectory(temp.toRealPath().resolve("state"));
    Database.open(state).close();
    Path repo = Files.createDirectory(temp.toRealPath().resolve("repo"));
    Config config =
        ConfigFactory.parseMap(Map.of("selkie.database.url", URL))
            .withFallback(ConfigFactory.load());

    IOException refusal =
        assertThrows(
            IOException.class,
            () ->
                Node.start(
                    NodeSettings.of(
                        repo, Map.of(StateDirectory.VARIABLE, state.path().toString()), config)));

    assertEquals(
        state.path()
            + "/db/selkie.mv.db: this journal was not moved to "
            + URL
            + ": run selkie db migrate, or give the file another name if nothing of it is needed",
        refusal.getMessage());
  }
}
