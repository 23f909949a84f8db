package io.selkie.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sectors on their way from one node to another; {@link TransferTrialIT} has the kills. */
class TransferIT {
  @TempDir Path directory;
  private TransferPair pair;

  @BeforeEach
  void start() throws Exception {
    pair = new TransferPair(directory, Files.createDirectories(directory.resolve("store")));
    pair.startReceiver(List.of());
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
    pair.await("the transfer to be held again", () -> pair.isPaused(sector));
    assertTrue(pair.get("/transfers").path("paused").asBoolean());
    assertTrue(pair.hasStayed(sector));

    pair.proxy().cutAfter(1500); // amid a chunk
    pair.proxy().flipAt(1200);
    pair.order("resume", Optional.empty());
    assertEquals(Optional.empty(), pair.arrived(sector));

    assertEquals(2, pair.proxy().happened());
    pair.await("the list to know", () -> listed().path("transfer").asText().equals("done"));
    assertEquals(pair.proxy().url(), listed().path("transferDetail").asText());
    assertEquals(0, pair.get("/transfers").path("transfers").size());
  }

  @Test
  void whoRemovesAStoredSectorHasItsCopyPutIntoTheTrashOfThePeer() throws Exception {
    String sector = pair.seal();
    pair.order("resume", Optional.empty());
    assertEquals(Optional.empty(), pair.arrived(sector));

    JsonNode answer = pair.remove(sector);

    assertEquals(pair.proxy().url(), answer.path("copy").asText());
    Path trash = directory.resolve("store/selkie/trash");
    pair.await("the copy to be there", () -> !Files.exists(store("sealed", sector)));
    pair.await("all of it", () -> !Files.exists(store("selkie", sector + ".received.json")));
    assertTrue(trash.toFile().list().length >= 4, String.join(" ", trash.toFile().list()));
  }

  private Path store(String type, String name) {
    return directory.resolve("store").resolve(type).resolve(name);
  }

  private JsonNode listed() throws java.io.IOException, InterruptedException {
    return pair.get("/sectors").path("sectors").get(0);
  }
}
