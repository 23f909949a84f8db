package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The room of a path in bytes.
 *
 * @param capacity of its file system
 * @param available less what is reserved, and at most what the path's limit leaves
 * @param fsAvailable free in its file system
 * @param reserved of files that are written now
 * @param max the path's limit; 0: none
 * @param used by sectors, if there is a limit; else 0
 */
public record FsStat(
    long capacity,
    long available,
    @JsonProperty("FSAvailable") long fsAvailable,
    long reserved,
    long max,
    long used) {}
