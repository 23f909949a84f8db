package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are ended in the middle, each with a node of its own. */
class SealInterruptedIT {
  private static final String[] SEAL = {"seal", "file", "--repo", "r", "--json"};
  private static final String LABELLING = "PreCommit1.before-work@s-t01000-1";
  private static final String UNSEALING = "Unseal.before-work@s-t01000-1";

  @TempDir Path home;
  private CliProcess selkie;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    selkie =
        CliProcess.standIn(
            home,
            "-Dselkie.test.prover-failpoints.0=" + LABELLING,
            "-Dselkie.test.prover-failpoints.1=" + UNSEALING);
    file = selkie.file("file", 2000);
  }

  @AfterEach
  void tearDown() throws Exception {
    selkie.killAll();
  }

  @Test
  void afterAKillTheSameCommandGoesOnWithTheSameSector() throws Exception {
    CliProcess.Running killed = selkie.start(SEAL);
    CliProcess.await(killed.process(), () -> Files.exists(home.resolve(LABELLING)));
    assertEquals("", killed.kill().out());

    CliProcess.Running again = selkie.start(SEAL);
    CliProcess.await(
        again.process(),
        () ->
            Files.readString(again.err())
                .startsWith("going on with s-t01000-1, which was interrupted\n"));
    Files.delete(home.resolve(LABELLING));

    CliProcess.Result result = again.await();
    assertEquals("s-t01000-1", result.json().get("sector").asText());
    assertEquals(List.of("s-t01000-1"), CliProcess.names(home.resolve("r/cache")));
    assertEquals("s-t01000-2", selkie.run(SEAL).json().get("sector").asText());
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsTheNodeToo(String signal, int status) throws Exception {
    CliProcess.Running ended = selkie.startLine(listeningTo(signal, SEAL));
    CliProcess.await(ended.process(), () -> Files.exists(home.resolve(LABELLING)));
    ended.signal(signal);

    CliProcess.Result result = ended.await();

    assertEquals(status, result.status());
    assertEquals("", result.out());
    assertTrue(
        result
            .err()
            .endsWith(
                "selkie seal: called off; s-t01000-1 is kept, the same command goes on with it\n"),
        result.err());
    assertFalse(Files.exists(selkie.state().resolve("api")));
    // By design the prover goes on: hours of work are not thrown away.
    assertEquals(1, selkie.provers().size());
  }

  @Test
  void anUnsealThatIsEndedLeavesNoPartOfItsOutput() throws Exception {
    Files.writeString(home.resolve(LABELLING), "held before");
    selkie.run(SEAL).succeeded();
    Path output = Files.createDirectory(home.resolve("output"));
    String[] unseal = {"unseal", "s-t01000-1", "--repo", "r", "-o", "output/file"};

    CliProcess.Running ended = selkie.startLine(listeningTo("TERM", unseal));
    CliProcess.await(ended.process(), () -> Files.exists(home.resolve(UNSEALING)));
    ended.signal("TERM");
    assertEquals(143, ended.await().status());
    assertEquals(List.of(), CliProcess.names(output));

    selkie.run(unseal).succeeded();
    assertEquals(-1, Files.mismatch(file, output.resolve("file")));
    assertEquals(List.of(), CliProcess.names(home.resolve("r/selkie/spool")));
  }

  /** A process in the background of a script ignores SIGINT, and so do its children. */
  private List<String> listeningTo(String signal, String... arguments) {
    List<String> line = new ArrayList<>(List.of("env", "--default-signal=" + signal));
    line.addAll(selkie.line(arguments));
    return line;
  }
}
