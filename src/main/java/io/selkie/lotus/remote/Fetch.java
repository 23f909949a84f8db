package io.selkie.lotus.remote;

import io.selkie.filecoin.SectorId;
import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What is to be fetched.
 *
 * @param to the path that gets it
 * @param sizes that a file may have, or all files of a directory
 * @param progress is told how many bytes there are; fewer than before where it begins anew
 * @param cancelled asked all the time: true ends the fetch within a second
 */
public record Fetch(
    SectorId sector,
    FileType type,
    RemoteSource from,
    StoragePath to,
    Sizes sizes,
    LongConsumer progress,
    BooleanSupplier cancelled) {
  Wanted wanted() {
    return new Wanted(type, sizes, progress, cancelled);
  }
}
