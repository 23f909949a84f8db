package io.selkie.lotus.calls;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.HostId;
import io.selkie.storage.FileType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What a call has hosts of the farm do. All of it may be done again. */
public interface CallEffects {
  /**
   * Whether a host is still taking the bytes of a pushed piece; fails if the host does not answer.
   */
  CompletionStage<Boolean> isTakingPiece(HostId host, UUID call);

  /**
   * Computes a commitment at the host that has the bytes; fails if it cannot be had now.
   *
   * @param file where the bytes are; empty: there are none
   */
  CompletionStage<CallOutcome> dataCid(UUID call, CallOrder.DataCid order, Optional<Path> file);

  /** Whether anybody has one of these files, of the farm or not; fails if that is not known now. */
  CompletionStage<Boolean> isAnywhere(SectorId sector, Set<FileType> types);

  /**
   * Has files at a path of a host, whichever takes them; fails if they cannot be had now.
   *
   * @param order a {@link CallOrder.Fetch} to a path that stores, or a {@link CallOrder.Download}
   * @param first the host that has files of the sector
   * @return failed with code {@link CallOrder#SEALED_HERE} if that host sealed them
   */
  CompletionStage<CallOutcome> store(
      UUID call, SectorId sector, CallOrder order, Optional<HostId> first);

  /**
   * Does at the host of the sector's files what is left to do there, declares its files in the
   * miner's index, and tells the miner the outcome. Ends when the miner has it.
   *
   * @param host that has the sector's files; empty: none does
   */
  CompletionStage<Void> report(UUID call, CallState.Ended ended, Optional<HostId> host);
}
