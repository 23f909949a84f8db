package io.selkie.lotus.calls;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PaddedSize;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.UnpaddedSize;
import io.selkie.scheduler.HostId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.storage.FileType;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a miner wants of a sector by one call, with every fact that came with it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CallOrder.Perform.class, name = "Perform"),
  @JsonSubTypes.Type(value = CallOrder.AddPushedPiece.class, name = "AddPushedPiece"),
  @JsonSubTypes.Type(value = CallOrder.DataCid.class, name = "DataCid"),
  @JsonSubTypes.Type(value = CallOrder.Fetch.class, name = "Fetch"),
  @JsonSubTypes.Type(value = CallOrder.Download.class, name = "Download"),
  @JsonSubTypes.Type(value = CallOrder.MoveStorage.class, name = "MoveStorage"),
  @JsonSubTypes.Type(value = CallOrder.ReleaseUnsealed.class, name = "ReleaseUnsealed")
})
public sealed interface CallOrder {
  /** Why a call fails that the caller may mend by calling again: its bytes were lost on the way. */
  String STREAM_LOST = "stream_lost";

  /** Why a call fails that a crash interrupted, and that its caller makes again. */
  String BEGUN_ANEW = "begun_anew";

  /** Why files cannot come to a path that stores so: the farm sealed them, and transfers them. */
  String SEALED_HERE = "sealed_here";

  /** The kind of sector. */
  SealProofType proofType();

  /** What it is called in logs and by fail points, such as {@code PreCommit1} or {@code Fetch}. */
  default String name() {
    return this instanceof Perform perform
        ? perform.request().kind().toString()
        : getClass().getSimpleName();
  }

  /**
   * A task of the sector, as it is.
   *
   * @param at the host that the miner takes for a worker of its own, and asked; absent: the farm
   */
  record Perform(
      TaskRequest request, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> at)
      implements CallOrder {
    /** Asked of the farm. */
    public Perform(TaskRequest request) {
      this(request, Optional.empty());
    }

    @Override
    public SealProofType proofType() {
      return request.proofType();
    }
  }

  /**
   * Adds a piece whose bytes the caller sends to a host of ours. They come once: what was not
   * stored whole is lost with the connection.
   *
   * @param existing padded sizes of the pieces already there, in order
   * @param size of the new one
   * @param host that takes the bytes
   */
  record AddPushedPiece(
      SealProofType proofType, List<PaddedSize> existing, UnpaddedSize size, HostId host)
      implements CallOrder {
    /** The list is copied. */
    public AddPushedPiece {
      existing = List.copyOf(existing);
    }
  }

  /**
   * Computes the commitment of data that belongs to no sector yet: {@link #NO_SECTOR} is the
   * call's.
   *
   * @param size of the piece; after the data come zeros
   * @param host that takes the bytes, and computes
   * @param zeros whether there is no data, and nothing comes
   */
  record DataCid(UnpaddedSize size, HostId host, boolean zeros) implements CallOrder {
    /** What a miner reads in the id of such a call. */
    public static final SectorId NO_SECTOR = new SectorId(new MinerId(0), 0);

    /** Of the largest kind: the commitment of a piece is the same for all. */
    @Override
    public SealProofType proofType() {
      return SealProofType.STACKED_DRG_64GIB_V1_1;
    }
  }

  /**
   * Has files of the sector where the next task works on them.
   *
   * @param stored whether on a path that stores, else on one that seals
   * @param moved whether they leave where they were
   * @param at the host that the miner takes for a worker of its own, and asked; absent: the farm
   */
  record Fetch(
      SealProofType proofType,
      Set<FileType> types,
      boolean stored,
      boolean moved,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<HostId> at)
      implements CallOrder {
    /** The set is copied. */
    public Fetch {
      types = Set.copyOf(types);
    }

    /** Asked of the farm. */
    public Fetch(SealProofType proofType, Set<FileType> types, boolean stored, boolean moved) {
      this(proofType, types, stored, moved, Optional.empty());
    }
  }

  /**
   * Gets files of the sector from where they are offered.
   *
   * @param stored whether to a path that stores, else to one that seals
   * @param from the address of each file
   * @param host that was asked, and is to have them if it has room
   */
  record Download(SealProofType proofType, boolean stored, Map<FileType, Source> from, HostId host)
      implements CallOrder {
    /** The map is copied. */
    public Download {
      from = Map.copyOf(from);
    }

    /**
     * Where a file is.
     *
     * @param headers that are sent along; they may let us in there
     */
    public record Source(URI url, List<Header> headers) {
      /** The list is copied. */
      public Source {
        headers = List.copyOf(headers);
      }

      /** Without what may be a secret. */
      @Override
      public String toString() {
        return String.valueOf(url.getHost());
      }
    }

    /** Of a request. Its text has no value: that may be a secret. */
    public record Header(String name, String value) {
      @Override
      public String toString() {
        return name;
      }
    }
  }

  /** Has files of the sector on a path that stores, if the host has one. */
  record MoveStorage(SealProofType proofType, Set<FileType> types) implements CallOrder {
    /** The set is copied. */
    public MoveStorage {
      types = Set.copyOf(types);
    }
  }

  /**
   * Deletes the unsealed file.
   *
   * @param kept whether parts of it are wanted: then it stays as it is
   */
  record ReleaseUnsealed(SealProofType proofType, boolean kept) implements CallOrder {}
}
