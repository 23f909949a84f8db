package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.files.Durable;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.sector.SectorFacts;
import io.selkie.sector.SectorState;
import io.selkie.sector.SectorTasks;
import io.selkie.stages.Stages;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Outputs of Commit1 that a miner hands over for Commit2, as files: they are up to 50 MB. One that
 * a host of the farm has made is still there and is not written again.
 */
final class Commit1Spool {
  private final HostId host;
  private final SectorPlaces places;
  private final Digest digest;
  private final SectorTasks tasks;
  private final Executor blocking;

  /** The digest that sectors' files are known by. */
  @FunctionalInterface
  interface Digest {
    String of(Path file) throws IOException;
  }

  Commit1Spool(
      HostId host, SectorPlaces places, Digest digest, SectorTasks tasks, Executor blocking) {
    this.host = host;
    this.places = places;
    this.digest = digest;
    this.tasks = tasks;
    this.blocking = blocking;
  }

  /** Makes them a request; ends when the file is durable. */
  CompletionStage<TaskRequest> keep(SectorId sector, SealProofType type, Bytes output) {
    return Stages.blocking(blocking, () -> write(places.of(sector).commit1Output(), output))
        .thenCompose(
            fresh ->
                tasks
                    .state(sector)
                    .thenCompose(
                        state -> Stages.blocking(blocking, () -> request(type, fresh, state))));
  }

  /**
   * A file that was handed over, not at its place yet.
   *
   * @param place where the outputs of its sector are
   */
  private record Fresh(Path file, Path place, String digest) {}

  private Fresh write(Path place, Bytes output) throws IOException {
    Files.createDirectories(place.resolveSibling(""));
    Path file = place.resolveSibling(place.getFileName() + "." + UUID.randomUUID());
    Durable.replace(file, output.toByteArray());
    return new Fresh(file, place, digest.of(file));
  }

  private TaskRequest request(SealProofType type, Fresh fresh, SectorState state)
      throws IOException {
    Optional<Path> made = made(state, fresh.digest());
    if (made.isPresent()) {
      Files.deleteIfExists(fresh.file());
      return new TaskRequest.Commit2(type, made.get(), fresh.digest());
    }
    Files.move(fresh.file(), fresh.place(), StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(fresh.place().resolveSibling(""));
    return new TaskRequest.Commit2(type, fresh.place(), fresh.digest()).on(host);
  }

  private static Optional<Path> made(SectorState state, String digest) {
    return state instanceof SectorState.Known known
        ? known.facts().answers().stream()
            .map(SectorFacts.Answered::result)
            .filter(TaskResult.VanillaProved.class::isInstance)
            .map(TaskResult.VanillaProved.class::cast)
            .filter(proved -> proved.digest().equals(digest))
            .map(TaskResult.VanillaProved::output)
            .findFirst()
        : Optional.empty();
  }
}
