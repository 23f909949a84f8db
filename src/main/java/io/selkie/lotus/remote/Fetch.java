package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What is to be fetched.
 *
 * @param to the path that gets it
 * @param bytes that a file has to have, such as the sector size for a replica; empty: what the
 *     source says
 * @param progress is told how many bytes there are; fewer than before where it begins anew
 * @param cancelled asked all the time: true ends the fetch within a second
 */
public record Fetch(
    SectorId sector,
    FileType type,
    RemoteSource from,
    StoragePath to,
    OptionalLong bytes,
    LongConsumer progress,
    BooleanSupplier cancelled) {}
