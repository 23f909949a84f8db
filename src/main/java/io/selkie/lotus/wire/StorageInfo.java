package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A path in the miner's index.
 *
 * @param urls where its files are served, such as {@code http://10.0.0.2:3456/remote}
 * @param weight how much it is preferred
 * @param maxStorage bytes; 0: no limit
 * @param groups it belongs to
 * @param allowTo groups that its files may go to; none: anywhere
 * @param allowTypes the only types of files; none: all
 * @param allowMiners the only miners, as addresses; none: all
 */
public record StorageInfo(
    @JsonProperty("ID") String id,
    @JsonProperty("URLs") @NilIfEmpty List<String> urls,
    long weight,
    long maxStorage,
    boolean canSeal,
    boolean canStore,
    @NilIfEmpty List<String> groups,
    @NilIfEmpty List<String> allowTo,
    @NilIfEmpty List<String> allowTypes,
    @NilIfEmpty List<String> denyTypes,
    @NilIfEmpty List<String> allowMiners,
    @NilIfEmpty List<String> denyMiners) {}
