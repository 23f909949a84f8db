package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.selftest.Trial;
import io.selkie.selftest.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SelftestCommandTest {
  private static final Verdict GOOD = new Verdict("node at A", Optional.empty());
  private static final Verdict BAD =
      new Verdict("node at B", Optional.of("s-t01000-2 stays in PreCommit1"));

  @TempDir Path temp;
  private SelkieRun selkie;
  private String out = "";
  private String err = "";

  /** A trial that leaves a file and gives these verdicts. */
  private record Scripted(String name, List<Verdict> verdicts) implements Trial {
    @Override
    public String description() {
      return "what " + name + " does";
    }

    @Override
    public List<Verdict> run(Path directory) throws IOException {
      Files.writeString(directory.resolve("left"), "something");
      return verdicts;
    }
  }

  @BeforeEach
  void aHostThatCanProve() throws IOException {
    selkie = new SelkieRun(temp);
    selkie.withProofs();
  }

  @Test
  void showsATableOfWhatPassed() {
    assertEquals(0, run(List.of(GOOD, GOOD)));

    List<String> lines = out.lines().toList();
    assertEquals(List.of("TRIAL", "CELLS", "PASSED", "SKIPPED", "TIME"), words(lines.get(0)));
    assertEquals(List.of("kill", "2", "2", "0"), words(lines.get(1)).subList(0, 4));
    assertEquals("all passed", lines.get(2));
    assertEquals("kill: what kill does\n", err);
  }

  @Test
  void namesWhatFailedAndWhereItsFilesAre() throws IOException {
    Path directory = temp.resolve("kept");

    assertEquals(1, run(List.of(GOOD, BAD), "--dir", directory.toString()));

    assertTrue(
        out.endsWith("failed: kill node at B: s-t01000-2 stays in PreCommit1\nnot all passed\n"),
        out);
    assertTrue(err.endsWith("what the nodes left is in " + directory + "\n"), err);
    assertEquals("something", Files.readString(directory.resolve("kill/left")));
  }

  @Test
  void whatThisHostCannotDoIsSkippedWithItsReasonAndNoFailure() throws IOException {
    Verdict skipped = Verdict.skipped("a full disk", "only root may mount a tmpfs");
    assertEquals(0, run(List.of(GOOD, skipped)));

    List<String> lines = out.lines().toList();
    assertEquals(List.of("kill", "2", "1", "1"), words(lines.get(1)).subList(0, 4));
    assertEquals("skipped: kill a full disk: only root may mount a tmpfs", lines.get(2));
    assertEquals("all passed", lines.get(3));

    run(List.of(GOOD, skipped), "--json");
    JsonNode report = new ObjectMapper().readTree(out);
    assertEquals("only root may mount a tmpfs", report.at("/trials/0/skipped/0/reason").asText());
  }

  @Test
  void tellsProgramsTheSame() throws IOException {
    assertEquals(1, run(List.of(GOOD, BAD), "--json", "--dir", temp.resolve("kept").toString()));

    JsonNode report = new ObjectMapper().readTree(out);
    assertEquals(false, report.path("passed").asBoolean(true));
    assertEquals(2, report.at("/trials/0/cells").asInt());
    assertEquals("node at B", report.at("/trials/0/failures/0/cell").asText());
  }

  @Test
  void touchesNoDirectoryThatIsThere() {
    assertEquals(1, run(List.of(GOOD), "--dir", temp.toString()));

    assertEquals("selftest: --dir " + temp + " is there already: name a new one\n", err);
  }

  private int run(List<Verdict> verdicts, String... arguments) {
    SelftestCommand command =
        new SelftestCommand(
            selkie.context(), (all, real) -> List.of(new Scripted("kill", verdicts)));
    CommandLine line = new CommandLine(command);
    Converters.register(line);
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    line.setOut(new PrintWriter(output, true)).setErr(new PrintWriter(errors, true));
    int status = line.execute(arguments);
    out = output.toString();
    err = errors.toString();
    return status;
  }

  private static List<String> words(String line) {
    return List.of(line.split(" +"));
  }
}
