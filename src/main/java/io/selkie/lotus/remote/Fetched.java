package io.selkie.lotus.remote;

import java.net.URI;
import java.nio.file.Path;

/**
 * A file, or directory, that is in its place and on disk.
 *
 * @param bytes of all its files
 * @param base the one of the source's addresses that it came from: where it may be deleted now
 */
public record Fetched(Path file, long bytes, URI base) {}
