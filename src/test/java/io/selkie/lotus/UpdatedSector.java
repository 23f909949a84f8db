package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PieceInfo;
import io.selkie.lotus.wire.ReplicaUpdateOut;
import io.selkie.lotus.wire.SectorCids;
import java.util.List;
import java.util.Optional;

/**
 * What a miner has of an updated sector in the end.
 *
 * @param cids of the sealed one
 * @param pieces of the update
 * @param vanilla proofs of the update
 * @param proof of the update, if one was asked for
 */
public record UpdatedSector(
    SectorCids cids,
    List<PieceInfo> pieces,
    ReplicaUpdateOut update,
    List<Bytes> vanilla,
    Optional<Bytes> proof) {}
