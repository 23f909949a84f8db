package io.selkie.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state in a file, which one process has to itself: it is read once. */
final class DevChainFile implements DevChainStore {
  private final Path file;
  private @Nullable DevChainState known;

  DevChainFile(Path file) {
    this.file = file;
  }

  @Override
  public Optional<DevChainState> read() throws IOException {
    if (known == null) {
      known = DevChainState.read(file).orElse(null);
    }
    return Optional.ofNullable(known);
  }

  @Override
  public boolean replace(DevChainState state) throws IOException {
    state.write(file);
    known = state;
    return true;
  }
}
