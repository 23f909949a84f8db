package io.selkie.selftest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePath;
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
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two nodes with stand-in provers: one seals and sends, the other receives. */
final class TransferPair implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SLOTS = 100;

  /** Chunks so small that a 2 KiB sector has several. */
  private static final String CHUNK = "512";

  private final MeddlingProxy proxy;
  private final Path sending;
  private final Path receiving;
  private final Path marks;
  private final Path store;
  private final Map<String, String> senderSettings = new TreeMap<>();
  private final Map<String, Map<String, byte[]>> sealed = new HashMap<>();
  private int pledged;
  private @Nullable NodeProcess sender;
  private @Nullable NodeProcess receiver;

  /**
   * A pair below a directory; nothing runs yet.
   *
   * @param store where sectors arrive
   */
  TransferPair(Path directory, Path store) throws IOException {
    this.sending = Files.createDirectories(directory.resolve("sending"));
    this.receiving = Files.createDirectories(directory.resolve("receiving"));
    this.marks = Files.createDirectories(directory.resolve("marks"));
    this.store = store;
    this.proxy = new MeddlingProxy();
    // The last of the targets: a test may name others before it.
    senderSettings.put("selkie.transfer.targets.9.data-address", proxy.dataAddress());
    senderSettings.put("selkie.transfer.targets.9.url", proxy.url());
    senderSettings.put("selkie.transfer.targets.9.token-file", directory + "/token");
  }

  MeddlingProxy proxy() {
    return proxy;
  }

  /** Where the sender seals. */
  Path repo() {
    return sending.resolve("repo");
  }

  Path mark(String point, String sector) {
    return marks.resolve(point + "@" + sector);
  }

  /** A setting of the sender alone, from its next start on. */
  TransferPair with(String key, String value) {
    senderSettings.put(key, value);
    return this;
  }

  private Map<String, String> settings(Collection<String> points) {
    TrialSettings settings =
        TrialSettings.standIn(marks, SLOTS).set("selkie.sealing.task-repeat", "2 s");
    settings.set("selkie.transfer-buffer", String.valueOf(SLOTS));
    settings.set("selkie.transfer.port", "0");
    settings.set("selkie.transfer.data-port", "0");
    settings.set("selkie.transfer.chunk", CHUNK);
    settings.set("selkie.transfer.first-wait", "100 ms");
    settings.set("selkie.transfer.longest-wait", "1 s");
    settings.set("selkie.transfer.parallel", String.valueOf(SLOTS));
    settings.set("selkie.transfer.incoming", String.valueOf(SLOTS));
    if (!points.isEmpty()) {
      settings.holdNode(points);
      settings.set(
          "selkie.transfer-dispatcher.thread-pool-executor.fixed-pool-size",
          String.valueOf(points.size() + 64));
    }
    return new TreeMap<>(settings.asMap());
  }

  /** Starts the sender, which holds at these points. */
  void startSender(Collection<String> points) throws IOException, InterruptedException {
    Map<String, String> settings = settings(points);
    settings.putAll(senderSettings);
    sender = NodeProcess.start(sending, settings);
  }

  /** Starts the receiver, which holds at these points. */
  void startReceiver(Collection<String> points) throws IOException, InterruptedException {
    Map<String, String> settings = settings(points);
    settings.put("selkie.transfer.serve.0", store.toString());
    receiver = NodeProcess.start(receiving, settings);
    String token =
        new Tokens(TokenSecret.in(receiving.resolve("state")), Clock.systemUTC())
            .create(Permission.WRITE, Duration.ofHours(1), "sender");
    Files.writeString(receiving.resolveSibling("token"), token);
    URI url = URI.create(Files.readString(receiving.resolve("state/transfer")).strip());
    HttpRequest about =
        HttpRequest.newBuilder(URI.create(url + "/transfer/v1"))
            .header("Authorization", "Bearer " + token)
            .build();
    String answer =
        HttpClient.newHttpClient().send(about, HttpResponse.BodyHandlers.ofString()).body();
    proxy.to(url.getPort(), new ObjectMapper().readTree(answer).path("dataPort").asInt());
  }

  /** kill -9. */
  void killSender() throws InterruptedException {
    Objects.requireNonNull(sender).kill();
  }

  /** kill -9. */
  void killReceiver() throws InterruptedException {
    Objects.requireNonNull(receiver).kill();
  }

  private NodeCalls calls() throws IOException {
    return NodeCalls.to(sending.resolve("state"));
  }

  /** Seals a sector whose transfer is held; its files are remembered. */
  String seal() throws IOException, InterruptedException {
    order("pause", Optional.empty());
    String name = pledge();
    await(name + " to be held", () -> isPaused(name));
    remember(name);
    return name;
  }

  boolean isPaused(String name) throws IOException, InterruptedException {
    return sector(name).path("transfer").path("state").asText().equals("paused");
  }

  /** Begins a sector. */
  String pledge() throws IOException {
    String body = calls().pledge(UUID.randomUUID()).join().body();
    pledged++;
    return body.replaceAll(".*\"(s-[^\"]*)\".*", "$1");
  }

  /** The sector that will be pledged after so many others. */
  String next(int others) {
    return "s-t01000-" + (pledged + others + 1);
  }

  /** The files of the sector are as they should arrive. */
  void remember(String name) throws IOException {
    sealed.put(name, files(repo(), name));
  }

  /** Tells the sender {@code pause} or {@code resume}, of a sector or of all. */
  void order(String order, Optional<String> sector) throws IOException {
    String query = sector.map(name -> "?sector=" + name).orElse("");
    var answer = calls().send("POST", "/transfers/" + order + query, "").join();
    if (answer.statusCode() != 200) {
      throw new IOException(order + ": " + answer.statusCode() + " " + answer.body());
    }
  }

  /** Removes a sector; gives the node's answer. */
  JsonNode remove(String name) throws IOException {
    return new ObjectMapper()
        .readTree(calls().send("DELETE", "/sectors/" + name, "").join().body());
  }

  JsonNode sector(String name) throws IOException, InterruptedException {
    return calls().get("/sectors/" + name);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return calls().get(path);
  }

  private static Map<String, byte[]> files(Path root, String name) throws IOException {
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

  /**
   * Waits until the sector is in the store, whole, and nowhere else.
   *
   * @return why not, if that does not come true
   */
  Optional<String> arrived(String name) throws IOException, InterruptedException {
    if (!comes(() -> sector(name).path("transfer").path("released").asBoolean())) {
      return Optional.of(name + " does not arrive: " + get("/transfers") + "; logs: " + logs());
    }
    JsonNode status = sector(name);
    boolean done =
        status.at("/sealing/state").asText().equals("Proving")
            && status.at("/transfer/state").asText().equals("done");
    if (!done) {
      return Optional.of(name + " says of itself " + status);
    }
    if (!isSame(files(store, name), name)) {
      return Optional.of(name + " did not arrive whole");
    }
    if (!files(repo(), name).isEmpty()) {
      return Optional.of(name + " left files where it was: " + files(repo(), name).keySet());
    }
    return Files.exists(arriving(name))
        ? Optional.of(name + " left something where it arrived")
        : Optional.empty();
  }

  /** Where a sector grows in the store. */
  Path arriving(String name) {
    return StoragePath.arriving(store, SectorId.parse(name));
  }

  /** Whether it is where it was sealed, as it was, and the store has nothing of it in place. */
  boolean hasStayed(String name) throws IOException {
    return isSame(files(repo(), name), name) && files(store, name).isEmpty();
  }

  private boolean isSame(Map<String, byte[]> found, String name) {
    Map<String, byte[]> expected = sealed.getOrDefault(name, Map.of());
    return !expected.isEmpty()
        && expected.keySet().equals(found.keySet())
        && expected.keySet().stream()
            .allMatch(file -> Arrays.equals(expected.get(file), found.get(file)));
  }

  /** Something that comes true. */
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /**
   * Waits for something.
   *
   * @throws IOException if it does not come true in time
   */
  void await(String what, Condition condition) throws IOException, InterruptedException {
    if (!comes(condition)) {
      throw new IOException("waited in vain for " + what + "; logs: " + logs());
    }
  }

  private List<Path> logs() {
    return Stream.of(sender, receiver).filter(Objects::nonNull).map(node -> node.output()).toList();
  }

  private boolean comes(Condition condition) throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (NodeProcess node : new NodeProcess[] {sender, receiver}) {
      if (node != null) {
        node.close();
      }
    }
    Provers.killBelow(sending);
    proxy.close();
  }
}
