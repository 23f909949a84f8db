package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.lotus.peer.GoPeer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lotus's own manager, scheduler and index as the miner of a node under test. It may be killed and
 * comes back at the same address, with what a lotus-miner keeps.
 */
final class LotusManager implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** A lotus-miner tries again for ever, after a minute; here nothing is worth waiting for. */
  private static final int MOST_FAILURES = 12;

  private final Path directory;
  private final List<String> options;
  private final List<String> failures = new ArrayList<>();
  private GoPeer process;
  private JsonNode ready;

  private LotusManager(Path directory, List<String> options) throws Exception {
    this.directory = directory;
    this.options = options;
    this.process = launch("127.0.0.1:0");
    this.ready = process.await("ready");
  }

  /** With its repo, which is {@code miner}, and its logs below the directory. */
  static LotusManager start(Path directory, String... options) throws Exception {
    return new LotusManager(directory, List.of(options));
  }

  private GoPeer launch(String listen) throws Exception {
    List<String> all = new ArrayList<>(List.of("-repo", directory + "/miner", "-listen", listen));
    all.addAll(options);
    return GoPeer.start(directory, "manager", all.toArray(String[]::new));
  }

  /** kill -9, and a new process; what was asked for is forgotten. */
  void restart() throws Exception {
    process.kill();
    process = launch(URI.create(url()).getAuthority());
    ready = process.await("ready");
  }

  String url() {
    return ready.get("url").asText();
  }

  String token() {
    return ready.get("token").asText();
  }

  /** Why a command had to be given again. */
  List<String> failures() {
    return failures;
  }

  /** Waits until a worker registers. */
  void awaitWorker() throws Exception {
    process.await("worker");
  }

  /** Waits until a step of a sector is done. */
  void awaitStep(long sector, String step) throws Exception {
    process.await(
        step + " of " + sector,
        event ->
            event.path("event").asText().equals("step")
                && event.path("sector").asLong() == sector
                && event.path("step").asText().equals(step));
  }

  void send(String command) throws Exception {
    process.send(command);
  }

  /** What a command gives. */
  JsonNode result(String command) throws Exception {
    String tag = String.valueOf(command.hashCode());
    process.send(command + " tag=" + tag);
    JsonNode end =
        process.await(
            "the end of " + command,
            event -> event.path("tag").asText().equals(tag) && isEnd(event));
    assertEquals("done", end.get("event").asText(), end::toString);
    return end.get("result");
  }

  private static boolean isEnd(JsonNode event) {
    return event.path("event").asText().matches("done|failed");
  }

  /** Begins, or goes on with, sectors. */
  void seal(Collection<Long> sectors, String words) throws Exception {
    for (long sector : sectors) {
      process.send("seal sector=" + sector + " " + words);
    }
  }

  void awaitSealed(Collection<Long> sectors, String words) throws Exception {
    awaitSealed(sectors, words, PATIENCE);
  }

  /**
   * Waits until sectors that were begun are sealed; what fails is asked for again, as by a
   * lotus-miner: Commit2 with Commit1.
   */
  void awaitSealed(Collection<Long> sectors, String words, Duration patience) throws Exception {
    Set<Long> open = new TreeSet<>(sectors);
    Map<Long, Integer> failed = new HashMap<>();
    while (!open.isEmpty()) {
      JsonNode end =
          process.await(
              "the end of " + open + " after " + failures,
              event ->
                  event.path("command").asText().equals("seal")
                      && isEnd(event)
                      && open.contains(event.path("sector").asLong()),
              patience);
      long sector = end.get("sector").asLong();
      if (end.get("event").asText().equals("done")) {
        open.remove(sector);
      } else {
        failures.add(end.toString());
        assertTrue(failed.merge(sector, 1, Integer::sum) < MOST_FAILURES, failures::toString);
        boolean isProof = end.get("error").asText().startsWith("SealCommit2");
        process.send("seal sector=" + sector + " " + words + (isProof ? " from=SealCommit1" : ""));
      }
    }
  }

  String log() throws Exception {
    return process.log();
  }

  @Override
  public void close() throws Exception {
    process.close();
  }
}
