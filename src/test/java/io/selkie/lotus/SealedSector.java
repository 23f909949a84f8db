package io.selkie.lotus;

import io.selkie.filecoin.Bytes;
import io.selkie.filecoin.PieceInfo;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import io.selkie.lotus.wire.SectorCids;
import io.selkie.lotus.wire.SectorRef;
import java.util.List;
import java.util.Map;

/**
 * What a miner has of a sector in the end.
 *
 * @param replica what it pulled; empty if it stayed at a worker
 * @param cache what it pulled, by name
 */
public record SealedSector(
    SectorRef sector,
    List<PieceInfo> pieces,
    Ticket ticket,
    Seed seed,
    SectorCids cids,
    Bytes proof,
    Bytes replica,
    Map<String, Bytes> cache) {}
