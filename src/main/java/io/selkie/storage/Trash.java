package io.selkie.storage;

import io.selkie.files.FileLook;
import io.selkie.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code selkie/trash} of a storage path: what another program had deleted stays there for a while,
 * in case that was a mistake. It is on the disk of the path, so that it costs a rename to get
 * there.
 */
public final class Trash {
  private static final String DIRECTORY = "trash";
  private static final Pattern NAME = Pattern.compile("([0-9]{1,15})\\.[0-9a-f-]{36}\\.(.+)");

  private final Path directory;

  /** The trash of a path. */
  public Trash(StoragePath path) {
    this(path.root());
  }

  /** The trash of a directory that holds sectors, whether it is an attached path or not. */
  public Trash(Path root) {
    this.directory = root.resolve(StoragePath.OWN).resolve(DIRECTORY);
  }

  /**
   * Something in the trash.
   *
   * @param name it had, with its type: {@code sealed.s-t01000-1}
   * @param since when it is there
   */
  public record Item(Path file, String name, Instant since) {}

  /**
   * Puts a sector's file, or directory, into the trash.
   *
   * @param file on the path of this trash
   * @return whether there was one
   * @throws IOException also if that cannot be told
   */
  public boolean put(Path file, Instant now) throws IOException {
    if (!FileLook.exists(file)) {
      return false;
    }
    Files.createDirectories(directory);
    Path type = file.toAbsolutePath().resolveSibling("").getFileName();
    String name =
        now.toEpochMilli() + "." + UUID.randomUUID() + "." + type + "." + file.getFileName();
    Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  /** All that was put into it with {@link #put}. */
  public List<Item> items() throws IOException {
    List<Item> items = new ArrayList<>();
    for (Path file : Listing.of(directory)) {
      Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
      if (name.matches()) {
        Instant since = Instant.ofEpochMilli(Long.parseLong(name.group(1)));
        items.add(new Item(file, name.group(2), since));
      }
    }
    return items;
  }

  /**
   * What has another name than {@link #put} gives: nobody knows since when it is there, so it is
   * never deleted.
   */
  public List<Path> strangers() throws IOException {
    return Listing.of(directory).stream()
        .filter(file -> !NAME.matcher(String.valueOf(file.getFileName())).matches())
        .toList();
  }

  /**
   * Deletes what is in it for longer. A clock that was set ahead makes that too early.
   *
   * @return what was deleted
   */
  public List<Item> empty(Duration age, Instant now, Deletion before) throws IOException {
    List<Item> gone = new ArrayList<>();
    for (Item item : items()) {
      if (!item.since().plus(age).isAfter(now)) {
        before.of(item.file(), Optional.empty());
        FileTree.delete(item.file());
        gone.add(item);
      }
    }
    return gone;
  }
}
