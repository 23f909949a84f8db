package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.FileSource;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Brings an unsealed sector to the host that goes on with it, and deletes it here once the journal
 * names what is there. Each may be done again after a crash at any place. Blocks.
 */
final class SectorMove {
  private final SectorPlaces places;
  private final TransferPlan.Directory plans;
  private final Peers peers;
  private final FileDigest digest;
  private final int chunk;
  private final Map<SectorId, Map<Path, Sum>> sums = new ConcurrentHashMap<>();

  /** The other hosts of the farm. */
  @FunctionalInterface
  interface Peers {
    /**
     * One of them as a destination.
     *
     * @param sector that alone is brought there
     */
    Destination at(FileSource host, SectorId sector) throws TransferTrouble;
  }

  /** The digest of a file that has this length and this age. */
  private record Sum(long bytes, long changedNanos, String digest) {}

  /**
   * Moves.
   *
   * @param plans of moves, in a directory of their own
   * @param chunk bytes of a chunk
   */
  SectorMove(
      SectorPlaces places,
      TransferPlan.Directory plans,
      Peers peers,
      FileDigest digest,
      int chunk) {
    this.places = places;
    this.plans = plans;
    this.peers = peers;
    this.digest = digest;
    this.chunk = chunk;
  }

  /** Sends all files, or what of them is not there yet; the source stays. */
  TaskResult move(TaskRequest.Move request, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorId sector = control.sector();
    Destination peer = peer(request.at(), sector);
    control.to(peer.place());
    Map<Path, Sum> known = sums.computeIfAbsent(sector, key -> new ConcurrentHashMap<>());
    SourceFiles.Found found =
        SourceFiles.moving(places.own(sector), file -> sum(file, known), control);
    Offer offer =
        new Offer(
            sector,
            chunk,
            found.files(),
            Optional.of(new Offer.Moving(request.proofType(), request.generation())));
    FailPoints.hit("Move.before-plan", sector);
    plans.write(TransferPlan.of(offer, peer.place(), found.paths()));
    FailPoints.hit("Move.before-offer", sector);
    SectorCopy copy = peer.bring(offer, found.paths(), () -> {}, control);
    if (!copy.host().equals(request.to().value())) {
      throw TransferTrouble.lasting(
          "exists", peer.place() + " is host " + copy.host() + " and not " + request.to());
    }
    sums.remove(sector);
    return new TaskResult.Moved(copy);
  }

  private String sum(Path file, Map<Path, Sum> known) throws IOException {
    long bytes = Files.size(file);
    long changed = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
    Sum before = known.get(file);
    if (before != null && before.bytes() == bytes && before.changedNanos() == changed) {
      return before.digest();
    }
    String now = digest.of(file);
    known.put(file, new Sum(bytes, changed, now));
    return now;
  }

  private Destination peer(Optional<FileSource> at, SectorId sector) throws TransferTrouble {
    return peers.at(
        at.orElseThrow(
            () ->
                TransferTrouble.passing(
                    "unauthorized", "the other host has not said where it takes sectors")),
        sector);
  }

  /** Deletes what the copy has, and no more; the other host is asked for it right before. */
  TaskResult release(TaskRequest.Release request, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorId sector = control.sector();
    SectorCopy copy = request.copy();
    control.to(copy.place());
    control.begin("release", copy.size());
    Optional<TransferPlan> plan = plans.read(sector);
    if (plan.isEmpty()) {
      return new TaskResult.Released(copy, 0); // all was done before
    }
    Offer offer = plan.get().offer();
    if (!offer.files().equals(copy.files())) {
      throw TransferTrouble.lasting("no_copy", "the copy is not of the files that are here");
    }
    Optional<SectorCopy> found = peer(request.at(), sector).find(offer, control);
    if (found.filter(there -> there.files().equals(copy.files())).isEmpty()) {
      throw TransferTrouble.lasting(
          "no_copy", "host " + copy.host() + " does not have the copy any more: the source stays");
    }
    long freed = delete(offer, plan.get().paths(), control);
    FailPoints.hit("Leave.after-delete", sector);
    plans.delete(sector);
    return new TaskResult.Released(copy, freed);
  }

  private static long delete(Offer offer, List<Path> sources, Control control)
      throws IOException, TransferTrouble, Control.Held {
    SectorId sector = offer.sector();
    Map<Path, SectorCopy.File> there = new HashMap<>();
    for (int file = 0; file < sources.size(); file++) {
      Path source = sources.get(file);
      if (Durably.exists(source)) {
        if (Files.size(source) != offer.files().get(file).bytes()) {
          throw TransferTrouble.lasting(
              "no_copy", source + " has changed since it was copied: the source stays");
        }
        there.put(source, offer.files().get(file));
      }
    }
    long freed = 0;
    FailPoints.hit("Leave.before-delete", sector);
    for (Map.Entry<Path, SectorCopy.File> source : there.entrySet()) {
      control.check();
      Files.delete(source.getKey());
      freed += source.getValue().bytes();
      FailPoints.hit("Leave.amid-delete", sector);
    }
    for (Path source : sources) {
      if (source.endsWith(FileNames.manifest(sector))) {
        Files.deleteIfExists(source.resolveSibling(sector + ".moved.json"));
        // It may be there without a file in it.
        removeIfEmpty(source.resolveSibling("..").resolve(FileNames.cache(sector, "")).normalize());
      }
    }
    SourceRelease.removeCaches(sources, sector);
    SourceRelease.removeClaim(sources, sector);
    return freed;
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      return; // told of by whoever looks at the files
    }
  }

  /** The sector is removed: nothing here is to leave any more. */
  void forget(SectorId sector) throws IOException {
    sums.remove(sector);
    plans.delete(sector);
  }
}
