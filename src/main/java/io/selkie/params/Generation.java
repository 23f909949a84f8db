package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the parameters of one set, which takes seconds to many minutes. */
public interface Generation {
  /**
   * Generates the set into an empty directory: its {@code .params}, {@code .vk} and {@code .meta}
   * files, or its {@code .srs} file, under their usual names. Returns when they are complete;
   * nothing reads the directory before.
   *
   * @throws IOException if it fails; what is in the directory is thrown away
   */
  void generate(SectorSize size, ParameterSet set, Path directory, GenerationProgress progress)
      throws IOException, InterruptedException;
}
