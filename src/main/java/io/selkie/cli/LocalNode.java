package io.selkie.cli;

import io.selkie.node.Node;
import io.selkie.node.NodeSettings;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** A node in this process. */
final class LocalNode implements NodeLauncher.Running {
  private final Node node;

  private LocalNode(Node node) {
    this.node = node;
  }

  /** As {@link NodeLauncher#start}. */
  static LocalNode start(NodeLauncher.Order order) throws IOException {
    return new LocalNode(
        Node.start(NodeSettings.of(order.repo(), order.environment(), order.config())));
  }

  @Override
  public URI api() {
    return node.api();
  }

  @Override
  public void awaitStopped() throws InterruptedException {
    node.awaitStopped();
  }

  @Override
  public boolean isLost() {
    return node.isLost();
  }

  @Override
  public Optional<String> refusal() {
    return node.refusal();
  }

  @Override
  public void close() {
    node.close();
  }
}
