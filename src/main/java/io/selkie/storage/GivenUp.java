package io.selkie.storage;

import io.selkie.filecoin.SectorId;
import io.selkie.files.FileLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code fetching/SECTOR/} below a storage path, where a sector arrives from another place: an
 * offer and its parts. A sender that was switched off for good leaves them. One that comes back
 * after they were deleted sends all again.
 */
final class GivenUp {
  private static final Duration AGE = Duration.ofDays(7);
  private static final String OFFER = "offer.json";

  /** Whatever else lies there is not ours. */
  private static final Pattern NAMES =
      Pattern.compile("offer\\.json[A-Za-z0-9._-]*|[0-9]+\\.(part|chunks)");

  private GivenUp() {}

  /** What nobody has written to for a week. */
  static List<Orphan> in(Path root, Instant now) throws IOException {
    List<Orphan> orphans = new ArrayList<>();
    for (Path directory : Listing.of(root.resolve(StoragePath.FETCHING))) {
      if (isSector(directory) && is(directory, now)) {
        orphans.add(
            new Orphan(
                Orphan.Kind.ARRIVAL,
                Optional.empty(),
                List.of(directory),
                PathSpace.size(directory),
                "nothing more of it came for " + AGE.toDays() + " days",
                false));
      }
    }
    return orphans;
  }

  /** Whether they all still are. */
  static boolean are(List<Path> directories, Instant now) throws IOException {
    for (Path directory : directories) {
      if (!is(directory, now)) {
        return false;
      }
    }
    return true;
  }

  private static boolean is(Path directory, Instant now) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    for (Path file : Listing.of(directory)) {
      if (!NAMES.matcher(String.valueOf(file.getFileName())).matches()) {
        return false;
      }
    }
    return !LastTouched.of(directory).isAfter(now.minus(AGE)) && !isPlacing(directory);
  }

  /** Some of its files have their names already: that has to be finished. */
  private static boolean isPlacing(Path directory) {
    Path offer = directory.resolve(OFFER);
    try {
      // A deletion that was interrupted may leave parts without an offer; whoever places has one.
      if (!FileLook.exists(offer)) {
        return false;
      }
      return CheckedJson.read(offer, "an offer").flag("placing");
    } catch (IOException e) {
      return true; // nobody knows: what cannot be read is left alone
    }
  }

  private static boolean isSector(Path directory) {
    try {
      SectorId.parse(String.valueOf(directory.getFileName()));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
