package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selkie hosts remove}. */
@Command(
    name = "remove",
    description = {
      "Have a host that is gone not listed any more. One that may have files of sectors is refused,",
      "unless you say that it is off: then its sectors are given up."
    },
    mixinStandardHelpOptions = true)
final class HostsRemove implements Callable<Integer> {
  private final CommandContext context;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "HOST", description = "As selkie hosts list names it.")
  @SuppressWarnings("NullAway.Init")
  private String host;

  @Option(
      names = "--host-is-off",
      description = {
        "Your word that nothing writes there any more, its provers included, and that its disks do not",
        "come back. Its sectors fail."
      })
  private boolean hostIsOff;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  HostsRemove(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return CommandTask.run(spec, this::remove);
  }

  private boolean remove() throws IOException, InterruptedException {
    try (NodeSession session = node.nodes(context).running()) {
      JsonNode answer = session.client().removeHost(host, hostIsOff);
      PrintWriter out = spec.commandLine().getOut();
      String done = hostIsOff ? " counts as off: its sectors are given up" : " is forgotten";
      out.println(json ? answer : "host " + host + done);
      out.flush();
      return true;
    }
  }
}
