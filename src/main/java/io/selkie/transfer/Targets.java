package io.selkie.transfer;

import io.selkie.storage.StoragePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The places that sealed sectors may go to: those of the settings, then the attached stores. */
final class Targets {
  private final List<TransferSettings.Target> named;
  private final Supplier<List<StoragePath>> attached;
  private final Function<TransferSettings.Peer, Destination> peers;
  private final Directories directories;

  /** Makes the destination of a directory. */
  @FunctionalInterface
  interface Directories {
    /**
     * A destination.
     *
     * @param presence looked at before anything is done there
     */
    Destination of(Path directory, LocalDestination.Presence presence);
  }

  /**
   * Targets.
   *
   * @param named by the settings, in the operator's order
   * @param attached storage paths that sealed sectors are to go to; asked each time
   */
  Targets(
      List<TransferSettings.Target> named,
      Supplier<List<StoragePath>> attached,
      Function<TransferSettings.Peer, Destination> peers,
      Directories directories) {
    this.named = List.copyOf(named);
    this.attached = attached;
    this.peers = peers;
    this.directories = directories;
  }

  /** All of them now. */
  List<Destination> all() {
    List<StoragePath> stores = attached.get();
    List<Destination> all = new ArrayList<>();
    for (TransferSettings.Target target : named) {
      if (isIn(all, target.place())) {
        continue;
      }
      all.add(
          target instanceof TransferSettings.Peer peer
              ? peers.apply(peer)
              : directory(((TransferSettings.Directory) target).path(), stores));
    }
    for (StoragePath store : stores) {
      if (!isIn(all, store.root().toString())) {
        all.add(directories.of(store.root(), store::checkIsThere));
      }
    }
    return all;
  }

  /** Whether the settings name this place. */
  boolean isNamed(String place) {
    return named.stream().anyMatch(target -> target.place().equals(place));
  }

  private static boolean isIn(List<Destination> all, String place) {
    return all.stream().anyMatch(one -> one.place().equals(place));
  }

  private Destination directory(Path path, List<StoragePath> stores) {
    return directories.of(
        path,
        stores.stream()
            .filter(store -> store.root().equals(path))
            .findFirst()
            .<LocalDestination.Presence>map(store -> store::checkIsThere)
            .orElse(() -> {}));
  }

  /**
   * The one with this name; a directory needs no setting to be looked into, and a peer's token
   * does.
   */
  Optional<Destination> at(String place) {
    return all().stream()
        .filter(destination -> destination.place().equals(place))
        .findFirst()
        .or(
            () ->
                place.startsWith("/")
                    ? Optional.of(directories.of(Path.of(place), () -> {}))
                    : Optional.empty());
  }
}
