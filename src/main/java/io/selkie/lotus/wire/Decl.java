package io.selkie.lotus.wire;

import io.selkie.filecoin.MinerId;

/** Files of a sector that a path holds, as {@code StorageList} has them. */
public record Decl(MinerId miner, long number, SectorFileTypes sectorFileType) {}
