package io.selkie.node;

import io.selkie.filecoin.SectorSize;
import io.selkie.lotus.LotusNode;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterManifest;
import io.selkie.params.ParameterSet;
import io.selkie.params.ParameterVerifier;
import io.selkie.params.SetCheck;
import io.selkie.scheduler.TaskKind;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a host that takes Commit2 has the Groth parameters for the miner's sectors. Files that
 * were read before and have not changed are not read again.
 */
final class MinerSectors implements LotusNode.SizeCheck {
  private final ParameterDirectory directory;
  private final Set<SectorSize> good = ConcurrentHashMap.newKeySet();

  private MinerSectors(ParameterDirectory directory) {
    this.directory = directory;
  }

  /** Of this host; without Commit2, and with provers that only stand in, any size will do. */
  static LotusNode.SizeCheck of(NodeSettings settings) {
    boolean proves = settings.host().slots().getOrDefault(TaskKind.COMMIT_2, 0) > 0;
    return proves && !settings.test().standInProofs()
        ? new MinerSectors(ParameterDirectory.fromEnvironment(settings.environment()))
        : size -> {};
  }

  @Override
  public void require(SectorSize size) throws IOException {
    if (good.contains(size)) {
      return;
    }
    Optional<SetCheck> bad =
        new ParameterVerifier(ParameterManifest.production(), directory)
                .verify(
                    size,
                    EnumSet.of(ParameterSet.POREP),
                    ParameterVerifier.Depth.QUICK,
                    ParameterListener.silent())
                .sets()
                .stream()
                .filter(check -> !check.usable())
                .findFirst();
    if (bad.isPresent()) {
      throw new IOException(
          "the sectors of the miner have "
              + size
              + ", and Commit2 needs parameters for them: "
              + bad.get().line()
              + ", or take no Commit2 here: --parallel-commit2=0");
    }
    good.add(size);
  }
}
