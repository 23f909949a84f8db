package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.params.Generation;
import io.selkie.params.GenerationProgress;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterSet;
import io.selkie.proofs.ProofsException;
import java.io.IOException;
import java.nio.file.Path;

/** Generates parameters in a prover process whose parameter directory is the one given. */
final class ProverGeneration implements Generation {
  private final CommandContext context;

  ProverGeneration(CommandContext context) {
    this.context = context;
  }

  @Override
  public void generate(
      SectorSize size, ParameterSet set, Path directory, GenerationProgress progress)
      throws IOException, InterruptedException {
    try {
      context
          .proofs()
          .with(ParameterDirectory.VARIABLE, directory.toString())
          .listening(now -> progress.step(now.stage()))
          .generateParameters(size, set);
    } catch (ProofsException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
