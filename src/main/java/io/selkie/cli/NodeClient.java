package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * The management interface of a node. Every call fails with one line: a {@link NodeException} if
 * the node refused, another {@link IOException} if it cannot be reached.
 */
final class NodeClient {
  private static final Duration PROBE = Duration.ofSeconds(3);
  private static final int PAGE = 1000;

  private final NodeHttp http;

  NodeClient(NodeAddress address) {
    this.http = new NodeHttp(address);
  }

  /**
   * Whether a node answers there; asked without a token.
   *
   * @throws NodeTlsException if something does that is not to be trusted; one line
   */
  boolean isAlive() throws InterruptedException, NodeTlsException {
    try {
      JsonNode health = http.json(http.openRequest("/health").timeout(PROBE).build());
      return health.path("status").asText("").equals("up");
    } catch (NodeTlsException e) {
      throw e; // there is a node, and none is to be started beside it
    } catch (IOException e) {
      return false;
    }
  }

  /** What keeps the node from taking work; empty: nothing. */
  Optional<String> notReady() throws IOException, InterruptedException {
    try {
      http.json(http.openRequest("/ready").timeout(NodeHttp.ANSWER).build());
      return Optional.empty();
    } catch (NodeException e) {
      if (e.isPassing()) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  /**
   * All sectors as the node lists them, or those in a state.
   *
   * @param state of the driver, such as {@code WaitSeed}, or of the actor, such as {@code running}
   */
  List<JsonNode> sectors(Optional<String> state) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    String filter =
        state
            .map(
                wanted ->
                    (wanted.matches("[A-Z].*") ? "&driverState=" : "&state=") + encoded(wanted))
            .orElse("");
    String after = "";
    while (true) {
      JsonNode page = get("/sectors?limit=" + PAGE + filter + after).path("sectors");
      page.forEach(all::add);
      if (page.size() < PAGE) {
        return all;
      }
      after = "&after=" + encoded(page.get(page.size() - 1).path("sector").asText());
    }
  }

  /** What the node knows of a sector. */
  SectorReport sector(SectorId sector) throws IOException, InterruptedException {
    return new SectorReport(sector, get("/sectors/" + sector));
  }

  /** The same; empty if there is no such sector. */
  Optional<SectorReport> find(SectorId sector) throws IOException, InterruptedException {
    try {
      return Optional.of(sector(sector));
    } catch (NodeException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** What happened to a sector, oldest first. */
  List<JsonNode> history(SectorId sector) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    long after = 0;
    while (true) {
      JsonNode page =
          get("/sectors/" + sector + "/history?limit=" + PAGE + "&after=" + after).path("history");
      page.forEach(all::add);
      if (page.size() < PAGE) {
        return all;
      }
      after = page.get(page.size() - 1).path("id").asLong();
    }
  }

  /** Begins a sector of zeros; the same request again gives the same sector. */
  SectorId pledge(SectorSize size, UUID request) throws IOException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("sectorSize", size.toString());
    body.put("request", request.toString());
    return sectorIn(post("/sectors/pledge", body));
  }

  /**
   * Uploads the files and begins a sector with them; the same request again gives the same sector.
   *
   * @param sent is told how many bytes of the files are behind
   * @throws IOException also if a file changed on the way: then nothing was begun
   */
  SectorId seal(SealRequest files, UUID request, LongConsumer sent)
      throws IOException, InterruptedException {
    MultipartFiles parts = new MultipartFiles(files, sent);
    String call = "/sectors/seal?sectorSize=" + files.size() + "&request=" + request;
    // No time limit: nobody knows how long an upload takes. A node that refuses says so before it.
    HttpRequest upload =
        http.request(call)
            .header("Content-Type", parts.contentType())
            .expectContinue(true)
            .POST(parts.body())
            .build();
    try {
      return sectorIn(http.json(upload));
    } catch (IOException e) {
      parts.requireRead();
      files.requireUnchanged();
      throw e;
    }
  }

  /** What is under way to long-term storage. */
  JsonNode transfers() throws IOException, InterruptedException {
    return get("/transfers");
  }

  /**
   * Holds transfers, or lets them go on.
   *
   * @param order {@code pause} or {@code resume}
   * @param sector whose; empty: all
   */
  void transfers(String order, Optional<SectorId> sector) throws IOException, InterruptedException {
    http.json(
        http.request("/transfers/" + order + sector.map(which -> "?sector=" + which).orElse(""))
            .timeout(NodeHttp.ANSWER)
            .POST(BodyPublishers.noBody())
            .build());
  }

  /** The hosts of the farm. */
  JsonNode hosts() throws IOException, InterruptedException {
    return get("/hosts");
  }

  /** One of them, and when it will be empty if it is drained. */
  JsonNode host(String host) throws IOException, InterruptedException {
    return get("/hosts/" + encoded(host));
  }

  /**
   * Orders something of a host.
   *
   * @param order such as {@code cordon} or {@code drain?until=phase}
   */
  JsonNode orderHost(String host, String order) throws IOException, InterruptedException {
    return http.json(
        http.request("/hosts/" + encoded(host) + "/" + order)
            .timeout(NodeHttp.ANSWER)
            .POST(BodyPublishers.noBody())
            .build());
  }

  /** Has a host forgotten, or its sectors given up. */
  JsonNode removeHost(String host, boolean isOff) throws IOException, InterruptedException {
    return http.json(
        http.request("/hosts/" + encoded(host) + (isOff ? "?hostIsOff=true" : ""))
            .timeout(NodeHttp.ANSWER)
            .DELETE()
            .build());
  }

  /** Why a task, a sector or a host does not go on. */
  JsonNode explain(String subject) throws IOException, InterruptedException {
    return get("/explain/" + encoded(subject));
  }

  /** Ends what the sector is doing. */
  void abort(SectorId sector, String cause) throws IOException, InterruptedException {
    post(
        "/sectors/" + sector + "/abort", JsonNodeFactory.instance.objectNode().put("cause", cause));
  }

  /** Tries again what failed or was aborted. */
  void retry(SectorId sector) throws IOException, InterruptedException {
    http.json(
        http.request("/sectors/" + sector + "/retry")
            .timeout(NodeHttp.ANSWER)
            .POST(BodyPublishers.noBody())
            .build());
  }

  /** Removes the sector and its files; gives where the copy is that goes to the trash there. */
  Optional<String> remove(SectorId sector) throws IOException, InterruptedException {
    JsonNode answer =
        http.json(http.request("/sectors/" + sector).timeout(NodeHttp.ANSWER).DELETE().build());
    return Optional.of(answer.path("copy").asText("")).filter(copy -> !copy.isEmpty());
  }

  /**
   * Writes data of a sector into a new file.
   *
   * @param got is told how many bytes are there
   * @throws IOException also if fewer or more bytes came than were asked for
   */
  void data(SectorId sector, StoredFile wanted, Path target, LongConsumer got)
      throws IOException, InterruptedException {
    String call =
        "/sectors/%s/data?offset=%d&length=%d".formatted(sector, wanted.offset(), wanted.length());
    // No time limit: unsealing 32 GiB takes as long as sealing them.
    http.file(http.request(call).build(), target, got);
    long done = Files.size(target);
    if (done != wanted.length()) {
      throw new IOException(
          "the node sent " + done + " bytes instead of " + wanted.length() + ": try again");
    }
    try (FileChannel file = FileChannel.open(target, StandardOpenOption.WRITE)) {
      file.force(true);
    }
  }

  /** The storage paths. */
  JsonNode storage() throws IOException, InterruptedException {
    return get("/storage");
  }

  /** Attaches a storage path; gives it as it is then. */
  JsonNode attach(ObjectNode path) throws IOException, InterruptedException {
    return post("/storage/attach", path);
  }

  /** Detaches a storage path; gives it as it was. */
  JsonNode detach(ObjectNode path) throws IOException, InterruptedException {
    return post("/storage/detach", path);
  }

  /** Files that nothing needs. */
  JsonNode orphans() throws IOException, InterruptedException {
    return get("/storage/orphans");
  }

  /** Deletes some of them; tells what became of each. */
  JsonNode collect(ObjectNode orphans) throws IOException, InterruptedException {
    return post("/storage/gc", orphans);
  }

  /** Events of a sector as they happen, from now on or behind the one with this id. */
  EventStream events(SectorId sector, Optional<String> after)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        http.request("/events?sector=" + sector)
            .header("Accept", "text/event-stream")
            .timeout(NodeHttp.ANSWER);
    after.ifPresent(id -> request.header("Last-Event-ID", id));
    return new EventStream(http.stream(request.build()));
  }

  private JsonNode get(String call) throws IOException, InterruptedException {
    return http.json(http.request(call).timeout(NodeHttp.ANSWER).build());
  }

  private JsonNode post(String call, ObjectNode body) throws IOException, InterruptedException {
    return http.json(
        http.request(call)
            .timeout(NodeHttp.ANSWER)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  private static SectorId sectorIn(JsonNode answer) throws IOException {
    try {
      return SectorId.parse(answer.path("sector").asText());
    } catch (IllegalArgumentException e) {
      throw new IOException("the node named no sector in its answer", e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
