package io.selkie.transfer;

import java.io.IOException;
import java.nio.file.Path;

/** The strong digest of a whole file, as sector manifests have it. Blocks. */
@FunctionalInterface
public interface FileDigest {
  /** The digest of the file as it is on disk now, such as {@code blake3:1f…}. */
  String of(Path file) throws IOException;
}
