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

  /** A place that was given up, and what it has. */
  record Left(int version, Offer offer, String place) {}

  /** Writes down that the place is about to be left. */
  void add(Offer offer, String place) throws IOException {
    Files.createDirectories(directory);
    TransferJson.write(file(offer, place), new Left(VERSION, offer, place));
  }

  /** The place is gone to after all: what it has is no leftover. To be called before it is. */
  void keep(Offer offer, String place) throws IOException {
    if (Files.exists(file(offer, place))) {
      forget(offer, place);
    }
  }

  private synchronized void forget(Offer offer, String place) throws IOException {
    Files.deleteIfExists(file(offer, place));
    Durably.sync(directory);
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
    for (Path file : list()) {
      if (String.valueOf(file.getFileName()).startsWith(sector + ".")) {
        clear(file, new HashSet<>());
      }
    }
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
    try {
      destination.get().discard(left.get().offer(), new Control(sector));
      Files.deleteIfExists(file);
      LOG.info("{} has nothing of {} any more", left.get().place(), sector);
    } catch (IOException | TransferTrouble e) {
      silent.add(left.get().place());
      LOG.info("{} still has of {}: {}", left.get().place(), sector, e.getMessage());
    } catch (Control.Held e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isPlanned(Left left) throws IOException {
    return plans
        .read(left.offer().sector())
        .filter(plan -> plan.place().equals(left.place()))
        .filter(plan -> plan.offer().id().equals(left.offer().id()))
        .isPresent();
  }
}
