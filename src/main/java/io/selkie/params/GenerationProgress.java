package io.selkie.params;

/** Told how far a generation is. */
public interface GenerationProgress {
  /** The step that begins, such as {@code "writing"}. */
  void step(String name);

  /** The part of the whole generation that is done, from 0 to 1. */
  void done(double fraction);
}
