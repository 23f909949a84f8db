package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import io.selkie.files.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Generates the sets that are not there yet, one run at a time per directory. A set is in place as
 * a whole or not at all, and nothing that is there is ever replaced.
 */
public final class ParameterGenerator {
  private static final long SPACE_MARGIN_BYTES = 16_000_000;

  private final ParameterManifest manifest;
  private final ParameterDirectory directory;
  private final String selkieVersion;
  private final Clock clock;
  private final FreeSpace freeSpace;
  private final ParameterVerifier verifier;
  private final Installation installation;

  /** A generator for that directory; the version is recorded with each file. */
  public ParameterGenerator(
      ParameterManifest manifest, ParameterDirectory directory, String selkieVersion) {
    this(manifest, directory, selkieVersion, Clock.systemUTC(), FreeSpace.ofFileSystem());
  }

  ParameterGenerator(
      ParameterManifest manifest,
      ParameterDirectory directory,
      String selkieVersion,
      Clock clock,
      FreeSpace freeSpace) {
    this.manifest = manifest;
    this.directory = directory;
    this.selkieVersion = selkieVersion;
    this.clock = clock;
    this.freeSpace = freeSpace;
    this.verifier = new ParameterVerifier(manifest, directory, clock);
    this.installation = new Installation(directory);
  }

  /**
   * Generates those of the sets that are not usable. Waits while another run works in the
   * directory, then looks again what is left to do.
   *
   * @throws ParameterException if the size is too large to generate, files are in the way, or the
   *     disk is too small
   * @throws IOException if generating or writing fails; sets finished before stay
   */
  public GenerationResult generate(
      SectorSize size, Set<ParameterSet> sets, Generation backend, ParameterListener listener)
      throws IOException, InterruptedException {
    if (!GenerationCost.isGeneratable(size)) {
      throw new ParameterException(
          "parameters for "
              + size
              + " cannot be generated in useful time: run selkie params fetch --sector-size "
              + size);
    }
    ParameterReport before = check(size, sets, listener);
    if (before.usable()) {
      return new GenerationResult(List.of(), names(before.sets()), before);
    }
    directory.create();
    ParameterLock lock =
        ParameterLock.acquire(directory, "generate parameters for " + size, listener);
    try (lock) {
      installation.recover(listener);
      ParameterReport now = check(size, sets, listener);
      List<SetCheck> todo = now.unusable();
      requireNothingInTheWay(todo);
      requireSpace(size, todo);
      for (int i = 0; i < todo.size(); i++) {
        String title =
            "generate " + todo.get(i).set() + " (" + (i + 1) + " of " + todo.size() + ")";
        generate(size, todo.get(i).set(), title, backend, listener);
      }
      ParameterReport after = check(size, sets, listener);
      after.requireUsable();
      List<SetCheck> there = now.sets().stream().filter(SetCheck::usable).toList();
      return new GenerationResult(names(todo), names(there), after);
    }
  }

  private ParameterReport check(SectorSize size, Set<ParameterSet> sets, ParameterListener listener)
      throws IOException {
    return verifier.verify(size, sets, ParameterVerifier.Depth.QUICK, listener);
  }

  private static void requireNothingInTheWay(List<SetCheck> todo) throws ParameterException {
    for (SetCheck set : todo) {
      List<String> there =
          set.files().stream()
              .filter(file -> file.status() != FileStatus.MISSING)
              .map(file -> file.file().name())
              .toList();
      if (!there.isEmpty()) {
        throw new ParameterException(
            "will not overwrite "
                + String.join(" and ", there)
                + ": move it away to generate "
                + set.set()
                + ", or run: selkie params fetch --sector-size "
                + set.size()
                + " --sets "
                + set.set());
      }
    }
  }

  private void requireSpace(SectorSize size, List<SetCheck> todo) throws IOException {
    long bytes = todo.stream().mapToLong(set -> GenerationCost.of(size, set.set()).bytes()).sum();
    freeSpace.require(directory.path(), bytes + SPACE_MARGIN_BYTES, "generating " + names(todo));
  }

  private void generate(
      SectorSize size,
      ParameterSet set,
      String title,
      Generation backend,
      ParameterListener listener)
      throws IOException, InterruptedException {
    GenerationCost cost = GenerationCost.of(size, set);
    listener.message(
        "generating the " + set + " parameters for " + size + ": about " + cost.describe());
    Path temporary = installation.temporaryDirectory(set);
    boolean recorded = false;
    try {
      listener.begin(title, OptionalLong.of(1000), ParameterListener.Unit.PER_MILLE);
      try {
        backend.generate(size, set, temporary, progress(listener));
      } finally {
        listener.end();
      }
      Map<String, GeneratedRecord.Entry> entries =
          installation.describe(
              temporary, manifest.required(size, set), clock.instant(), selkieVersion);
      GeneratedRecord.read(directory).with(entries).write(directory);
      recorded = true;
      installation.moveIntoPlace(temporary, entries);
    } finally {
      // Once recorded, the files stay for the next run to finish.
      if (!recorded) {
        FileTree.delete(temporary);
      }
    }
  }

  private static GenerationProgress progress(ParameterListener listener) {
    return new GenerationProgress() {
      @Override
      public void step(String name) {
        listener.step(name);
      }

      @Override
      public void done(double fraction) {
        listener.advanceTo(Math.round(fraction * 1000));
      }
    };
  }

  private static List<ParameterSet> names(List<SetCheck> checks) {
    return checks.stream().map(SetCheck::set).toList();
  }
}
