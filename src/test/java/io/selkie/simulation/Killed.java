package io.selkie.simulation;

/** Unwinds what a node was doing when it was killed. */
final class Killed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Node node;

  Killed(Node node) {
    super("killed", null, false, false);
    this.node = node;
  }

  Node node() {
    return node;
  }
}
