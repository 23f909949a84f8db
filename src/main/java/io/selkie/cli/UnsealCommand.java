package io.selkie.cli;

import io.selkie.filecoin.CommD;
import io.selkie.filecoin.SectorId;
import io.selkie.params.ParameterListener;
import io.selkie.proofs.Proofs;
import io.selkie.proofs.ProofsException;
import io.selkie.proofs.SealWork;
import io.selkie.storage.RepoLock;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where sectors lie (default: ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

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

  private boolean unseal() throws IOException {
    SectorFiles files = new SectorFiles(context.repo(repo), sector);
    SectorManifest manifest =
        SectorManifest.read(files.manifest())
            .orElseThrow(
                () -> new IOException("there is no sector " + sector + " in " + files.root()));
    SectorManifest.PreCommit2 replica =
        manifest
            .replica()
            .orElseThrow(() -> new IOException(sector + " is not sealed: it has no replica yet"));
    CommD commD =
        replica.commD().orElseThrow(() -> new IOException(files.manifest() + " names no commD"));
    StoredFile whole = StoredFile.choose(manifest, piece);
    StoredFile wanted = range.isPresent() ? whole.part(range.get()) : whole;
    ParameterListener progress = context.progress().get();
    try (OutputFile target = outputOutside(files);
        RepoLock lock =
            RepoLock.takeForUnsealing(files)
                .orElseThrow(
                    () -> new IOException("another selkie process is unsealing " + sector))) {
      run(
          new SealWork.Unseal(
              sector,
              manifest.proofType(),
              files.paths(),
              replica.ticket(),
              commD,
              wanted.offset(),
              wanted.length(),
              SealWork.Form.UNPADDED,
              target.temporary(),
              files.scratch()),
          files,
          new PhaseProgress(progress));
      target.finish();
    }
    progress.message("wrote " + wanted.length() + " bytes to " + output);
    return true;
  }

  /** A sector's own files are no place for output. */
  private OutputFile outputOutside(SectorFiles files) throws IOException {
    OutputFile target = OutputFile.at(output);
    for (Path own : List.of(files.unsealed(), files.sealed(), files.cache(), files.manifest())) {
      if (target.isBelow(own.resolveSibling(""))) {
        throw new IOException(output + " lies among the sectors of " + files.root());
      }
    }
    return target;
  }

  private void run(SealWork.Unseal work, SectorFiles files, PhaseProgress progress)
      throws IOException {
    Proofs proofs = context.proofs(files.root()).listening(progress);
    progress.begin("Unseal", "unseal", 1);
    try {
      proofs.unseal(List.of(work)).get(0).orThrow();
    } catch (ProofsException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      progress.end();
    }
  }
}
