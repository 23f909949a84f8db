package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A path that holds files of a sector, or could.
 *
 * @param urls of the file, if one type was asked for; of nothing that can be got otherwise
 * @param baseUrls of the path
 * @param weight of the path, times the types that it holds; 0: it could take them
 * @param primary whether they are no mere copies
 */
public record SectorStorageInfo(
    @JsonProperty("ID") String id,
    @JsonProperty("URLs") @NilIfEmpty List<String> urls,
    @JsonProperty("BaseURLs") @NilIfEmpty List<String> baseUrls,
    long weight,
    boolean canSeal,
    boolean canStore,
    boolean primary,
    @NilIfEmpty List<String> allowTypes,
    @NilIfEmpty List<String> denyTypes,
    @NilIfEmpty List<String> allowMiners,
    @NilIfEmpty List<String> denyMiners) {}
