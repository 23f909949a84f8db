package io.selkie.transfer;

import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What places that were given up still have of sectors. It is written down before a place is left,
 * and discarded there as soon as the place can be reached: a part is deleted, a copy in place goes
 * to the trash. What a plan names is never a leftover. Calls block.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final int VERSION = 1;
  private static final int NAME_BYTES = 8;

  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final Path directory;
  private final TransferPlan.Directory plans;
  private final Function<String, Optional<Destination>> byPlace;

  /**
   * Leftovers.
   *
   * @param directory in the state directory
   * @param byPlace the destination of a place; it may not be in the settings any more
   */
  Leftovers(
      Path directory,
      TransferPlan.Directory plans,
      Function<String, Optional<Destination>> byPlace) {
    this.directory = directory;
    this.plans = plans;
    this.byPlace = byPlace;
  }

  /**
   * A place that was given up, and what it has.
   *
   * @param unless the place that the same was brought to after that: should this be another name of
   *     it, then nothing is left over
   */
  record Left(int version, Offer offer, String place, Optional<String> unless) {
    Left unless(Optional<String> other) {
      return new Left(version, offer, place, other);
    }
  }

  /** Writes down that nothing of the offer is to stay at the place. */
  void add(Offer offer, String place) throws IOException {
    add(offer, place, Optional.empty());
  }

  /**
   * Writes down that the place is about to be left.
   *
   * @param goneTo the place that the sector goes to instead
   */
  void add(Offer offer, String place, Optional<String> goneTo) throws IOException {
    Files.createDirectories(directory);
    TransferJson.write(file(offer, place), new Left(VERSION, offer, place, goneTo));
  }

  /**
   * The place is gone to after all: what it has is no leftover, under whatever other name it is
   * known. To be called before it is.
   */
  void keep(Offer offer, String place) throws IOException {
    for (Path file : list(offer.sector())) {
      keep(file, offer, place);
    }
  }

  /** Waits until nobody discards what it is about. */
  private synchronized void keep(Path file, Offer offer, String place) throws IOException {
    Optional<Left> left =
        TransferJson.read(file, Left.class).filter(known -> known.offer().id().equals(offer.id()));
    if (left.isEmpty() || left.get().unless().filter(place::equals).isPresent()) {
      return;
    }
    if (left.get().place().equals(place)) {
      Files.deleteIfExists(file);
      Durably.sync(directory);
    } else {
      TransferJson.write(file, left.get().unless(Optional.of(place)));
    }
  }

  /** Nothing of the sector is to stay anywhere: it is about to be removed. */
  synchronized void keepNothing(SectorId sector) throws IOException {
    for (Path file : list(sector)) {
      Optional<Left> left = TransferJson.read(file, Left.class);
      if (left.isPresent() && left.get().unless().isPresent()) {
        TransferJson.write(file, left.get().unless(Optional.empty()));
      }
    }
  }

  private Path file(Offer offer, String place) {
    return directory.resolve(offer.sector() + "." + hash(offer.id() + " " + place) + ".json");
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Discards what can be reached; the rest stays for the next time. */
  void clear() throws IOException {
    if (!sweeping.compareAndSet(false, true)) {
      return; // the last one still waits for a peer
    }
    try {
      Set<String> silent = new HashSet<>();
      for (Path file : list()) {
        clear(file, silent);
      }
    } finally {
      sweeping.set(false);
    }
  }

  /** Discards what is left of one sector. */
  void clear(SectorId sector) throws IOException {
    for (Path file : list(sector)) {
      clear(file, new HashSet<>());
    }
  }

  private List<Path> list(SectorId sector) throws IOException {
    return list().stream()
        .filter(file -> String.valueOf(file.getFileName()).startsWith(sector + "."))
        .toList();
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /**
   * Nobody goes to the place meanwhile: {@link #keep} waits.
   *
   * @param silent places that did not answer this time, which are not asked again
   */
  private synchronized void clear(Path file, Set<String> silent) throws IOException {
    Optional<Left> left = TransferJson.read(file, Left.class);
    if (left.isEmpty() || isPlanned(left.get()) || silent.contains(left.get().place())) {
      return;
    }
    Optional<Destination> destination = byPlace.apply(left.get().place());
    if (destination.isEmpty()) {
      return; // nobody can ask it; it may be named again
    }
    SectorId sector = left.get().offer().sector();
    Control control = new Control(sector);
    Optional<String> other = broughtTo(left.get());
    Optional<String> kept = other.flatMap(place -> askStore(place, silent, control));
    if (other.isPresent() && kept.isEmpty()) {
      LOG.info("{} may have of {}: {} cannot be asked", left.get().place(), sector, other.get());
      return;
    }
    try {
      if (kept.isPresent() && kept.get().equals(store(destination.get(), control))) {
        LOG.info("{} keeps {}, which is there by another name", left.get().place(), sector);
      } else {
        destination.get().discard(left.get().offer(), control);
        LOG.info("{} has nothing of {} any more", left.get().place(), sector);
      }
      Files.deleteIfExists(file);
    } catch (IOException | TransferTrouble e) {
      silent.add(left.get().place());
      LOG.info("{} still has of {}: {}", left.get().place(), sector, e.getMessage());
    } catch (Control.Held e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The place that the same was brought to since, which the place may be another name of: what is
   * discarded then would be the copy that the journal names.
   */
  private Optional<String> broughtTo(Left left) throws IOException {
    Optional<String> place = left.unless();
    if (place.isEmpty()) {
      place =
          plans
              .read(left.offer().sector())
              .filter(plan -> plan.offer().id().equals(left.offer().id()))
              .map(TransferPlan::place);
    }
    return place.filter(other -> isDirectory(other) == isDirectory(left.place()));
  }

  private static boolean isDirectory(String place) {
    return place.startsWith("/");
  }

  /** What the place is known by; empty if it cannot be asked now. */
  private Optional<String> askStore(String place, Set<String> silent, Control control) {
    Optional<Destination> destination =
        silent.contains(place) ? Optional.empty() : byPlace.apply(place);
    try {
      return destination.isPresent()
          ? Optional.of(store(destination.get(), control))
          : Optional.empty();
    } catch (IOException | TransferTrouble e) {
      silent.add(place);
    } catch (Control.Held e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private static String store(Destination destination, Control control)
      throws IOException, TransferTrouble, Control.Held {
    return destination.look(List.of(), control).store().orElseGet(destination::place);
  }

  private boolean isPlanned(Left left) throws IOException {
    return plans
        .read(left.offer().sector())
        .filter(plan -> plan.place().equals(left.place()))
        .filter(plan -> plan.offer().id().equals(left.offer().id()))
        .isPresent();
  }
}
