package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.params.ParameterDirectory;
import io.selkie.params.ParameterSet;
import io.selkie.params.TestParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitParametersTest {
  @TempDir private Path temp;

  private ParameterDirectory directory() {
    return new ParameterDirectory(temp.resolve("parameters"));
  }

  private List<String> require() throws IOException {
    return CommitParameters.require(
        TestParameters.manifest(), directory(), Set.of(TestParameters.SIZE), new ShownProgress());
  }

  private String refusal() {
    return assertThrows(IOException.class, this::require).getMessage();
  }

  @Test
  void aWholeSetIsEnough() throws IOException {
    TestParameters.putProduction(directory(), ParameterSet.POREP);

    assertEquals(List.of(), require());
  }

  @Test
  void withoutAnyTheLineSaysWhatToRun() {
    assertEquals(
        "--commit: Commit2 needs Groth parameters, and "
            + directory()
            + " has none; run: selkie params fetch --sector-size SIZE --sets porep, with the size"
            + " of the miner's sectors",
        refusal());
  }

  @Test
  void thoseOfOtherProofsDoNotCount() {
    TestParameters.putProduction(directory(), ParameterSet.WINDOW_POST);

    assertTrue(refusal().contains(" has none; run: selkie params fetch "), refusal());
  }

  @Test
  void aSetThatIsNotWholeIsNamedWithWhatToDo() throws IOException {
    TestParameters.putProduction(directory(), ParameterSet.POREP);
    Path params = directory().file(TestParameters.params(ParameterSet.POREP).name());
    Files.delete(params);

    String line = refusal();

    assertTrue(line.contains(params.getFileName() + " "), line);
    assertTrue(line.contains("; run: selkie params "), line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void aDamagedFileIsFound() throws IOException {
    TestParameters.putProduction(directory(), ParameterSet.POREP);
    Path params = directory().file(TestParameters.params(ParameterSet.POREP).name());
    byte[] bytes = Files.readAllBytes(params);
    bytes[7] ^= 1;
    Files.write(params, bytes);

    assertTrue(refusal().contains("remove it, then run: selkie params "), refusal());
  }
}
