package io.selkie.lotus.remote;

import io.selkie.storage.FileType;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What an answer has to bring.
 *
 * @param progress is told how many bytes there are
 * @param cancelled asked all the time
 */
record Wanted(FileType type, Sizes sizes, LongConsumer progress, BooleanSupplier cancelled) {}
