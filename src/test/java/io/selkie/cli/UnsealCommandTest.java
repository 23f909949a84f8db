package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnsealCommandTest {
  @TempDir Path temp;
  private SelkieRun selkie;
  private FakeNode node;
  private final byte[] content = new byte[700];
  private Path output;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(temp);
    Files.createDirectories(temp.resolve(".selkie/sealed"));
    node = FakeNode.start(temp.resolve("state")).reports(Reports.waitingForTheSeed());
    new Random(7).nextBytes(content);
    node.data = content;
    output = Files.createDirectory(temp.resolve("output")).resolve("out");
  }

  @AfterEach
  void tearDown() {
    node.close();
  }

  @Test
  void writesTheFileThatTheSectorHolds() throws IOException {
    assertEquals(0, unseal());

    assertArrayEquals(content, Files.readAllBytes(output));
    assertTrue(node.calls.contains("GET /sectors/s-t01000-1/data?offset=0&length=700"));
    assertTrue(selkie.shown.shown.contains("message wrote 700 bytes to " + output));
    assertEquals(List.of("out"), CliProcess.names(temp.resolve("output")));
  }

  @Test
  void writesAPartOfIt() throws IOException {
    node.data = Arrays.copyOfRange(content, 130, 137);

    assertEquals(0, unseal("--piece", "0", "--range", "130:7"));

    assertArrayEquals(node.data, Files.readAllBytes(output));
    assertTrue(node.calls.contains("GET /sectors/s-t01000-1/data?offset=130&length=7"));
  }

  @Test
  void whatIsNotSealedYetIsRefused() throws IOException {
    node.reports(Reports.inPreCommit1());

    refused("s-t01000-1 is not sealed: it has no replica yet");
  }

  @Test
  void aPieceOrRangeThatIsNotThereIsRefused() throws IOException {
    assertEquals(1, unseal("--piece", "1"));
    assertEquals(
        "selkie unseal: s-t01000-1 has no piece 1: it holds 1 file, counted from 0\n", selkie.err);
    assertEquals(1, unseal("--range", "0:701"));
    assertEquals(
        "selkie unseal: the range 0:701 ends beyond the 700 bytes of the file\n", selkie.err);
    assertEquals(List.of(), CliProcess.names(temp.resolve("output")));
  }

  @Test
  void outputAmongTheSectorsIsRefused() throws IOException {
    Path within = temp.resolve(".selkie/sealed/out");

    assertEquals(1, selkie.run("unseal", "s-t01000-1", "-o", within.toString()));

    assertEquals(
        "selkie unseal: %s lies among the sectors of %s\n"
            .formatted(within, temp.resolve(".selkie")),
        selkie.err);
  }

  @Test
  void whatBreaksOffOrFailsLeavesNoOutput() throws IOException {
    node.data = Arrays.copyOf(content, 699);
    refused("the node sent 699 bytes instead of 700: try again");

    node.refusing("GET /sectors/s-t01000-1/data", 409, "a damaged replica");
    refused("a damaged replica");
  }

  @Test
  void aSectorThatIsNotThereIsRefused() throws IOException {
    node.reports();

    refused("there is no sector /sectors/s-t01000-1");
  }

  private void refused(String line) throws IOException {
    assertEquals(1, unseal());
    assertEquals("selkie unseal: " + line + "\n", selkie.err);
    assertEquals(List.of(), CliProcess.names(temp.resolve("output")));
  }

  private int unseal(String... more) {
    List<String> line = new ArrayList<>(List.of("unseal", "s-t01000-1", "-o", output.toString()));
    line.addAll(List.of(more));
    return selkie.run(line.toArray(String[]::new));
  }
}
