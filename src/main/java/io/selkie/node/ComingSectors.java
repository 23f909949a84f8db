package io.selkie.node;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostLoad;
import io.selkie.scheduler.TaskKind;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.SectorPlaces;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import io.selkie.transfer.SealingPlaces;
import io.selkie.worker.HostLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where sectors arrive that others began and this host goes on with: on a path that seals, claimed
 * and with all the space that they need from then on.
 */
record ComingSectors(HostId host, SectorPlaces places, StoragePaths paths, HostLedger ledger)
    implements SealingPlaces {
  @Override
  public Path take(SectorId sector, SealProofType type, int generation) throws IOException {
    // The scheduler chose this host with its limits in view, but others may have been quicker.
    HostLoad load = new HostLoad(host, ledger.limits(), ledger.sectors(), Optional.empty());
    Optional<HostLoad.Refusal> refusal =
        load.refusalToCome(new HostLoad.Load(TaskKind.FINALIZE, sector, Optional.of(type)));
    if (refusal.isPresent()) {
      throw new IOException(refusal.get().reason());
    }
    SectorFiles files = places.claim(sector, generation);
    files.createDirectories();
    StoragePath.requireOneFileSystem(files.root());
    ledger.comes(sector, type, files.root());
    return files.root();
  }

  @Override
  public List<Path> roots() {
    return paths.all().stream()
        .filter(path -> path.settings().canSeal())
        .map(StoragePath::root)
        .toList();
  }
}
