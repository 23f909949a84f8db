package io.selkie.sealing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.CommD;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.SealProof;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.proofs.PieceSource;
import io.selkie.scheduler.HostId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is known of a sector. Each kind rests on the one before it: where it is, so are they. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "known")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SealingFacts.Order.class, name = "Order"),
  @JsonSubTypes.Type(value = SealingFacts.Packed.class, name = "Packed"),
  @JsonSubTypes.Type(value = SealingFacts.Ticketed.class, name = "Ticketed"),
  @JsonSubTypes.Type(value = SealingFacts.Labelled.class, name = "Labelled"),
  @JsonSubTypes.Type(value = SealingFacts.Encoded.class, name = "Encoded"),
  @JsonSubTypes.Type(value = SealingFacts.PreCommitted.class, name = "PreCommitted"),
  @JsonSubTypes.Type(value = SealingFacts.Seeded.class, name = "Seeded"),
  @JsonSubTypes.Type(value = SealingFacts.VanillaProved.class, name = "VanillaProved"),
  @JsonSubTypes.Type(value = SealingFacts.Proved.class, name = "Proved"),
  @JsonSubTypes.Type(value = SealingFacts.Proven.class, name = "Proven")
})
public sealed interface SealingFacts {
  /** What was asked for. */
  Order order();

  /**
   * A piece to be added.
   *
   * @param size padded
   * @param source a file, or zeros for a filler
   * @param name what the client calls it
   */
  record PlannedPiece(PaddedSize size, PieceSource source, Optional<String> name) {}

  /**
   * A sector that was asked for.
   *
   * @param plan its pieces and fillers, in order; they fill it
   * @param request by which the client asked
   * @param host that its files were uploaded to; empty: the one that it is sealed on
   */
  record Order(
      SectorId sector,
      SealProofType proofType,
      List<PlannedPiece> plan,
      Optional<UUID> request,
      Optional<HostId> host,
      Instant begunAt)
      implements SealingFacts {
    /** The list is copied. */
    public Order {
      plan = List.copyOf(plan);
    }

    @Override
    public Order order() {
      return this;
    }

    /** Whether this is what was ordered; an upload of the same files has other names here. */
    boolean isFor(SealProofType type, List<PlannedPiece> pieces) {
      return proofType == type && contents(plan).equals(contents(pieces));
    }

    private static List<List<Object>> contents(List<PlannedPiece> pieces) {
      return pieces.stream()
          .map(piece -> List.<Object>of(piece.size(), piece.source().bytes(), piece.name()))
          .toList();
    }

    /** Whether the sector holds zeros only: committed capacity. */
    boolean isEmpty() {
      return spool().isEmpty();
    }

    /** The files that were uploaded for it, and where. */
    Uploads uploads() {
      return new Uploads(host, spool());
    }

    /** The files that were uploaded for it. */
    List<Path> spool() {
      return plan.stream().flatMap(piece -> piece.source().path().stream()).toList();
    }
  }

  /** All pieces are in the unsealed file. */
  record Packed(Order order, List<PieceInfo> pieces) implements SealingFacts {
    /** The list is copied. */
    public Packed {
      pieces = List.copyOf(pieces);
    }
  }

  /** The ticket, and the epoch that it was drawn from, which may be negative. */
  record Ticketed(Packed packed, Ticket ticket, long ticketEpoch) implements SealingFacts {
    @Override
    public Order order() {
      return packed.order();
    }
  }

  /**
   * What PreCommit1 gave.
   *
   * @param output what PreCommit2 takes
   */
  record Labelled(Ticketed ticketed, Bytes output, CommD commD) implements SealingFacts {
    @Override
    public Order order() {
      return ticketed.order();
    }
  }

  /** What PreCommit2 gave. */
  record Encoded(Labelled labelled, CommR commR) implements SealingFacts {
    @Override
    public Order order() {
      return labelled.order();
    }
  }

  /** The pre-commit is on chain since the epoch. */
  record PreCommitted(Encoded encoded, long epoch) implements SealingFacts {
    @Override
    public Order order() {
      return encoded.order();
    }
  }

  /** The seed, and the epoch that it was drawn from. */
  record Seeded(PreCommitted preCommitted, Seed seed, long seedEpoch) implements SealingFacts {
    @Override
    public Order order() {
      return preCommitted.order();
    }
  }

  /** What Commit1 gave: a file and its digest. */
  record VanillaProved(Seeded seeded, Path output, String digest) implements SealingFacts {
    @Override
    public Order order() {
      return seeded.order();
    }
  }

  /** What Commit2 gave. */
  record Proved(Seeded seeded, SealProof proof) implements SealingFacts {
    @Override
    public Order order() {
      return seeded.order();
    }
  }

  /** The sector is proven on chain since the epoch. */
  record Proven(Proved proved, long epoch) implements SealingFacts {
    @Override
    public Order order() {
      return proved.order();
    }
  }
}
