package io.selkie.post;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import io.selkie.proofs.PostWork;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Which of the challenged sectors lie on this host's own paths. That is looked up each time: other
 * programs move files, too. A path that hangs keeps none of the others from it.
 */
final class HostSectors {
  /** A look at names; a disk that sleeps takes seconds to wake. */
  private static final Duration LOOK = Duration.ofSeconds(15);

  private final StoragePaths paths;
  private final Reads reads;

  /**
   * A sector that is here.
   *
   * @param place that is read
   */
  record Here(String place, PostWork.Replica replica) {}

  /** What a path has: replicas and caches, by the sectors' places in the list. */
  private record Found(StoragePath path, Set<Integer> replicas, Set<Integer> caches) {}

  HostSectors(StoragePaths paths, Reads reads) {
    this.paths = paths;
    this.reads = reads;
  }

  /**
   * Looks for them.
   *
   * @return one for each, which ends as soon as it is found, or every path was looked at; none
   *     fails
   */
  List<CompletableFuture<Optional<Here>>> find(MinerId miner, List<ChallengedSector> wanted) {
    Search search = new Search(miner, wanted);
    List<CompletableFuture<?>> looks = new ArrayList<>();
    for (StoragePath path : paths.all()) {
      looks.add(
          reads
              .read(path.root().toString(), LOOK, () -> look(path, miner, wanted))
              .handle(
                  (found, trouble) -> {
                    // Who is not found on a path that does not answer may be elsewhere.
                    Optional.ofNullable(found).ifPresent(search::found);
                    return trouble == null;
                  }));
    }
    var unused =
        CompletableFuture.allOf(looks.toArray(new CompletableFuture<?>[0])).thenRun(search::end);
    return search.results;
  }

  private static Found look(StoragePath path, MinerId miner, List<ChallengedSector> wanted)
      throws IOException {
    Set<Integer> replicas = new HashSet<>();
    Set<Integer> caches = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      ChallengedSector one = wanted.get(i);
      SectorId sector = new SectorId(miner, one.number());
      if (has(replica(one).of(path.root(), sector), BasicFileAttributes::isRegularFile)) {
        replicas.add(i);
      }
      if (has(cache(one).of(path.root(), sector), BasicFileAttributes::isDirectory)) {
        caches.add(i);
      }
    }
    return new Found(path, replicas, caches);
  }

  /** A link is nothing that a sector has. */
  private static boolean has(Path file, Predicate<BasicFileAttributes> kind) throws IOException {
    return FileLook.at(file).filter(kind).isPresent();
  }

  private static FileType replica(ChallengedSector sector) {
    return sector.update() ? FileType.UPDATE : FileType.SEALED;
  }

  private static FileType cache(ChallengedSector sector) {
    return sector.update() ? FileType.UPDATE_CACHE : FileType.CACHE;
  }

  /** The two parts of a sector may lie on two paths, as Lotus has it. */
  private static final class Search {
    private final MinerId miner;
    private final List<ChallengedSector> wanted;
    private final List<CompletableFuture<Optional<Here>>> results = new ArrayList<>();
    private final Map<Integer, Path> replicas = new HashMap<>();
    private final Map<Integer, Path> caches = new HashMap<>();

    Search(MinerId miner, List<ChallengedSector> wanted) {
      this.miner = miner;
      this.wanted = wanted;
      wanted.forEach(sector -> results.add(new CompletableFuture<>()));
    }

    void found(Found found) {
      Map<Integer, Here> whole = new HashMap<>();
      synchronized (this) {
        found.replicas().forEach(i -> replicas.putIfAbsent(i, found.path().root()));
        found.caches().forEach(i -> caches.putIfAbsent(i, found.path().root()));
        Set<Integer> touched = new HashSet<>(found.replicas());
        touched.addAll(found.caches());
        for (int i : touched) {
          here(i).ifPresent(here -> whole.put(i, here));
        }
      }
      whole.forEach((i, here) -> results.get(i).complete(Optional.of(here)));
    }

    private Optional<Here> here(int i) {
      Optional<Path> replicaRoot = Optional.ofNullable(replicas.get(i));
      Optional<Path> cacheRoot = Optional.ofNullable(caches.get(i));
      ChallengedSector one = wanted.get(i);
      SectorId sector = new SectorId(miner, one.number());
      return replicaRoot.flatMap(
          replica ->
              cacheRoot.map(
                  cache ->
                      new Here(
                          replica.toString(),
                          new PostWork.Replica(
                              one.number(),
                              one.commR(),
                              replica(one).of(replica, sector),
                              cache(one).of(cache, sector)))));
    }

    void end() {
      results.forEach(result -> result.complete(Optional.empty()));
    }
  }
}
