package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.Destinations;
import io.selkie.storage.ForeignClaimException;
import io.selkie.storage.PathSettings;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What peers send to this node. Calls block, but for the reading back. */
final class Receiver {
  private final Supplier<List<Path>> served;
  private final KnownStores stores;
  private final Destinations rules;
  private final OwnSectors own;
  private final SealingPlaces sealing;
  private final String host;
  private final FileDigest digest;
  private final Executor readers;
  private final int most;
  private final Duration patience;
  private final Map<SectorId, Arrival> arrivals = new HashMap<>();

  /**
   * A receiver.
   *
   * @param served the storage paths that it may write to, asked for each new sector
   * @param stores remembers whether they are those that they were
   * @param rules of those that are attached storage paths
   * @param own what this host has itself
   * @param sealing where sectors lie that this host goes on with
   * @param readers where sectors are read back
   * @param most how many arrive at once
   * @param patience after which a silent sender's sector does not count for that
   */
  Receiver(
      Supplier<List<Path>> served,
      KnownStores stores,
      Destinations rules,
      OwnSectors own,
      SealingPlaces sealing,
      String host,
      FileDigest digest,
      Executor readers,
      int most,
      Duration patience) {
    this.served = served;
    this.stores = stores;
    this.rules = rules;
    this.own = own;
    this.sealing = sealing;
    this.host = host;
    this.digest = digest;
    this.readers = readers;
    this.most = most;
    this.patience = patience;
  }

  /** The most bytes that one storage path can take. */
  synchronized long freeBytes() throws IOException, TransferTrouble {
    Roots roots = roots();
    if (roots.there().isEmpty()) {
      roots.requireAll();
    }
    long most = 0;
    for (Path root : roots.there()) {
      most = Math.max(most, free(root));
    }
    return most;
  }

  /**
   * The served paths.
   *
   * @param there their real paths
   * @param away why one of the others is not there; nobody knows what it has
   */
  private record Roots(List<Path> there, Optional<String> away) {
    void requireAll() throws TransferTrouble {
      if (away.isPresent()) {
        throw TransferTrouble.passing("unreachable", away.get());
      }
    }
  }

  private Roots roots() {
    List<Path> there = new ArrayList<>();
    Optional<String> away = Optional.empty();
    for (Path path : served.get()) {
      try {
        if (!Files.isDirectory(path)) {
          throw TransferTrouble.passing("unreachable", path + " is not there: mount its disk");
        }
        Path root = path.toRealPath();
        stores.check(root);
        StoragePath.requireOneFileSystem(root);
        there.add(root);
      } catch (IOException | TransferTrouble e) {
        away = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    return new Roots(there, away);
  }

  /** What the path can take besides what it was promised to. */
  private long free(Path root) throws IOException {
    FileStore store = Files.getFileStore(root);
    long promised = 0;
    for (Arrival arrival : arrivals.values()) {
      if (Files.getFileStore(arrival.landing().root()).equals(store)) {
        promised += arrival.landing().missingBytes();
      }
    }
    Optional<StoragePath> path = rules.at(root);
    long room = path.isPresent() ? rules.room(path.get()) : store.getUsableSpace();
    return Math.max(0, room - promised);
  }

  /** Takes an offer up, or goes on with it. */
  synchronized ArrivalStatus offer(Offer offer) throws IOException, TransferTrouble {
    Optional<ArrivalStatus> placed = placed(offer.sector(), offer.id(), offer.moving().isPresent());
    if (placed.isPresent()) {
      return placed.get();
    }
    @Nullable Arrival known = arrivals.get(offer.sector());
    if (known != null && mayNotDisplace(known, offer)) {
      throw TransferTrouble.passing("busy", offer.sector() + " is arriving here, sealed");
    }
    if (known != null && known.offer().equals(offer)) {
      ArrivalStatus status = known.status();
      if (!status.state().equals(ArrivalStatus.FAILED)) {
        return status;
      }
    }
    if (known != null) {
      if (!known.isReceiving()) {
        throw TransferTrouble.passing("busy", offer.sector() + " is being verified");
      }
      known.close();
      arrivals.remove(offer.sector());
    }
    if (offer.moving().isEmpty()) {
      requireNoOther(offer);
    }
    requirePlace();
    Path root = offer.moving().isPresent() ? take(offer, offer.moving().get()) : choose(offer);
    Arrival arrival =
        new Arrival(
            Landing.open(root, offer),
            new SectorCopy(host, root.toString(), root.toString(), offer.files()));
    arrivals.put(offer.sector(), arrival);
    if (arrival.landing().isPlacing()) {
      finish(arrival);
    }
    return arrival.status();
  }

  /** Hosts of a farm may bring what is to be sealed, and touch nothing that is. */
  private boolean mayNotDisplace(Arrival known, Offer offer) {
    return offer.moving().isPresent()
        && known.offer().moving().isEmpty()
        && known.silentNanos() < patience.toNanos();
  }

  /** Whoever then removes or seals the one could meet the other. */
  private void requireNoOther(Offer offer) throws IOException, TransferTrouble {
    Optional<String> sealed =
        offer.files().stream()
            .filter(file -> file.name().equals(FileNames.sealed(offer.sector())))
            .map(SectorCopy.File::digest)
            .findFirst();
    Optional<String> other = own.other(offer.sector(), sealed);
    if (other.isPresent()) {
      throw TransferTrouble.lasting("exists", other.get());
    }
  }

  private void requirePlace() throws IOException, TransferTrouble {
    for (Arrival arrival : List.copyOf(arrivals.values())) {
      if (arrivals.size() >= most && arrival.silentNanos() > patience.toNanos()) {
        arrival.close();
        arrivals.remove(arrival.offer().sector());
      }
    }
    if (arrivals.size() >= most) {
      throw TransferTrouble.passing(
          "busy", most + " sectors are being received already; ask again later");
    }
  }

  /**
   * Where this host goes on with the sector. What has come whole once is never taken again, nor
   * thrown away: this host may have changed it.
   */
  private Path take(Offer offer, Offer.Moving moving) throws IOException, TransferTrouble {
    for (Path root : sealing.roots()) {
      if (Landing.hasMoved(root, offer.sector(), offer.id())) {
        throw TransferTrouble.lasting(
            "exists", offer.sector() + " came here before, and is not what it was then");
      }
    }
    try {
      return sealing.take(offer.sector(), moving.proofType(), moving.generation()).toRealPath();
    } catch (ForeignClaimException e) {
      throw TransferTrouble.lasting("exists", String.valueOf(e.getMessage()));
    }
  }

  /** Where a part of it lies, else the best of those that may have it. */
  private Path choose(Offer offer) throws IOException, TransferTrouble {
    Roots served = roots();
    List<Path> roots = served.there();
    for (Path root : roots) {
      if (Landing.staged(root, offer.sector()).isPresent()) {
        return root;
      }
    }
    for (Path root : roots) {
      Optional<Landing.Received> received = Landing.received(root, offer.sector());
      if (received.isPresent() && received.get().id().equals(offer.id())) {
        Landing.discard(root, offer.sector(), offer.id()); // files of it were lost
      } else if (received.isPresent()) {
        throw TransferTrouble.lasting("exists", offer.sector() + " is there, with other content");
      }
    }
    Optional<Path> best = best(roots, offer);
    if (best.isEmpty()) {
      served.requireAll();
      throw TransferTrouble.passing("no_space", "this node serves no storage path");
    }
    return best.get();
  }

  /**
   * By weight times room, as for sectors of this host's own; what is no attached path counts with
   * the weight that such have unless they say another.
   *
   * @return empty if there is no path at all
   * @throws TransferTrouble if none of them may have it, with the reason of each
   */
  private Optional<Path> best(List<Path> roots, Offer offer) throws IOException, TransferTrouble {
    Destinations.Wish wish = StoreRules.wish(offer);
    Optional<Path> best = Optional.empty();
    double most = -1;
    boolean isFull = false;
    List<String> reasons = new ArrayList<>();
    for (Path root : roots) {
      Optional<PathSettings> settings = rules.at(root).map(StoragePath::settings);
      Optional<String> refusal = settings.flatMap(path -> Destinations.refusalOfKind(path, wish));
      long free = free(root);
      if (refusal.isPresent()) {
        reasons.add(root + ": " + refusal.get());
      } else if (free < offer.size()) {
        isFull = true;
        reasons.add(root + ": " + offer.size() + " bytes are needed and " + free + " free");
      } else {
        long weight = settings.map(PathSettings::weight).orElse(PathSettings.DEFAULT_WEIGHT);
        double value = (double) free * weight;
        best = value > most ? Optional.of(root) : best;
        most = Math.max(value, most);
      }
    }
    if (best.isEmpty() && !reasons.isEmpty()) {
      throw TransferTrouble.passing(isFull ? "no_space" : "filtered", String.join("; ", reasons));
    }
    return best;
  }

  private Optional<ArrivalStatus> placed(SectorId sector, String id, boolean movingOnly)
      throws IOException {
    for (Path root : sealing.roots()) {
      if (Landing.moved(root, sector, id).isPresent()) {
        return Optional.of(
            new ArrivalStatus(
                ArrivalStatus.PLACED, host, root.toString(), 0, List.of(), Optional.empty()));
      }
    }
    for (Path root : movingOnly ? List.<Path>of() : roots().there()) {
      Optional<Landing.Received> received = Landing.received(root, sector);
      if (received.isPresent() && received.get().id().equals(id)) {
        Offer offer = new Offer(sector, Offer.CHUNK, received.get().copy().files());
        if (Landing.placed(root, offer).isPresent()) {
          return Optional.of(
              new ArrivalStatus(
                  ArrivalStatus.PLACED, host, root.toString(), 0, List.of(), Optional.empty()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * How an offer stands.
   *
   * @param movingOnly whether sealed sectors are none of the caller's: it hears that they are not
   *     known
   */
  synchronized ArrivalStatus status(SectorId sector, String id, boolean movingOnly)
      throws IOException, TransferTrouble {
    Optional<ArrivalStatus> placed = placed(sector, id, movingOnly);
    if (placed.isEmpty() && !arrivals.containsKey(sector) && !movingOnly) {
      roots().requireAll(); // it may be there
    }
    return placed.isPresent() ? placed.get() : arrival(sector, id, movingOnly).status();
  }

  /** The arrival under this name. */
  synchronized Arrival arrival(SectorId sector, String id, boolean movingOnly)
      throws TransferTrouble {
    @Nullable Arrival arrival = arrivals.get(sector);
    if (arrival == null
        || !arrival.offer().id().equals(id)
        || (movingOnly && arrival.offer().moving().isEmpty())) {
      throw TransferTrouble.passing("unknown", "nothing is known of this offer: make it again");
    }
    return arrival;
  }

  /** All has come: reads it back and puts it in place, in the background. */
  synchronized ArrivalStatus commit(SectorId sector, String id, boolean movingOnly)
      throws IOException, TransferTrouble {
    Optional<ArrivalStatus> placed = placed(sector, id, movingOnly);
    if (placed.isPresent()) {
      return placed.get();
    }
    Arrival arrival = arrival(sector, id, movingOnly);
    finish(arrival);
    return arrival.status();
  }

  private void finish(Arrival arrival) throws IOException, TransferTrouble {
    if (arrival.commit()) {
      readers.execute(
          () -> {
            arrival.finish(digest);
            forgetIfPlaced(arrival);
          });
    }
  }

  private synchronized void forgetIfPlaced(Arrival arrival) {
    try {
      if (arrival.status().state().equals(ArrivalStatus.PLACED)) {
        arrivals.remove(arrival.offer().sector(), arrival);
      }
    } catch (IOException e) {
      arrivals.remove(arrival.offer().sector(), arrival); // the disk tells what there is
    }
  }

  /** Gives up what came by the offer; what is in place goes to the trash. */
  synchronized void discard(SectorId sector, String id) throws IOException, TransferTrouble {
    @Nullable Arrival arrival = arrivals.get(sector);
    if (arrival != null && arrival.offer().id().equals(id)) {
      if (!arrival.isReceiving()) {
        throw TransferTrouble.passing("busy", sector + " is being verified");
      }
      arrival.close();
      arrivals.remove(sector);
    }
    Roots roots = roots();
    for (Path root : roots.there()) {
      Landing.discard(root, sector, id);
    }
    roots.requireAll();
  }
}
