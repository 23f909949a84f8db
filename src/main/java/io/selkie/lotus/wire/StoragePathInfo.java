package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A path of a worker, as its {@code Paths} lists it.
 *
 * @param localPath where it is on its host
 */
public record StoragePathInfo(
    @JsonProperty("ID") String id,
    long weight,
    String localPath,
    boolean canSeal,
    boolean canStore) {}
