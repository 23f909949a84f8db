package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.StoragePath;
import io.selkie.storage.Trash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where a sector arrives below a storage path. Its files grow in {@code fetching/SECTOR/}, beside a
 * journal of the chunks that are there; once all are there and were read back, they are renamed
 * into place, and a record in {@code selkie/} says so. A crash leaves what a later offer of the
 * same content goes on with. Calls block; one thread at a time for each file.
 */
final class Landing {
  private static final int VERSION = 1;
  private static final int READ = 1 << 20;

  private final Path root;
  private final Offer offer;

  private Landing(Path root, Offer offer) {
    this.root = root;
    this.offer = offer;
  }

  /** What is being received, and whether its files have begun to be renamed into place. */
  record Staged(int version, Offer offer, boolean placing) {}

  /** The record that the sector is in place. */
  record Received(int version, String id, SectorCopy copy) {}

  /**
   * The place of the offer, made if it is not there. An earlier arrival of other content is given
   * up for it, unless that is being renamed into place.
   *
   * @param root the real path of the storage path
   * @throws TransferTrouble if the sector is there already, with other content
   */
  static Landing open(Path root, Offer offer) throws IOException, TransferTrouble {
    Landing landing = new Landing(root, offer);
    Optional<Staged> staged = staged(root, offer.sector());
    if (staged.isPresent() && staged.get().offer().equals(offer)) {
      return landing;
    }
    if (staged.isPresent() && staged.get().placing()) {
      throw exists(offer.sector(), "is being put in place with other content");
    }
    landing.requireAbsent();
    Durably.removeFlat(directory(root, offer.sector()));
    Durably.makeDirectories(directory(root, offer.sector()));
    TransferJson.write(landing.record(), new Staged(VERSION, offer, false));
    return landing;
  }

  /** What is arriving of the sector below the storage path. */
  static Optional<Staged> staged(Path root, SectorId sector) throws IOException {
    return TransferJson.read(directory(root, sector).resolve("offer.json"), Staged.class);
  }

  /**
   * The copy of a sector that moved here by the offer of this id, if every file is as long as it
   * came; whoever has gone on with it since has changed them.
   */
  static Optional<SectorCopy> moved(Path root, SectorId sector, String id) throws IOException {
    Optional<Received> received =
        TransferJson.read(arrived(root, sector), Received.class)
            .filter(there -> there.id().equals(id));
    if (received.isEmpty()) {
      return Optional.empty();
    }
    for (SectorCopy.File file : received.get().copy().files()) {
      if (!FileLook.isFile(
          FileNames.resolveBeforeSealed(root, sector, file.name()), file.bytes())) {
        return Optional.empty();
      }
    }
    // Killed between the receipt and this, a receiver leaves it behind.
    if (staged(root, sector).filter(there -> there.offer().id().equals(id)).isPresent()) {
      Durably.removeFlat(directory(root, sector));
    }
    return Optional.of(received.get().copy());
  }

  /** Whether a sector came here by the offer of this id, whatever became of it. */
  static boolean hasMoved(Path root, SectorId sector, String id) throws IOException {
    return TransferJson.read(arrived(root, sector), Received.class)
        .filter(there -> there.id().equals(id))
        .isPresent();
  }

  /** Not the receipt of a sealed sector: what moved is worked on here, and is no stored copy. */
  static Path arrived(Path root, SectorId sector) {
    return root.resolve("selkie").resolve(sector + ".moved.json");
  }

  /** What is known of the sector having arrived below the storage path. */
  static Optional<Received> received(Path root, SectorId sector) throws IOException {
    return TransferJson.read(receipt(root, sector), Received.class);
  }

  private static Path directory(Path root, SectorId sector) {
    return StoragePath.arriving(root, sector);
  }

  private static Path receipt(Path root, SectorId sector) {
    return root.resolve("selkie").resolve(sector + ".received.json");
  }

  private Path directory() {
    return directory(root, offer.sector());
  }

  private Path record() {
    return directory().resolve("offer.json");
  }

  /** The growing file. */
  Path part(int file) {
    return directory().resolve(file + ".part");
  }

  private Path journal(int file) {
    return directory().resolve(file + ".chunks");
  }

  private Path target(int file) {
    String name = offer.files().get(file).name();
    return offer.moving().isPresent()
        ? FileNames.resolveBeforeSealed(root, offer.sector(), name)
        : FileNames.resolve(root, offer.sector(), name);
  }

  Offer offer() {
    return offer;
  }

  Path root() {
    return root;
  }

  private void requireAbsent() throws IOException, TransferTrouble {
    for (int file = 0; file < offer.files().size(); file++) {
      if (Durably.exists(target(file))) {
        throw exists(offer.sector(), "has other files there already: " + target(file));
      }
    }
  }

  private static TransferTrouble exists(SectorId sector, String why) {
    return TransferTrouble.lasting("exists", sector + " " + why);
  }

  /** The copy of this offer, if it is in place below the storage path, and whole. */
  static Optional<SectorCopy> placed(Path root, Offer offer) throws IOException {
    Landing landing = new Landing(root, offer);
    return landing.placed();
  }

  private Optional<SectorCopy> placed() throws IOException {
    Optional<Received> received = received(root, offer.sector());
    if (received.isEmpty() || !received.get().id().equals(offer.id())) {
      return Optional.empty();
    }
    for (int file = 0; file < offer.files().size(); file++) {
      if (!FileLook.isFile(target(file), offer.files().get(file).bytes())) {
        return Optional.empty();
      }
    }
    // Killed between the receipt and this, a receiver leaves it behind.
    Optional<Staged> staged = staged(root, offer.sector());
    if (staged.isPresent() && staged.get().offer().id().equals(offer.id())) {
      Durably.removeFlat(directory());
    }
    return Optional.of(received.get().copy());
  }

  /** Bytes that are still to be written. */
  long missingBytes() throws IOException {
    long missing = 0;
    for (int file = 0; file < offer.files().size(); file++) {
      long bytes = offer.files().get(file).bytes();
      if (Durably.exists(journal(file))) {
        missing += Math.max(0, bytes - (long) chunks(file).count() * offer.chunkBytes());
      } else {
        Path grown = Durably.exists(part(file)) ? part(file) : target(file);
        missing += Math.max(0, bytes - (Durably.exists(grown) ? Files.size(grown) : 0));
      }
    }
    return missing;
  }

  /** Bytes that arrivals below the storage path have not brought yet, besides this sector's. */
  static long comingBytes(Path root, SectorId besides) throws IOException {
    Path arrivals = root.resolve(StoragePath.FETCHING);
    if (!Files.isDirectory(arrivals)) {
      return 0;
    }
    long bytes = 0;
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(arrivals)) {
      for (Path directory : directories) {
        Optional<Staged> staged =
            Files.isDirectory(directory)
                ? TransferJson.read(directory.resolve("offer.json"), Staged.class)
                : Optional.empty();
        if (staged.isPresent() && !staged.get().offer().sector().equals(besides)) {
          bytes += new Landing(root, staged.get().offer()).comingBytes();
        }
      }
    }
    return bytes;
  }

  private long comingBytes() throws IOException {
    try {
      return missingBytes();
    } catch (NoSuchFileException e) {
      return 0; // it has just come to its end
    }
  }

  /** Which chunks of the file are there. */
  ChunkMap chunks(int file) throws IOException {
    int chunks = offer.chunks(file);
    try {
      return Durably.exists(part(file)) || chunks == 0
          ? ChunkMap.parse(chunks, Files.readString(journal(file)))
          : new ChunkMap(chunks);
    } catch (NoSuchFileException e) {
      return new ChunkMap(chunks);
    }
  }

  /** Opens a growing file, which is made if it is not there, and is no link. */
  FileChannel write(int file) throws IOException {
    return FileChannel.open(
        part(file),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS);
  }

  /** Opens the journal of a file. A torn last line is cut off first. */
  FileChannel writeJournal(int file) throws IOException {
    ChunkMap known = chunks(file);
    FileChannel channel =
        FileChannel.open(
            journal(file),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    byte[] text = known.journal().getBytes(StandardCharsets.US_ASCII);
    writeFully(channel, ByteBuffer.wrap(text), 0);
    channel.truncate(text.length);
    channel.position(text.length);
    return channel;
  }

  /** Writes all of it. */
  static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /**
   * Makes the files durable and reads them back.
   *
   * @return those that are not what was offered
   */
  List<Integer> verify(FileDigest digest, Control control) throws IOException, Control.Held {
    FailPoints.hit("Transfer.before-verify", offer.sector());
    control.begin("verify", offer.size());
    List<Integer> damaged = new ArrayList<>();
    for (int file = 0; file < offer.files().size(); file++) {
      SectorCopy.File wanted = offer.files().get(file);
      control.check();
      try (FileChannel channel = write(file)) {
        channel.force(true);
      }
      if (!FileLook.isFile(part(file), wanted.bytes())
          || !digest.of(part(file)).equals(wanted.digest())) {
        damaged.add(file);
      }
      control.add(wanted.bytes());
    }
    Durably.sync(directory());
    return damaged;
  }

  /**
   * Looks which chunks of a file are not what its journal says, and takes them out of it.
   *
   * @return how many
   */
  int dropDamaged(int file) throws IOException {
    ChunkMap known = chunks(file);
    int dropped = 0;
    try (FileChannel channel = write(file)) {
      for (int chunk = 0; chunk < offer.chunks(file); chunk++) {
        if (known.has(chunk) && sum(channel, file, chunk) != known.sum(chunk)) {
          known.drop(chunk);
          dropped++;
        }
      }
    }
    Files.writeString(journal(file), known.journal(), StandardCharsets.US_ASCII);
    return dropped;
  }

  private int sum(FileChannel channel, int file, int chunk) throws IOException {
    CRC32C sum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(READ);
    long at = offer.offset(chunk);
    long end = at + offer.length(file, chunk);
    while (at < end) {
      buffer.clear().limit((int) Math.min(READ, end - at));
      int read = channel.read(buffer, at);
      if (read < 0) {
        return ~(int) sum.getValue(); // shorter than it was
      }
      sum.update(buffer.flip());
      at += read;
    }
    return (int) sum.getValue();
  }

  /** Has the file received from its beginning again. */
  void drop(int file) throws IOException {
    Files.deleteIfExists(journal(file));
    Files.deleteIfExists(part(file));
  }

  /** Whether the renaming has begun: it must be finished then, whatever happens. */
  boolean isPlacing() throws IOException {
    return staged(root, offer.sector())
        .filter(staged -> staged.placing() && staged.offer().equals(offer))
        .isPresent();
  }

  /**
   * Renames what was verified into place; done again after a crash it goes on.
   *
   * @param copy what the record is to say
   */
  void place(SectorCopy copy) throws IOException, TransferTrouble {
    SectorId sector = offer.sector();
    if (!isPlacing()) {
      requireAbsent();
      FailPoints.hit("Transfer.before-place", sector);
      TransferJson.write(record(), new Staged(VERSION, offer, true));
    }
    List<Durably.Move> moves = new ArrayList<>();
    for (int file = 0; file < offer.files().size(); file++) {
      moves.add(new Durably.Move(part(file), target(file)));
    }
    Durably.rename(moves, () -> FailPoints.hit("Transfer.amid-place", sector));
    FailPoints.hit("Transfer.before-receipt", sector);
    receipt(root, offer, copy);
    FailPoints.hit("Transfer.after-receipt", sector);
    Durably.removeFlat(directory());
  }

  /** Writes the record that the offer's files are in place. */
  static void receipt(Path root, Offer offer, SectorCopy copy) throws IOException {
    Durably.makeDirectories(root.resolve("selkie"));
    Path record =
        offer.moving().isPresent() ? arrived(root, offer.sector()) : receipt(root, offer.sector());
    TransferJson.write(record, new Received(VERSION, offer.id(), copy));
  }

  /**
   * Gives up what came by the offer. Parts are deleted; files in place go to the trash of the path,
   * since only the journals of others know what they are worth. Done again after a crash it goes
   * on.
   *
   * @param id of the offer; what came by another stays
   */
  static void discard(Path root, SectorId sector, String id) throws IOException {
    Optional<Staged> staged = staged(root, sector).filter(there -> there.offer().id().equals(id));
    boolean received = received(root, sector).filter(there -> there.id().equals(id)).isPresent();
    boolean placing = staged.filter(Staged::placing).isPresent();
    if (placing) {
      // What is moved away from here on is not to be taken for renamed into place.
      TransferJson.write(
          directory(root, sector).resolve("offer.json"),
          new Staged(VERSION, staged.get().offer(), false));
    }
    if (received || placing) {
      Trash trash = new Trash(root);
      for (String name : FileNames.all(sector)) {
        trash.put(root.resolve(name), Instant.now());
      }
      FailPoints.hit("Discard.before-receipt", sector);
      Files.deleteIfExists(receipt(root, sector));
    }
    if (staged.isPresent()) {
      Durably.removeFlat(directory(root, sector));
    }
  }
}
