package io.selkie.storage;

import io.selkie.files.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which path the repo was when this host began to use it, remembered outside of it: an empty mount
 * point looks like a new repo.
 */
public final class KnownRepo {
  private KnownRepo() {}

  /**
   * Makes sure that the repo is still that path. Before anything is read or made there.
   *
   * @throws IOException if it is not; one line
   */
  public static void require(StoragePaths.Settings settings) throws IOException {
    Optional<String> known = remembered(settings);
    Path file = settings.repo().resolve(PathSettings.FILE);
    if (!settings.repoIsPath() || known.isEmpty()) {
      return;
    }
    boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (!there || !PathSettings.read(file).id().equals(known.get())) {
      throw new IOException(
          Shown.shown(settings.repo())
              + (there ? " is another path than" : " has no " + PathSettings.FILE + ", and was")
              + " the one with ID "
              + known.get()
              + ": mount its disk. If the repo is new on purpose, remove "
              + Shown.shown(settings.known().orElseThrow()));
    }
  }

  private static Optional<String> remembered(StoragePaths.Settings settings) throws IOException {
    Optional<Path> known = settings.known();
    if (known.isEmpty() || !Files.exists(known.get(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String id = Files.readString(known.get()).strip();
    if (id.isEmpty()) {
      throw new IOException(
          Shown.shown(known.get()) + " is empty: write the ID of the repo into it, or remove it");
    }
    return Optional.of(id);
  }

  /**
   * Remembers the repo, if none is remembered yet.
   *
   * @throws IOException if that cannot be written down
   */
  static void remember(StoragePaths.Settings settings, StoragePath repo) throws IOException {
    if (settings.known().isPresent() && remembered(settings).isEmpty()) {
      Durable.replace(settings.known().get(), (repo.id() + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
