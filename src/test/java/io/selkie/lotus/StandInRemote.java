package io.selkie.lotus;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The miner's hands at a worker's data: it pulls, deletes and pushes. */
final class StandInRemote {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int BLOCK = 512;
  private static final int OK = 200;

  /** Names that Lotus's receiver takes, and how long they may be. */
  private static final Map<Pattern, Long> TAKEN =
      Map.of(
          Pattern.compile("p_aux"),
          64L,
          Pattern.compile("t_aux"),
          10_240L,
          Pattern.compile("sc-02-data-tree-r-last(-([0-9]|1[0-5]))?\\.dat"),
          10_000_000L,
          Pattern.compile("sc-02-data-layer-([1-9]|1[01])\\.dat"),
          65L << 30,
          Pattern.compile("sc-02-data-tree-c-([0-9]|1[0-5])\\.dat"),
          5L << 30,
          Pattern.compile("sc-02-data-tree-d\\.dat"),
          130L << 30);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String token;
  private final Consumer<String> violations;

  StandInRemote(String token, Consumer<String> violations) {
    this.token = token;
    this.violations = violations;
  }

  private HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(DEADLINE)
        .header("Authorization", "Bearer " + token);
  }

  /** A file as it is. */
  byte[] file(String url) throws Exception {
    return get(url, "application/octet-stream");
  }

  /** The files of a directory. */
  Map<String, byte[]> directory(String url) throws Exception {
    Map<String, byte[]> files = untar(get(url, "application/x-tar"));
    files.forEach(
        (name, bytes) -> {
          if (TAKEN.entrySet().stream()
              .noneMatch(
                  one -> one.getKey().matcher(name).matches() && bytes.length <= one.getValue())) {
            violations.accept("the miner would not take " + name + " of " + url);
          }
        });
    return files;
  }

  private byte[] get(String url, String type) throws Exception {
    HttpResponse<byte[]> response =
        client.send(request(url).GET().build(), BodyHandlers.ofByteArray());
    if (response.statusCode() != OK) {
      throw new IOException("GET " + url + " is answered with " + response.statusCode());
    }
    String given = response.headers().firstValue("content-type").orElse("");
    if (!given.equals(type)) {
      violations.accept("GET " + url + " gives " + given + " and not " + type);
    }
    return response.body();
  }

  /** Deletes a file, except at the miner's own path. */
  void delete(String baseUrl, FileType type, SectorId sector, String keep) throws Exception {
    String url = baseUrl + "/" + type + "/" + sector + "?keep=" + keep;
    HttpResponse<String> response =
        client.send(request(url).DELETE().build(), BodyHandlers.ofString());
    if (response.statusCode() != OK) {
      violations.accept("DELETE " + url + " is answered with " + response.statusCode());
    }
  }

  /** Flat files by their names, as Go's reader takes them: it may end after the last byte. */
  static Map<String, byte[]> untar(byte[] tar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    int at = 0;
    while (at + BLOCK <= tar.length && tar[at] != 0) {
      String name = text(tar, at, 100);
      int size = Integer.parseInt(text(tar, at + 124, 12).strip(), 8);
      at += BLOCK;
      if (at + size > tar.length) {
        throw new IOException("the archive ends within " + name);
      }
      files.put(name, Arrays.copyOfRange(tar, at, at + size));
      at += (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return files;
  }

  private static String text(byte[] tar, int from, int most) {
    int end = from;
    while (end < from + most && tar[end] != 0) {
      end++;
    }
    return new String(tar, from, end - from, StandardCharsets.UTF_8);
  }

  /** Pushes a stream to whoever it is sent on to (LOTUS_WORKER_PROTOCOL.md 9), without a token. */
  void push(String rpcUrl, UUID id, byte[] data) {
    try {
      URI at = URI.create(rpcUrl).resolve("streams/v0/push/" + id);
      while (true) {
        HttpResponse<Void> head =
            client.send(
                HttpRequest.newBuilder(at)
                    .method("HEAD", BodyPublishers.noBody())
                    .header("Content-Type", "application/octet-stream")
                    .build(),
                BodyHandlers.discarding());
        switch (head.statusCode()) {
          case 302 -> at = at.resolve(head.headers().firstValue("location").orElseThrow());
          case 204 -> {
            return;
          }
          case OK -> {
            post(at, data);
            return;
          }
          default -> {
            violations.accept("HEAD " + at + " is answered with " + head.statusCode());
            return;
          }
        }
      }
    } catch (IOException e) {
      violations.accept("a stream could not be pushed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(URI at, byte[] data) throws IOException, InterruptedException {
    int status =
        client
            .send(
                HttpRequest.newBuilder(at)
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(data))
                    .build(),
                BodyHandlers.discarding())
            .statusCode();
    if (status != OK) {
      violations.accept("POST " + at + " is answered with " + status);
    }
  }
}
