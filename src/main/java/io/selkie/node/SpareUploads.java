package io.selkie.node;

import io.selkie.filecoin.SectorId;
import io.selkie.sealing.Sealing;
import io.selkie.storage.Orphan;
import io.selkie.view.SectorFilter;
import io.selkie.view.SectorSummary;
import io.selkie.view.SectorView;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Uploads that were complete when the node was killed, right before their sector was begun: no
 * sector names them. Only what lay there before this node's first call is looked at.
 */
final class SpareUploads {
  private final Set<Path> left;
  private final Sealing sealing;
  private final SectorView view;

  private SpareUploads(Set<Path> left, Sealing sealing, SectorView view) {
    this.left = left;
    this.sealing = sealing;
    this.view = view;
  }

  /**
   * Looks what is there.
   *
   * @param spool before it is opened for calls; it need not be there
   * @throws IOException if it cannot be read
   */
  static SpareUploads in(Path spool, Sealing sealing, SectorView view) throws IOException {
    return new SpareUploads(filesIn(spool), sealing, view);
  }

  private static Set<Path> filesIn(Path spool) throws IOException {
    Set<Path> left = new HashSet<>();
    if (Files.isDirectory(spool, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(spool)) {
        for (Path file : files) {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            left.add(file.toAbsolutePath());
          }
        }
      }
    }
    return left;
  }

  /** Those that are still there and that no sector names. */
  List<Orphan> find() throws IOException {
    List<Path> there = left.stream().filter(Files::exists).sorted().toList();
    if (there.isEmpty()) {
      return List.of();
    }
    Set<Path> named = named();
    List<Orphan> spare = new ArrayList<>();
    for (Path file : there) {
      if (!named.contains(file)) {
        spare.add(
            new Orphan(
                Orphan.Kind.UPLOAD,
                Optional.empty(),
                List.of(file),
                Files.size(file),
                "it was uploaded for a sector that was never begun",
                false));
      }
    }
    return spare;
  }

  /** Whether no sector names the file now. */
  boolean isSpare(Path file) throws IOException {
    return left.contains(file) && !named().contains(file);
  }

  /** A sector that is done needs its uploads no more, and the read model never runs ahead. */
  private Set<Path> named() throws IOException {
    Set<SectorId> done = new HashSet<>();
    SectorFilter filter = SectorFilter.all();
    List<SectorSummary> page = view.list(filter);
    while (!page.isEmpty()) {
      page.stream()
          .filter(SectorSummary::driverFinished)
          .map(SectorSummary::sector)
          .forEach(done::add);
      page = view.list(filter.after(page.get(page.size() - 1).sector()));
    }
    Set<Path> named = new HashSet<>();
    for (SectorId sector : JournalStandings.await(sealing.numbered())) {
      if (!done.contains(sector)) {
        named.addAll(JournalStandings.await(sealing.spool(sector)));
      }
    }
    return named;
  }
}
