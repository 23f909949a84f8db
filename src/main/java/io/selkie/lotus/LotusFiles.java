package io.selkie.lotus;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.lotus.remote.Fetch;
import io.selkie.lotus.remote.Fetched;
import io.selkie.lotus.remote.RemoteClient;
import io.selkie.lotus.remote.RemoteSource;
import io.selkie.lotus.wire.MinerApi;
import io.selkie.lotus.wire.SectorFileTypes;
import io.selkie.lotus.wire.SectorStorageInfo;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files that the miner, or another of its workers, has: the miner's index says who. A miner
 * asks for this by {@code Fetch} before a task; the host that does the task is only known with the
 * task, so they come then.
 */
final class LotusFiles {
  private static final Logger LOG = LoggerFactory.getLogger(LotusFiles.class);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration STALL = Duration.ofMinutes(1);

  private final MinerAccess miner;
  private final StoragePaths paths;
  private final RemoteClient client = new RemoteClient(RemoteClient.http(CONNECT), STALL);

  LotusFiles(MinerAccess miner, StoragePaths paths) {
    this.miner = miner;
    this.paths = paths;
  }

  /**
   * Brings a file, or directory, here. Blocks.
   *
   * @param moved whether it leaves where it was; else the index has it here as a copy
   * @return whether anybody had it
   */
  boolean bring(SectorId sector, SealProofType proofType, FileType type, Path root, boolean moved)
      throws IOException {
    StoragePath path =
        paths
            .withRoot(root)
            .orElseThrow(() -> new IOException(root + " is no storage path of this host"));
    String token = answer(miner.address()).token();
    MinerApi api = answer(miner.api());
    SectorFileTypes types = SectorFileTypes.of(type);
    List<URI> bases =
        answer(api.storageFindSector(sector, types, 0, false)).stream()
            .filter(other -> !other.id().equals(path.id()))
            .sorted(Comparator.comparing(SectorStorageInfo::weight))
            .flatMap(other -> other.baseUrls().stream())
            .map(URI::create)
            .toList();
    if (bases.isEmpty()) {
      return false;
    }
    OptionalLong bytes =
        type == FileType.SEALED || type == FileType.UPDATE
            ? OptionalLong.of(proofType.sectorSize().bytes())
            : OptionalLong.empty();
    Fetched fetched =
        client.fetch(
            new Fetch(
                sector,
                type,
                new RemoteSource(bases, token),
                path,
                bytes,
                progress -> {},
                () -> Thread.currentThread().isInterrupted()));
    LOG.info("{} of {} came from {}: {} bytes", type, sector, fetched.base(), fetched.bytes());
    answer(api.storageDeclareSector(path.id(), sector, types, moved));
    if (moved) {
      client.delete(
          new RemoteSource(List.of(fetched.base()), token), sector, type, List.of(path.id()));
    }
    return true;
  }

  private static <T> T answer(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the miner was asked for files", e);
    } catch (TimeoutException e) {
      throw new IOException("the miner does not say where files are", e);
    } catch (ExecutionException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      throw new IOException(Greeting.line(cause), e);
    }
  }
}
