package io.selkie.selftest;

import com.typesafe.config.ConfigFactory;
import io.selkie.node.Node;
import io.selkie.node.NodeSettings;
import java.nio.file.Path;

/** The process of {@link NodeProcess}: {@code NodeMain REPO}. */
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
    System.exit(0); // as the command does: threads of actors that do not end keep nothing alive
  }
}
