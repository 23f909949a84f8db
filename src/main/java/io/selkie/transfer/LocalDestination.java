package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A directory of this host. On the sector's own file system its files are renamed: none is copied,
 * so none is read back. Elsewhere they are copied by the kernel, without a sum for each chunk: the
 * digest of each file, read back, is what counts.
 */
final class LocalDestination implements Destination {
  private static final int STEP = 16 << 20;

  private final Path directory;
  private final String host;
  private final FileDigest digest;
  private final RateLimit rate;
  private final KnownStores stores;
  private final Presence presence;

  /** Looks whether the directory is what it is to be. */
  @FunctionalInterface
  interface Presence {
    /**
     * Does nothing if it is.
     *
     * @throws IOException if it is not, as where its disk is not mounted; one line
     */
    void check() throws IOException;
  }

  /** A directory of which nothing is known but what the stores remember. */
  LocalDestination(
      Path directory, String host, FileDigest digest, RateLimit rate, KnownStores stores) {
    this(directory, host, digest, rate, stores, () -> {});
  }

  /**
   * A directory.
   *
   * @param stores remembers whether it is the one that it was
   * @param presence looked at before it is taken for a new one
   */
  LocalDestination(
      Path directory,
      String host,
      FileDigest digest,
      RateLimit rate,
      KnownStores stores,
      Presence presence) {
    this.directory = directory;
    this.stores = stores;
    this.host = host;
    this.digest = digest;
    this.rate = rate;
    this.presence = presence;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  /** The real path: of a directory that is not mounted there is none, or one without its mark. */
  private Path root() throws TransferTrouble, IOException {
    try {
      Path root = directory.toRealPath();
      if (!Files.isDirectory(root)) {
        throw TransferTrouble.passing("unreachable", directory + " is no directory");
      }
      if (!Files.isWritable(root)) {
        throw TransferTrouble.passing("unreachable", directory + " cannot be written");
      }
      requirePresence();
      stores.check(root);
      StoragePath.requireOneFileSystem(root);
      return root;
    } catch (NoSuchFileException e) {
      throw TransferTrouble.passing("unreachable", directory + " is not there: mount or make it");
    }
  }

  private void requirePresence() throws TransferTrouble {
    try {
      presence.check();
    } catch (IOException e) {
      throw TransferTrouble.passing("unreachable", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Space look(List<Path> sources, Control control) throws IOException, TransferTrouble {
    Path root = root();
    for (Path source : sources) {
      if (source.toRealPath().startsWith(root)) {
        throw TransferTrouble.passing("same_place", "the sector is in " + directory + " already");
      }
    }
    return new Space(
        mayRename(root, sources) ? Way.RENAME : Way.COPY,
        Files.getFileStore(root).getUsableSpace(),
        Optional.of("store " + stores.id(root)));
  }

  /** Also of files that were renamed before a crash. */
  private static boolean mayRename(Path root, List<Path> sources) throws IOException {
    Object device = Files.getAttribute(root, "unix:dev");
    for (Path source : sources) {
      if (Durably.exists(source) && !device.equals(Files.getAttribute(source, "unix:dev"))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public SectorCopy bring(Offer offer, List<Path> sources, Committing committing, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Optional<SectorCopy> there = find(offer, control);
    if (there.isPresent()) {
      return there.get();
    }
    Path root = root();
    boolean lost =
        Landing.received(root, offer.sector())
            .filter(received -> received.id().equals(offer.id()))
            .isPresent();
    if (lost) {
      SourceFiles.requireThere(sources, place());
      Landing.discard(root, offer.sector(), offer.id());
    }
    SectorCopy copy = new SectorCopy(host, place(), root.toString(), offer.files());
    if (Landing.staged(root, offer.sector()).isEmpty() && mayRename(root, sources)) {
      try {
        rename(offer, sources, root, copy, committing);
        return copy;
      } catch (AtomicMoveNotSupportedException e) {
        control.check(); // two mounts of one file system: a copy it is
      }
    }
    Landing landing = Landing.open(root, offer);
    if (!landing.isPlacing()) {
      copy(landing, sources, control);
      verify(landing, sources, control);
      committing.commit();
    }
    landing.place(copy);
    return copy;
  }

  private void rename(
      Offer offer, List<Path> sources, Path root, SectorCopy copy, Committing committing)
      throws IOException, TransferTrouble {
    SectorId sector = offer.sector();
    List<Durably.Move> moves = new ArrayList<>();
    for (int file = 0; file < sources.size(); file++) {
      Path from = sources.get(file);
      Path to = FileNames.resolve(root, sector, offer.files().get(file).name());
      if (Durably.exists(from) && Durably.exists(to) && !Durably.isSame(from, to)) {
        throw TransferTrouble.lasting("exists", to + " is there already");
      }
      if (!Durably.exists(from) && !Durably.exists(to)) {
        throw TransferTrouble.lasting("missing", from + " is not there, nor is " + to);
      }
      moves.add(new Durably.Move(from, to));
    }
    FailPoints.hit("Transfer.before-place", sector);
    committing.commit();
    Durably.rename(moves, () -> FailPoints.hit("Transfer.amid-place", sector));
    FailPoints.hit("Transfer.before-receipt", sector);
    Landing.receipt(root, offer, copy);
    FailPoints.hit("Transfer.after-receipt", sector);
  }

  /** The copying alone, into the place where sectors arrive. */
  Landing stage(Offer offer, List<Path> sources, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Landing landing = Landing.open(root(), offer);
    copy(landing, sources, control);
    return landing;
  }

  private void copy(Landing landing, List<Path> sources, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Offer offer = landing.offer();
    control.begin("copy", offer.size());
    try {
      for (int file = 0; file < offer.files().size(); file++) {
        copy(landing, file, sources.get(file), control);
      }
    } catch (IOException e) {
      throw TransferTrouble.of(e);
    }
  }

  private void copy(Landing landing, int file, Path from, Control control)
      throws IOException, Control.Held {
    long bytes = landing.offer().files().get(file).bytes();
    try (FileChannel in =
            FileChannel.open(from, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        FileChannel out = landing.write(file)) {
      long at = Math.min(out.size(), bytes);
      out.truncate(at);
      out.position(at);
      control.add(at);
      while (at < bytes) {
        control.check();
        long step = Math.min(STEP, bytes - at);
        rate.await(step, control);
        long copied = in.transferTo(at, step, out);
        if (copied <= 0) {
          throw new IOException(from + " is shorter than it was");
        }
        at += copied;
        control.add(copied);
        FailPoints.hit("Transfer.after-chunk", landing.offer().sector());
      }
    }
  }

  private void verify(Landing landing, List<Path> sources, Control control)
      throws IOException, TransferTrouble, Control.Held {
    List<Integer> damaged = landing.verify(digest, control);
    for (int file : damaged) {
      landing.drop(file);
    }
    if (!damaged.isEmpty()) {
      Optional<Path> here = SourceFiles.damaged(sources, landing.offer(), digest);
      if (here.isPresent()) {
        throw TransferTrouble.lasting("damaged", here.get() + " is not what was sealed");
      }
      throw TransferTrouble.passing(
          "damaged", "what was written to " + place() + " was not what was read back");
    }
  }

  @Override
  public Optional<SectorCopy> find(Offer offer, Control control)
      throws IOException, TransferTrouble {
    Path root = root();
    return Landing.received(root, offer.sector()).isEmpty()
        ? Optional.empty()
        : Landing.placed(root, offer);
  }

  @Override
  public void discard(Offer offer, Control control) throws IOException, TransferTrouble {
    Landing.discard(root(), offer.sector(), offer.id());
  }
}
