package io.selkie.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selkie hosts remove}. */
@Command(
    name = "remove",
    description = {
      "Have a host that is gone not listed any more. One that may have files of sectors is refused,",
      "unless you say that it is off: then its sectors are given up."
    },
    mixinStandardHelpOptions = true)
final class HostsRemove extends NodeQuery {
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

  HostsRemove(CommandContext context) {
    super(context);
  }

  @Override
  JsonNode ask(NodeClient client) throws IOException, InterruptedException {
    return client.removeHost(host, hostIsOff);
  }

  @Override
  void show(JsonNode answer, PrintWriter out) {
    String done = hostIsOff ? " counts as off: its sectors are given up" : " is forgotten";
    out.println("host " + host + done);
  }
}
