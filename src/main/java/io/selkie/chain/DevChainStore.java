package io.selkie.chain;

import java.io.IOException;
import java.util.Optional;

/** Where a {@link DevChain} keeps its state. Calls block; one chain makes one at a time. */
interface DevChainStore {
  /**
   * The state as it is now.
   *
   * @return empty if there is none yet
   * @throws IOException if it cannot be read; one line
   */
  Optional<DevChainState> read() throws IOException;

  /**
   * Puts a state in place of the one that was read last; durable when this returns.
   *
   * @return false if somebody else did meanwhile: nothing was written, read again
   * @throws IOException if it cannot be written; one line
   */
  boolean replace(DevChainState state) throws IOException;
}
