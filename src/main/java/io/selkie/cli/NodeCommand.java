package io.selkie.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that has something done by a node, and says what came of it. */
abstract class NodeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  NodeCommand(CommandContext context) {
    this.context = context;
  }

  /** The node to ask: one that runs, unless a command can do with one started for it. */
  NodeSession session(NodeFinder nodes) throws IOException, InterruptedException {
    return nodes.running();
  }

  /** Has the node do it. */
  abstract void perform(NodeClient client, PrintWriter out)
      throws IOException, InterruptedException;

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::run);
  }

  private boolean run() throws IOException, InterruptedException {
    try (NodeSession session = session(node.nodes(context))) {
      PrintWriter out = spec.commandLine().getOut();
      perform(session.client(), out);
      out.flush();
      return true;
    }
  }
}
