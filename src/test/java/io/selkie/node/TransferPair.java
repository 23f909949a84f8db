package io.selkie.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.selftest.NodeCalls;
import io.selkie.selftest.NodeProcess;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Two nodes with stand-in provers: one seals and sends, the other receives. */
final class TransferPair implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final MeddlingProxy proxy = new MeddlingProxy();
  final Path sending;
  final Path receiving;
  final Path marks;
  final Map<String, String> senderSettings = new TreeMap<>();
  private final Path store;
  private final Map<String, Map<String, byte[]>> sealed = new HashMap<>();
  private int pledged;
  private NodeProcess sender;
  private NodeProcess receiver;

  /**
   * A pair below a directory.
   *
   * @param store where sectors arrive
   */
  TransferPair(Path directory, Path store) throws Exception {
    this.sending = Files.createDirectories(directory.resolve("sending"));
    this.receiving = Files.createDirectories(directory.resolve("receiving"));
    this.marks = Files.createDirectories(directory.resolve("marks"));
    this.store = store;
    startReceiver(List.of());
    Files.writeString(directory.resolve("token"), token());
    senderSettings.put("selkie.transfer.targets.0.data-address", proxy.dataAddress());
    senderSettings.put("selkie.transfer.targets.0.url", proxy.url());
    senderSettings.put(
        "selkie.transfer.targets.0.token-file", directory.resolve("token").toString());
  }

  private Map<String, String> settings(List<String> points) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("selkie.test.stand-in-proofs", "on");
    settings.put("selkie.test.failpoint-dir", marks.toString());
    settings.put("selkie.api.port", "0");
    settings.put("selkie.api.answer-timeout", "60 s");
    settings.put("selkie.dev-chain.block-time", "50 ms");
    settings.put("selkie.dev-chain.precommit-challenge-delay", "2");
    settings.put("selkie.sealing.chain-poll", "100 ms");
    settings.put("selkie.sealing.task-repeat", "2 s");
    settings.put("selkie.sealing.seed-confidence", "1");
    settings.put("selkie.sector.repeat", "1 s");
    settings.put("selkie.max-tasks", "100");
    settings.put("selkie.transfer-buffer", "100");
    settings.put("selkie.memory", "100 TiB");
    settings.put("selkie.gpu.cpu-leases", "100");
    settings.put("selkie.transfer.port", "0");
    settings.put("selkie.transfer.data-port", "0");
    settings.put("selkie.transfer.chunk", "512");
    settings.put("selkie.transfer.first-wait", "100 ms");
    settings.put("selkie.transfer.longest-wait", "1 s");
    settings.put("selkie.transfer.parallel", "100");
    settings.put("selkie.transfer.incoming", "100");
    for (String phase : List.of("addpiece", "precommit1", "precommit2", "commit1", "commit2")) {
      settings.put("selkie.parallel." + phase, "100");
    }
    if (!points.isEmpty()) {
      // A point holds the thread that comes by.
      String threads = String.valueOf(points.size() + 64);
      settings.put("akka.actor.default-dispatcher.executor", "thread-pool-executor");
      settings.put("akka.actor.default-dispatcher.thread-pool-executor.fixed-pool-size", threads);
      settings.put("selkie.transfer-dispatcher.thread-pool-executor.fixed-pool-size", threads);
    }
    for (int i = 0; i < points.size(); i++) {
      settings.put("selkie.test.failpoints." + i, points.get(i));
    }
    return settings;
  }

  void startSender(List<String> points) throws Exception {
    Map<String, String> settings = settings(points);
    settings.putAll(senderSettings);
    sender = NodeProcess.start(sending, settings);
  }

  void startReceiver(List<String> points) throws Exception {
    Map<String, String> settings = settings(points);
    settings.put("selkie.transfer.serve.0", store.toString());
    receiver = NodeProcess.start(receiving, settings);
    URI url = URI.create(Files.readString(receiving.resolve("state/transfer")).strip());
    HttpRequest about =
        HttpRequest.newBuilder(URI.create(url + "/transfer/v1"))
            .header("Authorization", "Bearer " + token())
            .build();
    String answer =
        HttpClient.newHttpClient().send(about, HttpResponse.BodyHandlers.ofString()).body();
    proxy.to(url.getPort(), new ObjectMapper().readTree(answer).path("dataPort").asInt());
  }

  private String token() throws IOException {
    return new Tokens(TokenSecret.in(receiving.resolve("state")), Clock.systemUTC())
        .create(Permission.WRITE, Duration.ofHours(1), "sender");
  }

  /** kill -9. */
  void killSender() throws InterruptedException {
    sender.kill();
  }

  /** kill -9. */
  void killReceiver() throws InterruptedException {
    receiver.kill();
  }

  private NodeCalls calls() throws IOException {
    return NodeCalls.to(sending.resolve("state"));
  }

  /** Seals a sector whose transfer is held; its files are remembered. */
  String seal() throws Exception {
    order("pause", Optional.empty());
    String name = pledge();
    await(
        name + " to be held",
        () -> sector(name).path("transfer").path("state").asText().equals("paused"));
    remember(name);
    return name;
  }

  String pledge() throws Exception {
    String body = calls().pledge(UUID.randomUUID()).get().body();
    pledged++;
    return body.replaceAll(".*\"(s-[^\"]*)\".*", "$1");
  }

  /** The sector that will be pledged after so many others. */
  String next(int others) {
    return "s-t01000-" + (pledged + others + 1);
  }

  /** The files of the sector are as they should arrive. */
  void remember(String name) throws IOException {
    sealed.put(name, files(sending.resolve("repo"), name));
  }

  void order(String order, Optional<String> sector) throws Exception {
    var answer =
        calls()
            .send(
                "POST",
                "/transfers/" + order + sector.map(name -> "?sector=" + name).orElse(""),
                "")
            .get();
    assertEquals(200, answer.statusCode(), answer.body());
  }

  /** Lets all transfers go on. */
  void resume() throws Exception {
    order("resume", Optional.empty());
  }

  JsonNode sector(String name) throws Exception {
    return calls().get("/sectors/" + name);
  }

  JsonNode get(String path) throws Exception {
    return calls().get(path);
  }

  static Map<String, byte[]> files(Path root, String name) throws IOException {
    SectorFiles files = new SectorFiles(root, SectorId.parse(name));
    Map<String, byte[]> all = new TreeMap<>();
    for (Path file : List.of(files.sealed(), files.unsealed(), files.manifest(), files.seal())) {
      if (Files.exists(file)) {
        all.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    if (Files.isDirectory(files.cache())) {
      try (Stream<Path> cache = Files.list(files.cache())) {
        for (Path file : cache.toList()) {
          all.put(root.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return all;
  }

  /** Waits until the sector is in the store, whole, and nowhere else. */
  void awaitArrived(String name) throws Exception {
    await(name + " to arrive", () -> sector(name).path("transfer").path("released").asBoolean());
    assertWhole(name);
    assertEquals(Map.of(), files(sending.resolve("repo"), name));
    assertFalse(Files.exists(store.resolve("fetching").resolve(name)), "staging of " + name);
    JsonNode status = sector(name);
    assertEquals("Proving", status.path("sealing").path("state").asText());
    assertEquals("done", status.path("transfer").path("state").asText());
  }

  /** The sector is in the store as it was sealed. */
  void assertWhole(String name) throws IOException {
    assertSame(sealed.get(name), files(store, name));
  }

  /** The sector is where it was sealed, as it was, and the store has nothing of it in place. */
  void assertStayed(String name) throws IOException {
    assertSame(sealed.get(name), files(sending.resolve("repo"), name));
    assertEquals(Map.of(), files(store, name));
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((file, content) -> assertArrayEquals(content, actual.get(file), file));
  }

  /** Something that comes true. */
  interface Condition {
    boolean holds() throws Exception;
  }

  void await(String what, Condition condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        fail(
            "waited in vain for "
                + what
                + "\n"
                + get("/transfers")
                + "\n"
                + sender.log()
                + "\n"
                + receiver.log());
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws Exception {
    if (sender != null) {
      sender.close();
    }
    if (receiver != null) {
      receiver.close();
    }
    proxy.close();
  }
}
