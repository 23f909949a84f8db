package io.selkie.sealing;

import io.selkie.filecoin.PieceInfo;
import io.selkie.storage.OwnReplica;
import io.selkie.storage.SealRecord;
import io.selkie.storage.SectorManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The record of a seal, for checks without a node. */
final class SealRecords {
  private SealRecords() {}

  /** The record of a sector that is proven: the chain verified its proof. */
  static SealRecord of(SealingFacts.Proven facts, List<SealRecord.PhaseTime> phases) {
    SealingFacts.Seeded seeded = facts.proved().seeded();
    SealingFacts.Encoded encoded = seeded.preCommitted().encoded();
    SealingFacts.Labelled labelled = encoded.labelled();
    SealingFacts.Ticketed ticketed = labelled.ticketed();
    return new SealRecord(
        facts.order().sector(),
        facts.order().proofType(),
        pieces(ticketed.packed()),
        Optional.of(labelled.commD()),
        Optional.of(encoded.commR()),
        Optional.of(ticketed.ticket()),
        Optional.of(seeded.seed()),
        Optional.of(facts.proved().proof()),
        phases,
        Optional.of(true));
  }

  /** What is known of the replica. */
  static OwnReplica replica(SealingFacts facts) {
    Optional<SealingFacts.Encoded> encoded = encoded(facts);
    Optional<SealingFacts.Ticketed> ticketed =
        encoded.isPresent()
            ? encoded.map(known -> known.labelled().ticketed())
            : facts instanceof SealingFacts.Labelled labelled
                ? Optional.of(labelled.ticketed())
                : facts instanceof SealingFacts.Ticketed known
                    ? Optional.of(known)
                    : Optional.empty();
    return new OwnReplica(
        ticketed.map(SealingFacts.Ticketed::ticket), encoded.map(SealingFacts.Encoded::commR));
  }

  private static Optional<SealingFacts.Encoded> encoded(SealingFacts facts) {
    if (facts instanceof SealingFacts.Encoded encoded) {
      return Optional.of(encoded);
    } else if (facts instanceof SealingFacts.PreCommitted sent) {
      return Optional.of(sent.encoded());
    } else if (facts instanceof SealingFacts.Seeded seeded) {
      return encoded(seeded.preCommitted());
    } else if (facts instanceof SealingFacts.VanillaProved proved) {
      return encoded(proved.seeded());
    } else if (facts instanceof SealingFacts.Proved proved) {
      return encoded(proved.seeded());
    } else if (facts instanceof SealingFacts.Proven proven) {
      return encoded(proven.proved());
    }
    return Optional.empty();
  }

  private static List<SectorManifest.Piece> pieces(SealingFacts.Packed facts) {
    List<SectorManifest.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < facts.pieces().size(); i++) {
      PieceInfo piece = facts.pieces().get(i);
      SealingFacts.PlannedPiece planned = facts.order().plan().get(i);
      long bytes = planned.source().path().isPresent() ? planned.source().bytes().orElse(0L) : 0;
      pieces.add(new SectorManifest.Piece(piece.size(), piece.commP(), bytes, planned.name()));
    }
    return pieces;
  }
}
