package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sectors on their way from one node to another; {@link TransferSlowIT} has the rest. */
class TransferIT {
  @TempDir Path directory;
  private TransferPair pair;

  @BeforeEach
  void start() throws Exception {
    pair = new TransferPair(directory, Files.createDirectories(directory.resolve("store")));
    pair.startSender(List.of());
  }

  @AfterEach
  void stop() throws Exception {
    pair.close();
  }

  @Test
  void aSectorArrivesWholeWhateverTheNetworkDoesAndPausedStaysPaused() throws Exception {
    String sector = pair.seal();
    pair.killSender();
    pair.startSender(List.of());
    pair.await(
        "the transfer to be held again",
        () -> pair.sector(sector).path("transfer").path("state").asText().equals("paused"));
    assertTrue(pair.get("/transfers").path("paused").asBoolean());
    pair.assertStayed(sector);

    pair.proxy.cutAfter(1500); // amid a chunk
    pair.proxy.flipAt(1200);
    pair.resume();
    pair.awaitArrived(sector);

    assertEquals(2, pair.proxy.happened());
    pair.await("the list to know", () -> listed().path("transfer").asText().equals("done"));
    assertEquals(pair.proxy.url(), listed().path("transferDetail").asText());
    assertEquals(0, pair.get("/transfers").path("transfers").size());
  }

  private JsonNode listed() throws Exception {
    return pair.get("/sectors").path("sectors").get(0);
  }

  @Test
  void whoeverIsKilledTheSectorArrives() throws Exception {
    TransferKills.killReceiver(
        pair, List.of("Receive.after-chunk", "Transfer.amid-place", "Transfer.before-receipt"));
    TransferKills.killSender(
        pair, List.of("Transfer.after-chunk", "Send.after-commit", "Release.amid-delete"));
  }
}
