package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandTaskTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      new CommandLine(new Named()).setErr(new PrintWriter(err, true));

  @Command(name = "named")
  static final class Named {}

  @Test
  void theStatusIsThatOfTheBody() {
    assertEquals(0, run(() -> true));
    assertEquals(1, run(() -> false));
    assertEquals("", err.toString());
  }

  @Test
  void aFailureIsOneLine() {
    assertEquals(1, run(failing(new IOException("a file\nwith a line end"))));

    assertEquals("named: a file?with a line end\n", err.toString());
  }

  @Test
  void failuresOfTheFileSystemSayWhatIsWrong() {
    assertEquals(
        "/x: no such file or directory",
        CommandTask.describe(new NoSuchFileException("/x", null, "No such file")));
    assertEquals("/x: permission denied", CommandTask.describe(new AccessDeniedException("/x")));
    assertEquals(
        "/x: NotDirectoryException", CommandTask.describe(new NotDirectoryException("/x")));
    assertEquals(
        "/x: Read-only file system",
        CommandTask.describe(new FileSystemException("/x", null, "Read-only file system")));
    assertEquals("IOException", CommandTask.describe(new IOException()));
  }

  @Test
  void anInterruptedCommandSaysSo() {
    assertEquals(1, run(failing(new ClosedByInterruptException())));
    assertEquals(
        1,
        run(
            () -> {
              throw new InterruptedException();
            }));
    assertTrue(Thread.interrupted());

    assertEquals("named: called off\nnamed: called off\n", err.toString());
  }

  private static CommandTask.Body failing(IOException failure) {
    return () -> {
      throw failure;
    };
  }

  private int run(CommandTask.Body body) {
    return CommandTask.run(command.getCommandSpec(), body);
  }
}
