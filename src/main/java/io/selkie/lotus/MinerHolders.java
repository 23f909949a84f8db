package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.remote.RemoteClient;
import io.selkie.lotus.remote.VanillaProofs;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.PostSectorChallenge;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.post.ChallengedSector;
import io.selkie.post.OtherHolders;
import io.selkie.rpc.RpcJson;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * Whom the miner's index knows to have sectors: the miner, other hosts of the farm, other workers.
 * Each makes the vanilla proof where the sector is ({@code POST /remote/vanilla/single}).
 */
final class MinerHolders implements OtherHolders {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int OK = 200;

  /** Far more than the vanilla proof of a sector has, and than a refusal says. */
  private static final int MOST_BYTES = 64 << 20;

  private static final int MOST_WORDS = 300;

  private final MinerAccess miner;
  private final StoragePaths paths;
  private final HttpClient http = RemoteClient.http(CONNECT);

  MinerHolders(MinerAccess miner, StoragePaths paths) {
    this.miner = miner;
    this.paths = paths;
  }

  @Override
  public List<URI> having(SectorId sector, boolean update) throws IOException {
    SectorFileTypes types =
        update
            ? SectorFileTypes.of(FileType.UPDATE, FileType.UPDATE_CACHE)
            : SectorFileTypes.of(FileType.SEALED, FileType.CACHE);
    MinerApi api = answer(miner.api());
    return answer(api.storageFindSector(sector, types, 0, false)).stream()
        .filter(holder -> paths.withId(holder.id()).isEmpty()) // what is here has been looked at
        // A path that has both parts counts double.
        .sorted(Comparator.comparing(SectorStorageInfo::weight).reversed())
        .flatMap(holder -> holder.baseUrls().stream())
        .distinct()
        .map(MinerHolders::address)
        .flatMap(Optional::stream)
        .toList();
  }

  /** What any worker has put into the index. */
  private static Optional<URI> address(String text) {
    try {
      return Optional.of(URI.create(text)).filter(url -> url.getHost() != null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public Bytes vanilla(URI holder, SectorId sector, PostProofType type, ChallengedSector challenged)
      throws IOException {
    byte[] body =
        RpcJson.MAPPER.writeValueAsBytes(
            new VanillaProofs.Single(
                sector.miner(),
                new PostSectorChallenge(
                    challenged.sealProof(),
                    challenged.number(),
                    challenged.commR(),
                    challenged.challenges(),
                    challenged.update()),
                type));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(holder + "/vanilla/single"))
            .header("Authorization", "Bearer " + answer(miner.address()).token())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream content = response.body()) {
        byte[] bytes = content.readNBytes(MOST_BYTES + 1);
        if (response.statusCode() != OK) {
          throw new IOException(holder + " answers " + response.statusCode() + ": " + words(bytes));
        }
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
          throw new IOException(holder + " gives " + bytes.length + " bytes, which is no proof");
        }
        return Bytes.of(bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** On one line. */
  private static String words(byte[] bytes) {
    String text = new String(bytes, 0, Math.min(bytes.length, MOST_WORDS), StandardCharsets.UTF_8);
    return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
  }

  private static <T> T answer(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(Greeting.line(e.getCause() == null ? e : e.getCause()), e);
    }
  }
}
