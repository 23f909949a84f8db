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
 * Vanilla proofs that a miner hands over for a Groth proof, as files: they are up to 50 MB. Those
 * that a host of the farm has made are still there and are not written again.
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

  /** What is asked for with the file. */
  @FunctionalInterface
  interface Asking {
    /**
     * The request.
     *
     * @param on the host that has the file; empty: the one that has the sector's files
     */
    TaskRequest of(Path file, String digest, Optional<HostId> on);
  }

  /** Makes them a request for Commit2; ends when the file is durable. */
  CompletionStage<TaskRequest> keep(SectorId sector, SealProofType type, Bytes output) {
    return keep(
        sector,
        output.toByteArray(),
        (file, fileDigest, on) ->
            new TaskRequest.Commit2(type, file, fileDigest, Optional.empty(), on));
  }

  /** Makes them a request; ends when the file is durable. */
  CompletionStage<TaskRequest> keep(SectorId sector, byte[] output, Asking asking) {
    return Stages.blocking(blocking, () -> write(places.of(sector).commit1Output(), output))
        .thenCompose(
            fresh ->
                tasks
                    .state(sector)
                    .thenCompose(
                        state -> Stages.blocking(blocking, () -> request(asking, fresh, state))));
  }

  /**
   * A file that was handed over, not at its place yet.
   *
   * @param place where the outputs of its sector are
   */
  private record Fresh(Path file, Path place, String digest) {}

  private Fresh write(Path place, byte[] output) throws IOException {
    Files.createDirectories(place.resolveSibling(""));
    Path file = place.resolveSibling(place.getFileName() + "." + UUID.randomUUID());
    Durable.replace(file, output);
    return new Fresh(file, place, digest.of(file));
  }

  private TaskRequest request(Asking asking, Fresh fresh, SectorState state) throws IOException {
    Optional<Path> made = made(state, fresh.digest());
    if (made.isPresent()) {
      Files.deleteIfExists(fresh.file());
      return asking.of(made.get(), fresh.digest(), Optional.empty());
    }
    Files.move(fresh.file(), fresh.place(), StandardCopyOption.ATOMIC_MOVE);
    Durable.syncDirectory(fresh.place().resolveSibling(""));
    return asking.of(fresh.place(), fresh.digest(), Optional.of(host));
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
