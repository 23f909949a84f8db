package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tells whether the parameter files of a sector size are good. Every check in Selkie asks this
 * class.
 */
public final class ParameterVerifier {
  /** How thorough a check is. */
  public enum Depth {
    /** A file that was read before and has not changed since is not read again. */
    QUICK,
    /** Every file is read. */
    FULL
  }

  private final ParameterManifest manifest;
  private final ParameterDirectory directory;
  private final Clock clock;

  /** A verifier of that directory. */
  public ParameterVerifier(ParameterManifest manifest, ParameterDirectory directory) {
    this(manifest, directory, Clock.systemUTC());
  }

  ParameterVerifier(ParameterManifest manifest, ParameterDirectory directory, Clock clock) {
    this.manifest = manifest;
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Checks the sets of a sector size.
   *
   * @throws ParameterException if {@link GeneratedRecord} cannot be read
   */
  public ParameterReport verify(
      SectorSize size, Set<ParameterSet> sets, Depth depth, ParameterListener listener)
      throws IOException {
    Check check = new Check(depth, listener);
    List<SetCheck> checks = new ArrayList<>();
    for (ParameterSet set : inOrder(sets)) {
      checks.add(check.set(size, set));
    }
    check.stamps.save();
    return new ParameterReport(directory, size, checks);
  }

  private static Set<ParameterSet> inOrder(Set<ParameterSet> sets) {
    Set<ParameterSet> ordered = EnumSet.noneOf(ParameterSet.class);
    ordered.addAll(sets);
    return ordered;
  }

  /** One run, with what it reads once. */
  private final class Check {
    private final Depth depth;
    private final ParameterListener listener;
    private final GeneratedRecord generated = GeneratedRecord.read(directory);
    private final VerifiedStamps stamps = VerifiedStamps.read(directory);

    Check(Depth depth, ParameterListener listener) throws IOException {
      this.depth = depth;
      this.listener = listener;
    }

    SetCheck set(SectorSize size, ParameterSet set) {
      List<FileCheck> files = manifest.required(size, set).stream().map(this::file).toList();
      return new SetCheck(size, set, verdict(files), files);
    }

    private FileCheck file(ParameterFile file) {
      Path path = directory.file(file.name());
      try {
        FileIdentity identity = FileIdentity.of(path);
        if (!Files.isRegularFile(path)) {
          return FileCheck.unreadable(file, "is not a regular file");
        }
        return judge(file, identity.bytes(), digest(file, path, identity));
      } catch (NoSuchFileException e) {
        return FileCheck.missing(file);
      } catch (AccessDeniedException e) {
        return FileCheck.unreadable(file, "cannot be read: permission denied");
      } catch (IOException e) {
        return FileCheck.unreadable(file, "cannot be read: " + e.getMessage());
      }
    }

    private ParameterDigest digest(ParameterFile file, Path path, FileIdentity identity)
        throws IOException {
      Optional<ParameterDigest> known =
          depth == Depth.FULL ? Optional.empty() : stamps.digest(file.name(), identity);
      if (known.isPresent()) {
        return known.get();
      }
      Instant started = clock.instant();
      listener.begin(
          "check " + file.name(), OptionalLong.of(identity.bytes()), ParameterListener.Unit.BYTES);
      try {
        ParameterDigest digest = ParameterDigest.ofFile(path, listener::advanceTo);
        if (identity.settledAt(started) && identity.equals(FileIdentity.of(path))) {
          stamps.put(file.name(), identity, digest);
        }
        return digest;
      } finally {
        listener.end();
      }
    }

    private FileCheck judge(ParameterFile file, long bytes, ParameterDigest found) {
      if (found.equals(file.digest())) {
        return FileCheck.good(file, FileStatus.PRODUCTION, bytes, found);
      }
      Optional<GeneratedRecord.Entry> entry = generated.entry(file.name());
      if (entry.isEmpty()) {
        return FileCheck.corrupt(
            file,
            bytes,
            found,
            "is neither the production file nor recorded in " + GeneratedRecord.NAME);
      }
      if (entry.get().digest().equals(found)) {
        return FileCheck.good(file, FileStatus.LOCAL, bytes, found);
      }
      return FileCheck.corrupt(
          file,
          bytes,
          found,
          "has changed since it was generated ("
              + bytes
              + " bytes now, "
              + entry.get().bytes()
              + " then)");
    }

    private SetVerdict verdict(List<FileCheck> files) {
      if (any(files, FileStatus.UNREADABLE)) {
        return SetVerdict.UNREADABLE;
      }
      if (any(files, FileStatus.CORRUPT)) {
        return SetVerdict.CORRUPT;
      }
      if (any(files, FileStatus.MISSING)) {
        return SetVerdict.MISSING;
      }
      if (!any(files, FileStatus.LOCAL)) {
        return SetVerdict.PRODUCTION;
      }
      return any(files, FileStatus.PRODUCTION) || generations(files) > 1
          ? SetVerdict.MIXED
          : SetVerdict.LOCAL;
    }

    /** A verifying key of one generation and parameters of another do not fit together. */
    private long generations(List<FileCheck> files) {
      return files.stream()
          .map(file -> generated.entry(file.file().name()).orElseThrow().generatedAt())
          .distinct()
          .count();
    }

    private static boolean any(List<FileCheck> files, FileStatus status) {
      return files.stream().anyMatch(file -> file.status() == status);
    }
  }
}
