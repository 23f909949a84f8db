package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What was decided of a sector's transfer, kept in the state directory: after a crash the same is
 * gone on with. The sources are written down too: where files are found changes as they are
 * renamed.
 *
 * @param place of the target it goes to
 * @param sources where the files of the offer are, or were before they were renamed, in its order
 * @param committed whether the target may have put the sector in place
 * @param troubles of the place, and of those that were left for it; one of each place at most
 */
record TransferPlan(
    int version,
    Offer offer,
    String place,
    List<String> sources,
    boolean committed,
    List<Trouble> troubles) {
  private static final int VERSION = 1;

  /** What is the same next time, until the operator or the disk changes. */
  private static final Set<String> REFUSED = Set.of("no_space", "filtered");

  /** What a place may refuse for as long as nobody does something there. */
  private static final Set<String> LASTING = Set.of("exists", "invalid");

  /**
   * Why a place does not take the sector.
   *
   * @param since when it began, or when the place was left
   * @param arrived most bytes of the sector that were seen there before
   */
  record Trouble(String place, String code, String message, long since, long arrived) {
    boolean isLasting() {
      return TransferPlan.isLasting(code);
    }

    /** Whether it is the same next time, wherever else the sector may go at once. */
    boolean isPlain() {
      return TransferPlan.isPlain(code);
    }
  }

  /** Whether a place refuses with this code for as long as nobody does something there. */
  static boolean isLasting(String code) {
    return LASTING.contains(code);
  }

  /** Whether it is of no use to try the place again at once. */
  static boolean isPlain(String code) {
    return isLasting(code) || REFUSED.contains(code);
  }

  /** The lists are copied; plans of earlier versions have no troubles. */
  TransferPlan {
    sources = List.copyOf(sources);
    troubles = troubles == null ? List.of() : List.copyOf(troubles);
  }

  static TransferPlan of(Offer offer, String place, List<Path> sources) {
    return of(offer, place, sources, List.of());
  }

  static TransferPlan of(Offer offer, String place, List<Path> sources, List<Trouble> troubles) {
    return new TransferPlan(
        VERSION, offer, place, sources.stream().map(Path::toString).toList(), false, troubles);
  }

  TransferPlan commit() {
    return new TransferPlan(VERSION, offer, place, sources, true, troubles);
  }

  private TransferPlan with(List<Trouble> now) {
    return new TransferPlan(VERSION, offer, place, sources, committed, now);
  }

  /** Nothing is known against any place. */
  TransferPlan untroubled() {
    return with(List.of());
  }

  /** Nothing is known against its place any more. */
  TransferPlan further() {
    return with(troubles.stream().filter(trouble -> !trouble.place().equals(place)).toList());
  }

  List<Path> paths() {
    return sources.stream().map(Path::of).toList();
  }

  Optional<Trouble> trouble(String at) {
    return troubles.stream().filter(trouble -> trouble.place().equals(at)).findFirst();
  }

  /**
   * The place has trouble. What came further than before is a new beginning.
   *
   * @param arrived most bytes that were seen there in this try
   */
  TransferPlan troubled(String code, String message, long arrived, Instant now) {
    Optional<Trouble> before = trouble(place);
    boolean further = before.isPresent() && arrived > before.get().arrived();
    long since = before.isEmpty() || further ? now.toEpochMilli() : before.get().since();
    long most = Math.max(arrived, before.map(Trouble::arrived).orElse(0L));
    return with(and(new Trouble(place, code, message, since, most)));
  }

  private List<Trouble> and(Trouble trouble) {
    return Stream.concat(
            troubles.stream().filter(other -> !other.place().equals(trouble.place())),
            Stream.of(trouble))
        .toList();
  }

  /** What the next plan knows if the place is left now. */
  List<Trouble> leaving(Instant now) {
    return trouble(place)
        .map(why -> and(new Trouble(place, why.code(), why.message(), now.toEpochMilli(), 0)))
        .orElse(troubles);
  }

  /**
   * Whether the sector should rather go elsewhere: the place is full, refuses, or was not to be had
   * for too long; or it was left for such a reason not long ago.
   */
  boolean avoids(String at, Duration patience, Instant now) {
    Optional<Trouble> known = trouble(at);
    if (known.isEmpty()) {
      return false;
    }
    boolean over = !now.isBefore(Instant.ofEpochMilli(known.get().since()).plus(patience));
    return known.get().isLasting() || (at.equals(place) ? over || known.get().isPlain() : !over);
  }

  /** Whether every source is where it was: nothing was renamed away, and nothing released. */
  boolean isWhole() throws IOException {
    for (int file = 0; file < sources.size(); file++) {
      if (!FileLook.isFile(Path.of(sources.get(file)), offer.files().get(file).bytes())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Why what lies where the sources were is another sector's, that was given the number since;
   * empty if it may be the same, or all of it has left.
   */
  Optional<String> foreign() throws IOException {
    Map<String, SectorCopy.File> offered = new HashMap<>();
    for (int file = 0; file < sources.size(); file++) {
      SectorCopy.File wanted = offer.files().get(file);
      offered.put(wanted.name(), wanted);
      Path source = Path.of(sources.get(file));
      if (Durably.exists(source) && Files.size(source) != wanted.bytes()) {
        return Optional.of(source + " has another length than what was transferred");
      }
    }
    int manifest = names().indexOf(FileNames.manifest(offer.sector()));
    Path record = Path.of(manifest < 0 ? "" : sources.get(manifest));
    if (manifest < 0 || !Durably.exists(record)) {
      return Optional.empty();
    }
    boolean same =
        SectorManifest.read(record).flatMap(SectorManifest::replica).stream()
            .anyMatch(replica -> isOf(replica, offered));
    return same
        ? Optional.empty()
        : Optional.of(record + " is the record of another replica than what was transferred");
  }

  private List<String> names() {
    return offer.files().stream().map(SectorCopy.File::name).toList();
  }

  private boolean isOf(SectorManifest.PreCommit2 replica, Map<String, SectorCopy.File> offered) {
    SectorId sector = offer.sector();
    Map<String, String> recorded = new HashMap<>();
    replica.sealed().ifPresent(digest -> recorded.put(FileNames.sealed(sector), digest));
    replica
        .files()
        .forEach(file -> recorded.put(FileNames.cache(sector, file.name()), file.digest()));
    return recorded.entrySet().stream()
        .allMatch(
            entry ->
                Optional.ofNullable(offered.get(entry.getKey()))
                    .filter(file -> file.digest().equals(entry.getValue()))
                    .isPresent());
  }

  /**
   * Where plans are.
   *
   * @param path below the state directory
   */
  record Directory(Path path) {
    private Path file(SectorId sector) {
      return path.resolve(sector + ".json");
    }

    /** The plan of the sector; empty if there is none. */
    Optional<TransferPlan> read(SectorId sector) throws IOException {
      return TransferJson.read(file(sector), TransferPlan.class);
    }

    void write(TransferPlan plan) throws IOException {
      Files.createDirectories(path);
      TransferJson.write(file(plan.offer().sector()), plan);
    }

    void delete(SectorId sector) throws IOException {
      Files.deleteIfExists(file(sector));
    }
  }
}
