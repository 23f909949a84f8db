package io.selkie.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.proofs.ProofsProgress;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.HostMode;
import io.selkie.scheduler.HostStatus;
import io.selkie.sector.SectorState;
import io.selkie.transfer.TransferActor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What the node does for its callers. A call that is refused completes with {@link
 * OperationException}; after any other failure it is not known whether it had its effect. No call
 * blocks.
 */
public interface Operations {
  /**
   * Begins a sector of zeros. Durable when it completes.
   *
   * @param request the same again gives the same sector
   */
  CompletionStage<Begun> pledge(UUID request, SectorSize size);

  /**
   * Begins a sector with these pieces. Durable when it completes; from then on the files belong to
   * the sector, and are removed when it needs them no more. If the call is refused or was made
   * before, the caller removes them. A crash right before it is durable leaves files that no sector
   * names.
   *
   * @param request the same again gives the same sector
   * @param pieces in the order in which they fill the sector; they fit
   */
  CompletionStage<Begun> seal(UUID request, SectorSize size, List<SpooledPiece> pieces);

  /**
   * Ends the sector's running task.
   *
   * @param by who wants it
   * @param cause one line for the sector's history
   */
  CompletionStage<Void> abort(SectorId sector, String by, String cause);

  /** Tries a failed or aborted task again. */
  CompletionStage<Void> retry(SectorId sector, String by);

  /** Removes the sector and all its files. */
  CompletionStage<Void> remove(SectorId sector, String by);

  /**
   * Whether the sector was given its number here, also if nothing more happened to it yet. One
   * cheap query that makes nothing, whatever name it is asked for.
   */
  CompletionStage<Boolean> isNumbered(SectorId sector);

  /** The sector's state from its actor; it is only asked for a sector that is known. */
  CompletionStage<SectorState> state(SectorId sector);

  /**
   * What the driver that steps the sector knows of it; empty if none drives it. It is only asked
   * for a sector that is known or numbered: asking makes the driver, and the journal remembers it.
   */
  CompletionStage<Optional<JsonNode>> driver(SectorId sector);

  /** How far the prover of the sector's task is; empty if none told. Answers from memory. */
  Optional<ProofsProgress> progress(SectorId sector);

  /**
   * Takes data out of a sector. Completes when nothing writes to the target any more.
   *
   * @param offset first unpadded byte
   * @param length how many; empty: to the sector's end
   * @param target a file that is not there yet; it is removed by the caller whatever comes
   * @param calledOff completes when nobody waits for the data any more: the work is ended as soon
   *     as it can be
   */
  CompletionStage<Void> unseal(
      SectorId sector,
      long offset,
      Optional<Long> length,
      Path target,
      CompletionStage<?> calledOff);

  /** Transfers of sealed sectors that this node has under way. */
  CompletionStage<TransferActor.Overview> transfers();

  /** Holds the transfer of a sector, or all; durable when it completes. */
  CompletionStage<Void> pauseTransfers(Optional<SectorId> sector);

  /**
   * Lets the transfer of a sector, or all, go on; one sector's that has failed is tried again.
   *
   * @param by who wants it
   */
  CompletionStage<Void> resumeTransfers(Optional<SectorId> sector, String by);

  /** Why each waiting task waits, by the text of its id. */
  CompletionStage<Map<String, String>> explain();

  /** The hosts of the farm, and what each is at. */
  CompletionStage<List<HostStatus>> hosts();

  /**
   * An operator's order for a host; durable when it completes.
   *
   * @param by who wants it
   */
  CompletionStage<Void> orderHost(HostId host, HostMode mode, String by);

  /** A host that is gone, and had no sectors, is not to be listed any more. */
  CompletionStage<Void> forgetHost(HostId host, String by);

  /** What must be well before the node takes work. */
  CompletionStage<List<Check>> readiness();

  /**
   * A sector that was begun.
   *
   * @param repeated whether an earlier call with the same request began it
   */
  record Begun(SectorId sector, boolean repeated) {}

  /**
   * A file whose first bytes make a piece.
   *
   * @param file durable, with its name
   * @param bytes its length, at least 1
   * @param name what the client calls it
   */
  record SpooledPiece(Path file, long bytes, Optional<String> name) {}

  /**
   * One condition of readiness.
   *
   * @param name such as {@code journal}
   * @param problem one line that says what to do; empty: it is met
   */
  record Check(String name, Optional<String> problem) {}
}
