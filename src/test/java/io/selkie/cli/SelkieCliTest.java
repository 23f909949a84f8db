package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SelkieCliTest {
  private static final NodeLauncher NO_NODE =
      order -> {
        throw new AssertionError("no node may be started");
      };

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "seal",
        "unseal",
        "verify",
        "params",
        "params verify",
        "params fetch",
        "params generate",
        "sectors",
        "sectors list",
        "sectors status",
        "sectors pledge",
        "sectors abort",
        "sectors retry",
        "sectors remove",
        "transfers",
        "transfers list",
        "transfers pause",
        "transfers resume",
        "hosts",
        "hosts list",
        "hosts cordon",
        "hosts uncordon",
        "hosts drain",
        "hosts remove",
        "explain",
        "dev",
        "run",
        "auth",
        "auth create-token",
        "db",
        "db migrate",
        "db rebuild",
        "certs",
        "certs init",
        "certs issue"
      })
  void everyCommandTellsItsUsageAndVersion(String command) {
    assertEquals(0, run(command + " --help"));
    assertTrue(out.toString().startsWith(("Usage: selkie " + command).strip()), out.toString());

    out.getBuffer().setLength(0);
    assertEquals(0, run(command + " --version"));
    assertTrue(out.toString().matches("selkie \\S+ \\(commit \\S+\\)\\R"), out.toString());
    assertEquals("", err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seal --bogus x| selkie seal: Unknown option: '--bogus' (see selkie seal --help)",
        "seal| selkie seal: Missing required parameter: 'FILE' (see selkie seal --help)",
        "unseal s-t01000-1| selkie unseal: Missing required option: '--output=FILE' (see selkie"
            + " unseal --help)",
        "verify a b| selkie verify: Unmatched argument at index 2: 'b' (see selkie verify --help)",
        "bogus| selkie: Unmatched argument at index 0: 'bogus' (see selkie --help)",
      })
  void aWrongCommandLineIsAnsweredWithOneLine(String line, String answer) {
    assertEquals(2, run(line));

    assertEquals(List.of(answer), err.toString().lines().toList());
    assertEquals("", out.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seal x --sector-size 3KiB| legal are 2KiB, 8MiB, 512MiB, 32GiB, 64GiB",
        "sectors status 1| not a sector name like s-t01000-1",
        "auth create-token --permission all| no such permission: use one of read, write, sign",
        "auth create-token --permission read --expires 1y| '1y' is not a time in seconds, minutes",
        "unseal s-1 -o y| not a sector name like s-t01000-1",
        "unseal s-t01000-1 -o y --range 5| '5' is not OFFSET:LENGTH in bytes",
        "unseal s-t01000-1 -o y --piece first| 'first' is not an int",
      })
  void aWrongValueIsAnsweredWithOneLineThatSaysWhatIsRight(String line, String expected) {
    assertEquals(2, run(line));

    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains(expected), err.toString());
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    assertEquals(2, run(""));

    assertTrue(err.toString().startsWith("Usage: selkie"), err.toString());
  }

  private int run(String line) {
    CommandLine command = SelkieCli.create(Map.of(), NO_NODE);
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(line.isBlank() ? new String[0] : line.strip().split(" ", -1));
  }
}
