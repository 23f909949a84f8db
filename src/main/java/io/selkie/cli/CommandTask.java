package io.selkie.cli;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** Runs a command so that a failure is one line on stderr and exit code 1. */
final class CommandTask {
  /** What is said of a command that a signal ended. */
  static final String CALLED_OFF = "called off";

  private CommandTask() {}

  /** What a command does; true is exit code 0. */
  @FunctionalInterface
  interface Body extends Callable<Boolean> {
    @Override
    Boolean call() throws IOException, InterruptedException;
  }

  static int run(CommandSpec spec, Body body) {
    try {
      return body.call() ? 0 : 1;
    } catch (IOException e) {
      return fail(spec, describe(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(spec, CALLED_OFF);
    }
  }

  static int fail(CommandSpec spec, String line) {
    spec.commandLine().getErr().println(oneLine(spec.qualifiedName() + ": " + line));
    spec.commandLine().getErr().flush();
    return 1;
  }

  /** What went wrong; the own message of a file system exception is often only a path. */
  static String describe(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return CALLED_OFF;
    }
    if (e instanceof FileSystemException file) {
      String reason =
          e instanceof NoSuchFileException
              ? "no such file or directory"
              : e instanceof AccessDeniedException
                  ? "permission denied"
                  : file.getReason() != null ? file.getReason() : e.getClass().getSimpleName();
      return file.getFile() + ": " + reason;
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** File names may hold anything, line ends too. */
  static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
