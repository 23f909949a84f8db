package io.selkie.cli;

import io.selkie.filecoin.SectorSize;
import io.selkie.params.FileStatus;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import io.selkie.params.ParameterSet;
import io.selkie.params.ParameterVerifier;
import io.selkie.params.SetCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a host needs that was started to do Commit2 ({@code --commit}). A worker that fails each
 * proof after hours of other work is worse than one that does not start (MISSION.md B1).
 */
final class CommitParameters {
  private CommitParameters() {}

  /**
   * Looks at the parameters. Files that were read before and have not changed are not read again.
   *
   * @param sizes of sectors that the host may meet: one of them is enough, since the miner has not
   *     said yet which is its own
   * @return a line for each size of which there is something that is of no use
   * @throws IOException if there are none of any size; one line that says what to run
   */
  static List<String> require(
      ParameterManifest manifest,
      ParameterDirectory directory,
      Set<SectorSize> sizes,
      ParameterListener progress)
      throws IOException {
    ParameterVerifier verifier = new ParameterVerifier(manifest, directory);
    List<SetCheck> checks = new ArrayList<>();
    for (SectorSize size : sizes) {
      checks.addAll(
          verifier
              .verify(size, EnumSet.of(ParameterSet.POREP), ParameterVerifier.Depth.QUICK, progress)
              .sets());
    }
    List<String> useless =
        checks.stream().filter(CommitParameters::isBegun).map(SetCheck::line).toList();
    if (checks.stream().anyMatch(SetCheck::usable)) {
      return useless;
    }
    throw new IOException(
        "--commit: Commit2 needs Groth parameters, and "
            + directory
            + (useless.isEmpty()
                ? " has none; run: selkie params fetch --sector-size SIZE --sets porep, with the"
                    + " size of the miner's sectors"
                : " has none that are of use: " + useless.get(0)));
  }

  /** Not usable, though something is there. */
  private static boolean isBegun(SetCheck check) {
    return !check.usable()
        && check.files().stream().anyMatch(file -> file.status() != FileStatus.MISSING);
  }
}
