package io.selkie.post;

import io.selkie.filecoin.PostProof;
import java.util.List;
import java.util.Optional;

/**
 * What became of a partition: its proof, or the sectors that kept it from being made.
 *
 * @param unreadable numbers, in the order in which they were given; with any there is no proof
 */
public record WindowPost(Optional<PostProof> proof, List<Long> unreadable) {
  /** The list is copied. */
  public WindowPost {
    unreadable = List.copyOf(unreadable);
  }
}
