package io.selkie.transfer;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The directories that sectors were sent to, each with a mark of its own, so that the empty
 * directory below a disk that is not mounted is not taken for the store.
 *
 * @param directory of this node's own, where it remembers the marks
 */
record KnownStores(Path directory) {
  /** The mark, in a store. */
  private static final Path MARK = Path.of("selkie", "store.id");

  /**
   * Does nothing if the directory is the store that it was at first use, which is now if there was
   * none.
   *
   * @param store its real path
   * @throws TransferTrouble that may pass, if the mark is missing or another's
   */
  void check(Path store) throws IOException, TransferTrouble {
    // One directory may be served and sent to at once, and to several at once.
    synchronized (KnownStores.class) {
      checkAlone(store);
    }
  }

  /**
   * The mark of a store that was checked: whatever name or mount leads to it, it has the same.
   *
   * @throws IOException if it has none now
   */
  String id(Path store) throws IOException {
    Path mark = store.resolve(MARK);
    return read(mark).orElseThrow(() -> new IOException(mark + " is not there any more"));
  }

  private void checkAlone(Path store) throws IOException, TransferTrouble {
    Path remembered = directory.resolve(nameOf(store));
    Path mark = store.resolve(MARK);
    Optional<String> known = read(remembered);
    Optional<String> found = read(mark);
    if (known.isPresent() && !known.equals(found)) {
      throw TransferTrouble.passing(
          "unreachable",
          store
              + " is not the store that it was: mount its disk. If the disk was replaced, remove "
              + remembered);
    }
    if (found.isEmpty()) {
      Files.createDirectories(mark.resolveSibling(""));
      write(mark, UUID.randomUUID().toString());
    }
    if (known.isEmpty()) {
      Files.createDirectories(directory);
      write(remembered, read(mark).orElseThrow());
    }
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void write(Path file, String id) throws IOException {
    Durable.replace(file, (id + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String nameOf(Path store) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(store.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
