package io.selkie.proofs;

import java.nio.file.Path;

/**
 * Where the files of a sector lie, in Lotus's layout.
 *
 * @param unsealed the data with Fr32 padding; need not exist after PreCommit1
 * @param sealed the replica
 * @param cache the directory of layers and trees
 * @param manifest Selkie's record of these files, which the native side alone writes
 */
public record SectorPaths(Path unsealed, Path sealed, Path cache, Path manifest) {}
