package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are ended in the middle, at 8 MiB, where PreCommit1 takes about a second. */
class SealInterruptedIT {
  private static final String[] SEAL = {
    "seal", "file", "--repo", "r", "--sector-size", "8MiB", "--until", "precommit1", "--json"
  };

  @TempDir Path home;
  private CliProcess selkie;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new CliProcess(home);
    file = selkie.file("file", 6_000_000);
  }

  @Test
  void afterAKillTheSameCommandGoesOnWithTheSameSector() throws Exception {
    CliProcess.Running killed = selkie.start(SEAL);
    CliProcess.await(killed.process(), this::isInPreCommit1);
    killed.process().destroyForcibly();

    assertEquals("", killed.await().out());
    selkie.awaitNoProver();
    String ticket = manifest().at("/preCommit1/ticket").asText();

    CliProcess.Result result = selkie.run(SEAL);

    assertTrue(
        result.err().startsWith("going on with s-t01000-1, which was interrupted\n"), result.err());
    assertEquals("s-t01000-1", result.json().get("sector").asText());
    assertEquals(ticket, result.json().get("ticket").asText());
    assertEquals(List.of("s-t01000-1"), CliProcess.names(home.resolve("r/cache")));
    assertFalse(Files.exists(home.resolve("r/selkie/s-t01000-1.intent.json")));
    assertEquals("s-t01000-2", selkie.run(SEAL).json().get("sector").asText());
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsTheProverAndSaysHowToGoOn(String signal, int status) throws Exception {
    CliProcess.Running ended = selkie.startLine(listeningTo(signal, SEAL));
    CliProcess.await(ended.process(), this::isInPreCommit1);
    signal(ended.process(), signal);

    CliProcess.Result result = ended.await();

    // At once: the command waits for its prover's end.
    assertEquals(List.of(), selkie.provers());
    assertEquals(status, result.status());
    assertEquals("", result.out());
    assertTrue(
        result
            .err()
            .endsWith(
                "selkie seal: called off while the prover worked; s-t01000-1 is kept, the same"
                    + " command goes on with it\n"),
        result.err());
    assertEquals(List.of(), CliProcess.names(selkie.state().resolve("jobs")));
    assertTrue(Files.exists(home.resolve("r/selkie/s-t01000-1.intent.json")));
  }

  @Test
  void anUnsealThatIsEndedLeavesNoPartOfItsOutput() throws Exception {
    String[] seal = SEAL.clone();
    seal[7] = "precommit2";
    selkie.run(seal).succeeded();
    Path output = Files.createDirectory(home.resolve("output"));
    String[] unseal = {"unseal", "s-t01000-1", "--repo", "r", "-o", "output/file"};

    CliProcess.Running ended = selkie.startLine(listeningTo("TERM", unseal));
    CliProcess.await(ended.process(), () -> !selkie.provers().isEmpty());
    signal(ended.process(), "TERM");
    assertEquals(143, ended.await().status());
    assertEquals(List.of(), CliProcess.names(output));

    CliProcess.Running killed = selkie.start(unseal);
    CliProcess.await(killed.process(), () -> !selkie.provers().isEmpty());
    killed.process().destroyForcibly();
    killed.await();
    selkie.awaitNoProver();
    assertFalse(Files.exists(output.resolve("file")));

    selkie.run(unseal).succeeded();
    assertEquals(-1, Files.mismatch(file, output.resolve("file")));
    assertTrue(
        CliProcess.names(home.resolve("r/selkie")).stream()
            .noneMatch(name -> name.endsWith("-unseal")));
  }

  private boolean isInPreCommit1() throws IOException {
    JsonNode labels = manifest().path("preCommit1");
    return labels.path("layers").size() > 0 && !labels.path("done").asBoolean();
  }

  private JsonNode manifest() throws IOException {
    Path manifest = home.resolve("r/selkie/s-t01000-1.json");
    ObjectMapper json = new ObjectMapper();
    return Files.exists(manifest)
        ? json.readTree(Files.readAllBytes(manifest))
        : json.createObjectNode();
  }

  /** A process in the background of a script ignores SIGINT, and so do its children. */
  private static List<String> listeningTo(String signal, String... arguments) {
    List<String> line = new ArrayList<>(List.of("env", "--default-signal=" + signal));
    line.addAll(CliProcess.java());
    line.addAll(List.of(arguments));
    return line;
  }

  private static void signal(Process process, String signal) throws Exception {
    String pid = Long.toString(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
  }
}
