package io.selkie.node;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;

/** A node in a process of its own, for tests that kill it: {@code NodeMain REPO}. */
final class NodeMain {
  private NodeMain() {}

  /** Prints {@code ready} when the node takes work, and runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    NodeSettings settings =
        NodeSettings.of(Path.of(arguments[0]), System.getenv(), ConfigFactory.load());
    try (Node node = Node.start(settings)) {
      Runtime.getRuntime().addShutdownHook(new Thread(node::close));
      System.out.println("ready");
      node.awaitStopped();
    }
  }
}
