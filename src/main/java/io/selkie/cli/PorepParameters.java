package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.node.Build;
import io.selkie.params.ParameterGenerator;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterReport;
import io.selkie.params.ParameterSet;
import io.selkie.params.ParameterVerifier;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** The parameters that Commit2 and its verification need. */
final class PorepParameters {
  private static final Set<ParameterSet> POREP = EnumSet.of(ParameterSet.POREP);

  private final CommandContext context;
  private final ParameterListener progress;

  PorepParameters(CommandContext context, ParameterListener progress) {
    this.context = context;
    this.progress = progress;
  }

  /**
   * Does nothing if they are there and good.
   *
   * @throws IOException else; one line that says how to get them
   */
  void require(SectorSize size) throws IOException {
    check(size).requireUsable();
  }

  /**
   * Generates them if they are of 2 KiB, missing, and that is wanted. Does nothing where no proofs
   * are made.
   *
   * @throws IOException if they are not usable in the end; one line
   */
  void requireOrGenerate(SectorSize size, boolean generate)
      throws IOException, InterruptedException {
    if (context.standsIn()) {
      return;
    }
    ParameterReport report = check(size);
    if (!report.usable() && generate && size == SectorSize.KIB_2) {
      progress.message(
          "the parameters of 2KiB proofs are missing: generating them once (8 to 16 minutes)");
      new ParameterGenerator(context.manifest(), context.parameters(), Build.version())
          .generate(size, POREP, new ProverGeneration(context), progress);
    } else {
      report.requireUsable();
    }
  }

  private ParameterReport check(SectorSize size) throws IOException {
    return new ParameterVerifier(context.manifest(), context.parameters())
        .verify(size, POREP, ParameterVerifier.Depth.QUICK, progress);
  }
}
