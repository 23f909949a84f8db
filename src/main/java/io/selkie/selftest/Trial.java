package io.selkie.selftest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Something that is done to nodes, and whose end is looked at. */
public interface Trial {
  /** A word for tables, such as {@code kill}. */
  String name();

  /** One line on what is done. */
  String description();

  /**
   * Does it.
   *
   * @param directory an empty one, for the trial alone; what lies there afterwards tells what
   *     happened
   * @return one verdict for each cell
   * @throws IOException if the trial cannot be done at all, as when a node does not start
   */
  List<Verdict> run(Path directory) throws IOException, InterruptedException;
}
