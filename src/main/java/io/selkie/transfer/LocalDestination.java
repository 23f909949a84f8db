package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
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
  private final Path repo;
  private final String host;
  private final FileDigest digest;
  private final RateLimit rate;

  /**
   * A destination.
   *
   * @param repo where the sector's files are
   */
  LocalDestination(Path directory, Path repo, String host, FileDigest digest, RateLimit rate) {
    this.directory = directory;
    this.repo = repo;
    this.host = host;
    this.digest = digest;
    this.rate = rate;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  /** The real path: of a directory that is not mounted there is none, or an empty one. */
  private Path root() throws TransferTrouble, IOException {
    try {
      Path root = directory.toRealPath();
      if (!Files.isDirectory(root)) {
        throw TransferTrouble.passing("unreachable", directory + " is no directory");
      }
      Path source = repo.toRealPath();
      if (root.startsWith(source) || source.startsWith(root)) {
        throw TransferTrouble.passing(
            "same_place", directory + " and the repo are one: change selkie.transfer.targets");
      }
      return root;
    } catch (NoSuchFileException e) {
      throw TransferTrouble.passing("unreachable", directory + " is not there: mount or make it");
    }
  }

  @Override
  public Space look(Control control) throws IOException, TransferTrouble {
    Path root = root();
    if (!Files.isWritable(root)) {
      throw TransferTrouble.passing("unreachable", directory + " cannot be written");
    }
    boolean same =
        Files.getAttribute(root, "unix:dev").equals(Files.getAttribute(repo, "unix:dev"));
    return new Space(same ? Way.RENAME : Way.COPY, Files.getFileStore(root).getUsableSpace());
  }

  @Override
  public SectorCopy bring(Offer offer, SectorFiles source, Committing committing, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Optional<SectorCopy> there = find(offer, control);
    if (there.isPresent()) {
      return there.get();
    }
    Path root = root();
    SectorCopy copy = new SectorCopy(host, place(), root.toString(), offer.files());
    if (look(control).way() == Way.RENAME && Landing.staged(root, offer.sector()).isEmpty()) {
      try {
        rename(offer, source, root, copy, committing);
        return copy;
      } catch (AtomicMoveNotSupportedException e) {
        control.check(); // two mounts of one file system: a copy it is
      }
    }
    Landing landing = Landing.open(root, offer);
    if (!landing.isPlacing()) {
      copy(landing, source, control);
      verify(landing, source, control);
      committing.commit();
    }
    landing.place(copy);
    return copy;
  }

  private void rename(
      Offer offer, SectorFiles source, Path root, SectorCopy copy, Committing committing)
      throws IOException, TransferTrouble {
    SectorId sector = offer.sector();
    List<Durably.Move> moves = new ArrayList<>();
    for (SectorCopy.File file : offer.files()) {
      Path from = FileNames.resolve(source.root(), sector, file.name());
      Path to = FileNames.resolve(root, sector, file.name());
      if (Durably.exists(from) && Durably.exists(to)) {
        throw TransferTrouble.lasting("exists", to + " is there already");
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

  private void copy(Landing landing, SectorFiles source, Control control)
      throws IOException, TransferTrouble, Control.Held {
    Offer offer = landing.offer();
    control.begin("copy", offer.size());
    try {
      for (int file = 0; file < offer.files().size(); file++) {
        copy(landing, file, source.root().resolve(offer.files().get(file).name()), control);
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

  private void verify(Landing landing, SectorFiles source, Control control)
      throws IOException, TransferTrouble, Control.Held {
    List<Integer> damaged = landing.verify(digest, control);
    for (int file : damaged) {
      landing.drop(file);
    }
    if (!damaged.isEmpty()) {
      Optional<String> here = SourceFiles.damaged(source, landing.offer(), digest);
      if (here.isPresent()) {
        throw TransferTrouble.lasting(
            "damaged", source.root().resolve(here.get()) + " is not what was sealed");
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
  public void abandon(Offer offer, Control control) throws IOException, TransferTrouble {
    Landing.abandon(root(), offer.sector());
  }
}
