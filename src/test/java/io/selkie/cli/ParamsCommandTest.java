package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.selkie.params.FakeGeneration;
import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterException;
import io.selkie.params.ParameterListener;
import io.selkie.params.ParameterSet;
import io.selkie.params.TestParameters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ParamsCommandTest {
  @TempDir Path temp;
  private ParameterDirectory directory;
  private final FakeGeneration backend = new FakeGeneration();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp.resolve("params"));
  }

  @Test
  void verifyPrintsOneLinePerSetAndFailsIfOneIsMissing() {
    TestParameters.putProduction(directory, ParameterSet.POREP);

    assertEquals(1, run("verify", "--sets", "porep,window-post"));

    List<String> lines = out.toString().lines().toList();
    assertEquals("porep 2KiB: production", lines.get(0));
    assertTrue(lines.get(1).startsWith("window-post 2KiB: v28-test-window-post.vk is missing"));
    assertEquals(2, lines.size());
  }

  @Test
  void verifyChecksTheUsualSetsOf2KiBUnlessTold() {
    ParameterSet.usual().forEach(set -> TestParameters.putProduction(directory, set));

    assertEquals(0, run("verify"));

    assertEquals(4, out.toString().lines().count());
  }

  @Test
  void verifyPrintsOneJsonObject() throws Exception {
    TestParameters.putProduction(directory, ParameterSet.POREP);

    assertEquals(0, run("verify", "--sets", "porep", "--json", "--full"));

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertEquals(directory.toString(), json.get("directory").textValue());
    assertEquals("2KiB", json.get("sectorSize").textValue());
    assertTrue(json.get("usable").booleanValue());
    assertTrue(json.get("production").booleanValue());
    JsonNode set = json.get("sets").get(0);
    assertEquals("porep", set.get("set").textValue());
    assertEquals("production", set.get("verdict").textValue());
    JsonNode file = set.get("files").get(0);
    assertEquals("v28-test-porep.vk", file.get("name").textValue());
    assertEquals("production", file.get("status").textValue());
    assertEquals(1000, file.get("bytes").intValue());
    assertEquals(1, out.toString().lines().count());
  }

  @Test
  void generateMakesTheSetsAndSaysThatTheyAreLocal() {
    assertEquals(0, run("generate", "--sector-size", "2KiB", "--sets", "porep,srs"));

    assertEquals(
        List.of("porep 2KiB: local, not valid on mainnet", "srs 2KiB: local, not valid on mainnet"),
        out.toString().lines().toList());
    assertEquals(List.of(ParameterSet.POREP, ParameterSet.SRS), backend.made());
  }

  @Test
  void generateMakesAllButTheAggregationKeyUnlessTold() {
    assertEquals(0, run("generate", "--sector-size", "2KiB"));

    assertEquals(List.copyOf(ParameterSet.usual()), backend.made());
  }

  @Test
  void generatingWhatIsThereFailsUnlessAllowed() {
    TestParameters.putProduction(directory, ParameterSet.POREP);
    String[] arguments = {"generate", "--sector-size", "2KiB", "--sets", "porep"};

    assertEquals(1, run(arguments));
    assertEquals(
        "params generate: nothing to generate, all sets are in " + directory + " already\n",
        err.toString());

    assertEquals(0, run("generate", "--sector-size", "2KiB", "--sets", "porep", "--if-missing"));
    assertEquals(List.of(), backend.made());
  }

  @Test
  void generatePrintsOneJsonObject() throws Exception {
    TestParameters.putProduction(directory, ParameterSet.POREP);

    assertEquals(
        0, run("generate", "--sector-size", "2KiB", "--sets", "porep,window-post", "--json"));

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertEquals("[\"window-post\"]", json.get("generated").toString());
    assertEquals("[\"porep\"]", json.get("alreadyThere").toString());
    assertFalse(json.get("production").booleanValue());
  }

  @Test
  void generateRefusesLargeSectorsWithOneLine() {
    assertEquals(1, run("generate", "--sector-size", "32GiB"));

    assertEquals(
        "params generate: parameters for 32GiB cannot be generated in useful time:"
            + " run selkie params fetch --sector-size 32GiB\n",
        err.toString());
  }

  @Test
  void generateNeedsASectorSize() {
    assertEquals(2, run("generate"));

    assertTrue(err.toString().contains("--sector-size"), err.toString());
  }

  @Test
  void anUnknownSetOrSizeIsNamedWithTheLegalOnes() {
    assertEquals(2, run("verify", "--sets", "post"));
    assertTrue(err.toString().contains("porep, window-post, winning-post, update, srs"));

    assertEquals(2, run("verify", "--sector-size", "1KiB"));
    assertTrue(err.toString().contains("2KiB, 8MiB, 512MiB, 32GiB, 64GiB"), err.toString());
  }

  @Test
  void fetchFailsWithOneLineOnABadSetting() {
    assertEquals(1, run("fetch", "--sector-size", "2KiB"));

    assertEquals("params fetch: IPFS_GATEWAY: bad\n", err.toString());
  }

  @Test
  void anUnreadableDirectoryIsOneLine() throws Exception {
    Files.writeString(temp.resolve("params"), "a file");

    assertEquals(1, run("generate", "--sector-size", "2KiB", "--sets", "porep"));

    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().startsWith("params generate: " + directory), err.toString());
  }

  @Test
  void theRealCommandFindsTheDirectoryInTheEnvironment() {
    CommandLine command =
        ParamsCommand.create(
            Map.of("FIL_PROOFS_PARAMETER_CACHE", directory.toString()), () -> backend, "0.1.0");

    assertEquals(1, execute(command, "verify", "--sector-size", "32GiB", "--sets", "winning-post"));

    assertTrue(
        out.toString().contains("run: selkie params fetch --sector-size 32GiB --sets winning-post"),
        out.toString());
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    ParamsContext context =
        new ParamsContext(
            TestParameters.manifest(),
            directory,
            () -> {
              throw new ParameterException("IPFS_GATEWAY: bad");
            },
            () -> backend,
            "test",
            ParameterListener::silent);
    return execute(ParamsCommand.create(context), arguments);
  }

  private int execute(CommandLine command, String... arguments) {
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return command.execute(arguments);
  }
}
