package io.selkie.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** What a wrong command line is answered with: one line and exit code 2, not the whole usage. */
final class UsageErrors implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    boolean bare = command.getParseResult().originalArgs().isEmpty();
    if (bare && !command.getSubcommands().isEmpty() && !(e instanceof MissingParameterException)) {
      command.usage(command.getErr());
    } else {
      String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      command
          .getErr()
          .println(CommandTask.oneLine(name + ": " + what) + " (see " + name + " --help)");
    }
    command.getErr().flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
