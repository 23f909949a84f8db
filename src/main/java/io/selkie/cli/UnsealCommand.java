package io.selkie.cli;

import io.selkie.filecoin.SectorId;
import io.selkie.params.ParameterListener;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie unseal}. */
@Command(
    name = "unseal",
    description = "Get a file back out of a sealed sector, from its replica.",
    mixinStandardHelpOptions = true)
final class UnsealCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "SECTOR", description = "A sector such as s-t01000-1.")
  @SuppressWarnings("NullAway.Init")
  private SectorId sector;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(
      names = "--piece",
      paramLabel = "N",
      description = "Which file, counted from 0; needed if the sector holds several.")
  private Optional<Integer> piece = Optional.empty();

  @Option(
      names = "--range",
      paramLabel = "OFFSET:LENGTH",
      description = "Only these bytes of the file (default: all).")
  private Optional<ByteRange> range = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where to write.")
  @SuppressWarnings("NullAway.Init")
  private Path output;

  UnsealCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::unseal);
  }

  private boolean unseal() throws IOException, InterruptedException {
    NodeFinder nodes = node.nodes(context);
    ParameterListener progress = context.progress().get();
    try (OutputFile target = OutputFile.at(output)) {
      if (nodes.repo().isPresent()) {
        Path repo = nodes.repo().get();
        requireOutside(new SectorFiles(repo, sector), target);
        if (Files.isDirectory(repo)) {
          for (StoragePath path : context.paths(repo).all()) {
            requireOutside(path.files(sector), target);
          }
        }
      }
      try (NodeSession session = nodes.runningOrStarted()) {
        SectorReport report = session.client().sector(sector);
        if (!report.isSealed()) {
          throw new IOException(sector + " is not sealed: it has no replica yet");
        }
        StoredFile whole = StoredFile.choose(sector, report.pieces(), piece);
        StoredFile wanted = range.isPresent() ? whole.part(range.get()) : whole;
        progress.begin("Unseal", OptionalLong.of(wanted.length()), ParameterListener.Unit.BYTES);
        try {
          session.client().data(sector, wanted, target.temporary(), progress::advanceTo);
        } finally {
          progress.end();
        }
        target.finish();
        progress.message("wrote " + wanted.length() + " bytes to " + output);
      }
    }
    return true;
  }

  /** A sector's own files are no place for output. */
  private void requireOutside(SectorFiles files, OutputFile target) throws IOException {
    for (Path own : List.of(files.unsealed(), files.sealed(), files.cache(), files.manifest())) {
      if (target.isBelow(own.resolveSibling(""))) {
        throw new IOException(output + " lies among the sectors of " + files.root());
      }
    }
  }
}
