package io.selkie.params;

import io.selkie.files.Durable;
import io.selkie.files.FileTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves generated files from a temporary directory to their place, so that a kill at any point
 * leaves nothing unexplained. Callers hold the lock.
 *
 * <p>The order, and what a kill after each point leaves for {@link #recover} on the next run:
 *
 * <ol>
 *   <li>generating, syncing, digesting in the temporary directory: no record, so it is deleted
 *   <li>record written and synced: the temporary files match it, so they are moved to their place;
 *       until then the set counts as missing
 *   <li>some files moved: the rest still matches the record and is moved
 *   <li>all files moved: the set is good, the empty directory is deleted
 * </ol>
 *
 * <p>The record replaces entries only of files that are not in place, so it never disowns a file.
 */
final class Installation {
  private static final Logger LOG = LoggerFactory.getLogger(Installation.class);
  private static final String PREFIX = "selkie-generating-";
  private static final List<String> SUFFIXES = List.of(".meta", ".vk", ".srs", ".params");

  private final ParameterDirectory directory;

  Installation(ParameterDirectory directory) {
    this.directory = directory;
  }

  /** A new empty directory on the file system of the parameters. */
  Path temporaryDirectory(ParameterSet set) throws IOException {
    return Files.createTempDirectory(directory.path(), PREFIX + set + "-");
  }

  /**
   * Makes the generated files durable and describes them.
   *
   * @param required the files that must be there; the {@code .meta} file may
   */
  Map<String, GeneratedRecord.Entry> describe(
      Path temporary, List<ParameterFile> required, Instant now, String selkieVersion)
      throws IOException {
    Map<String, GeneratedRecord.Entry> entries = new LinkedHashMap<>();
    for (String name : expectedNames(required)) {
      Path file = temporary.resolve(name);
      boolean there = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      if (!there && name.endsWith(".meta")) {
        continue;
      }
      if (!there || Files.size(file) == 0) {
        throw new ParameterException("the generation made no " + name);
      }
      Durable.syncFile(file);
      ParameterDigest digest = ParameterDigest.ofFile(file, bytes -> {});
      entries.put(name, new GeneratedRecord.Entry(digest, Files.size(file), now, selkieVersion));
    }
    Durable.syncDirectory(temporary);
    return entries;
  }

  /** Moves recorded files to their place and deletes the temporary directory. */
  void moveIntoPlace(Path temporary, Map<String, GeneratedRecord.Entry> recorded)
      throws IOException {
    VerifiedStamps stamps = VerifiedStamps.read(directory);
    for (Map.Entry<String, GeneratedRecord.Entry> entry : inOrder(recorded)) {
      String name = entry.getKey();
      Path target = directory.file(name);
      if (isTaken(name)) {
        throw new ParameterException(target + " appeared meanwhile: remove it and run again");
      }
      Files.move(temporary.resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
      stamps.put(name, FileIdentity.of(target), entry.getValue().digest());
    }
    Durable.syncDirectory(directory.path());
    stamps.save();
    FileTree.delete(temporary);
  }

  /** Finishes or removes what runs that were killed left behind. */
  void recover(ParameterListener listener) throws IOException {
    for (Path leftover : leftovers()) {
      Map<String, GeneratedRecord.Entry> recorded = recorded(leftover);
      if (recorded.isEmpty()) {
        LOG.info("removing {} of a run that was killed", leftover);
        FileTree.delete(leftover);
      } else {
        listener.message("finishing a generation that was killed: " + recorded.keySet());
        moveIntoPlace(leftover, recorded);
      }
    }
  }

  /** The files in the directory, if each of them is what the record says and has a free place. */
  private Map<String, GeneratedRecord.Entry> recorded(Path leftover) throws IOException {
    GeneratedRecord record = GeneratedRecord.read(directory);
    Map<String, GeneratedRecord.Entry> recorded = new LinkedHashMap<>();
    for (Path file : list(leftover, "*")) {
      String name = file.getFileName().toString();
      Optional<GeneratedRecord.Entry> entry = record.entry(name);
      if (entry.isPresent()) {
        if (!isRecorded(file, entry.get()) || isTaken(name)) {
          return Map.of();
        }
        recorded.put(name, entry.get());
      }
    }
    return recorded;
  }

  /** A {@code .meta} file only repeats the sector size: a new one may take its place. */
  private boolean isTaken(String name) {
    return !name.endsWith(".meta") && Files.exists(directory.file(name), LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isRecorded(Path file, GeneratedRecord.Entry entry) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == entry.bytes()
        && ParameterDigest.ofFile(file, bytes -> {}).equals(entry.digest());
  }

  private List<Path> leftovers() throws IOException {
    return list(directory.path(), PREFIX + "*").stream()
        .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  private static List<Path> list(Path directory, String glob) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
      entries.forEach(paths::add);
    }
    return paths;
  }

  private static List<String> expectedNames(List<ParameterFile> required) {
    List<String> names = new ArrayList<>();
    for (ParameterFile file : required) {
      names.add(file.name());
      if (file.name().endsWith(".params")) {
        names.add(file.name().replaceFirst("\\.params$", ".meta"));
      }
    }
    return names;
  }

  /**
   * Parameters go last: the proofs library, when it finds them without their verifying key, writes
   * that file itself.
   */
  private static List<Map.Entry<String, GeneratedRecord.Entry>> inOrder(
      Map<String, GeneratedRecord.Entry> recorded) {
    return recorded.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> rank(entry.getKey())))
        .toList();
  }

  private static int rank(String name) {
    return SUFFIXES.indexOf(name.substring(name.lastIndexOf('.')));
  }
}
