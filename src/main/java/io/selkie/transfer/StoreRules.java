package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.Destinations;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What {@code sectorstore.json} and {@code selkie.storage.full-at} say of the places that a sealed
 * sector may go to. Blocks for the disk.
 *
 * @param stores the attached paths of this host
 * @param isNamed whether the settings name a place: then their order counts, and no weight
 */
record StoreRules(Destinations stores, Predicate<String> isNamed) {
  /** Of a host without attached paths. */
  static StoreRules none() {
    return new StoreRules(Destinations.none(), place -> true);
  }

  /**
   * How a place that can be reached stands.
   *
   * @param sources where the files of the offer are
   * @throws TransferTrouble if it is not to have the sector, with the reason; a place that has a
   *     part of the offer keeps it
   */
  TargetChoice.Standing require(String place, Destination.Way way, Offer offer, List<Path> sources)
      throws IOException, TransferTrouble {
    Optional<Path> root = root(place);
    Optional<StoragePath> path = root.flatMap(stores::at);
    boolean begun = root.isPresent() && isBegun(root.get(), offer);
    if (!begun) {
      refuse("filtered", stores.refusalToLeave(sources, path.map(StoragePath::settings)));
    }
    if (path.isEmpty()) {
      return TargetChoice.Standing.named(begun);
    }
    if (!begun) {
      requireTaken(path.get(), way, offer);
    }
    boolean holds = begun || path.get().holdsAny(offer.sector());
    return isNamed.test(place)
        ? TargetChoice.Standing.named(holds)
        : new TargetChoice.Standing(
            holds, OptionalLong.of(path.get().settings().weight()), path.get().space().available());
  }

  private static Optional<Path> root(String place) throws IOException {
    return place.startsWith("/") && Files.isDirectory(Path.of(place))
        ? Optional.of(Path.of(place).toRealPath())
        : Optional.empty();
  }

  private static boolean isBegun(Path root, Offer offer) throws IOException {
    SectorId sector = offer.sector();
    return Landing.staged(root, sector).filter(there -> there.offer().equals(offer)).isPresent()
        || Landing.received(root, sector)
            .filter(there -> there.id().equals(offer.id()))
            .isPresent();
  }

  private void requireTaken(StoragePath path, Destination.Way way, Offer offer)
      throws IOException, TransferTrouble {
    if (!path.settings().canStore()) {
      refuse("filtered", Optional.of("it does not store sealed sectors (CanStore)"));
    }
    Destinations.Wish wish = wish(offer);
    refuse("filtered", Destinations.refusalOfKind(path.settings(), wish));
    boolean renamed = way == Destination.Way.RENAME;
    long coming = renamed ? 0 : Landing.comingBytes(path.root(), offer.sector());
    refuse("no_space", stores.refusalOfRoom(path, wish, renamed, coming));
  }

  private static void refuse(String code, Optional<String> reason) throws TransferTrouble {
    if (reason.isPresent()) {
      throw TransferTrouble.passing(code, reason.get());
    }
  }

  /** What the offer's files are to storage paths: Selkie's own records are of no type. */
  static Destinations.Wish wish(Offer offer) {
    return new Destinations.Wish(
        offer.sector().miner(),
        offer.files().stream()
            .map(SectorCopy.File::name)
            .map(name -> name.substring(0, name.indexOf('/')))
            .flatMap(name -> FileType.of(name).stream())
            .collect(Collectors.toUnmodifiableSet()),
        offer.size());
  }
}
