package io.selkie.sealing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.scheduler.Failure;
import io.selkie.serialization.NodeMessage;
import io.selkie.storage.SealRecord.PhaseTime;
import io.selkie.storage.SectorCopy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a driver tells of its sector. Facts that it has not got to are absent.
 *
 * @param state Lotus's name of it
 * @param step the part of the state, such as {@code Commit2} of {@code Committing}
 * @param since when it came there
 * @param waitsFor why it does not go on at the moment, if it is known
 * @param failure why the step failed, if it did
 * @param phases how long the finished ones took, their waiting included
 * @param transfer how its way to long-term storage ended, or got stuck
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record SealingStatus(
    SectorId sector,
    SealProofType proofType,
    SealingStateName state,
    String step,
    Instant since,
    Instant begunAt,
    Optional<UUID> request,
    Optional<String> waitsFor,
    Optional<Failure> failure,
    List<PieceInfo> pieces,
    Optional<Ticket> ticket,
    Optional<Long> ticketEpoch,
    Optional<CommD> commD,
    Optional<CommR> commR,
    Optional<Long> preCommitEpoch,
    Optional<Seed> seed,
    Optional<Long> seedEpoch,
    Optional<SealProof> proof,
    Optional<Long> activation,
    List<PhaseTime> phases,
    Optional<Transfer> transfer)
    implements NodeMessage {
  /** The lists are copied. */
  public SealingStatus {
    pieces = List.copyOf(pieces);
    phases = List.copyOf(phases);
  }

  /**
   * How a transfer stands that is not under way.
   *
   * @param state {@code done}, or {@code failed} until it is tried again
   * @param copy the verified one, if it is made
   * @param released whether the source is deleted
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Transfer(
      String state, Optional<SectorCopy> copy, boolean released, Optional<Failure> failure) {}

  static SealingStatus of(SealingState.Known state, Optional<String> waitsFor) {
    SealingFacts facts = state.facts();
    Optional<SealingFacts.Proven> proven = as(SealingFacts.Proven.class, facts);
    Optional<SealingFacts.Proved> proved =
        proven.map(SealingFacts.Proven::proved).or(() -> as(SealingFacts.Proved.class, facts));
    Optional<SealingFacts.Seeded> seeded =
        proved
            .map(SealingFacts.Proved::seeded)
            .or(
                () ->
                    as(SealingFacts.VanillaProved.class, facts)
                        .map(SealingFacts.VanillaProved::seeded))
            .or(() -> as(SealingFacts.Seeded.class, facts));
    Optional<SealingFacts.PreCommitted> preCommitted =
        seeded
            .map(SealingFacts.Seeded::preCommitted)
            .or(() -> as(SealingFacts.PreCommitted.class, facts));
    Optional<SealingFacts.Encoded> encoded =
        preCommitted
            .map(SealingFacts.PreCommitted::encoded)
            .or(() -> as(SealingFacts.Encoded.class, facts));
    Optional<SealingFacts.Labelled> labelled =
        encoded
            .map(SealingFacts.Encoded::labelled)
            .or(() -> as(SealingFacts.Labelled.class, facts));
    Optional<SealingFacts.Ticketed> ticketed =
        labelled
            .map(SealingFacts.Labelled::ticketed)
            .or(() -> as(SealingFacts.Ticketed.class, facts));
    Optional<SealingFacts.Packed> packed =
        ticketed.map(SealingFacts.Ticketed::packed).or(() -> as(SealingFacts.Packed.class, facts));
    return new SealingStatus(
        facts.order().sector(),
        facts.order().proofType(),
        SealingStateName.of(state.getClass()),
        state.getClass().getSimpleName(),
        state.course().since(),
        facts.order().begunAt(),
        facts.order().request(),
        waitsFor,
        failureOf(state),
        packed.map(SealingFacts.Packed::pieces).orElseGet(() -> added(state)),
        ticketed.map(SealingFacts.Ticketed::ticket),
        ticketed.map(SealingFacts.Ticketed::ticketEpoch),
        labelled.map(SealingFacts.Labelled::commD),
        encoded.map(SealingFacts.Encoded::commR),
        preCommitted.map(SealingFacts.PreCommitted::epoch),
        seeded.map(SealingFacts.Seeded::seed),
        seeded.map(SealingFacts.Seeded::seedEpoch),
        proved.map(SealingFacts.Proved::proof),
        proven.map(SealingFacts.Proven::epoch),
        state.course().phases(),
        transferOf(state));
  }

  private static <T extends SealingFacts> Optional<T> as(Class<T> type, SealingFacts facts) {
    return Optional.of(facts).filter(type::isInstance).map(type::cast);
  }

  private static Optional<Failure> failureOf(SealingState state) {
    if (state instanceof SealingState.Failed failed) {
      return Optional.of(failed.failure());
    }
    return state instanceof SealingState.FailedUnrecoverable given
        ? Optional.of(given.failure())
        : Optional.empty();
  }

  private static Optional<Transfer> transferOf(SealingState state) {
    if (state instanceof SealingState.Transferred transferred) {
      return Optional.of(
          new Transfer("done", Optional.of(transferred.copy()), false, Optional.empty()));
    }
    if (state instanceof SealingState.Stored stored) {
      return Optional.of(new Transfer("done", Optional.of(stored.copy()), true, Optional.empty()));
    }
    if (state instanceof SealingState.NotTransferred stuck) {
      return Optional.of(
          new Transfer(
              "failed",
              transferOf(stuck.at()).flatMap(Transfer::copy),
              false,
              Optional.of(stuck.failure())));
    }
    return Optional.empty();
  }

  private static List<PieceInfo> added(SealingState state) {
    return state instanceof SealingState.Packing packing ? packing.added() : List.of();
  }
}
