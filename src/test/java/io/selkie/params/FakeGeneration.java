package io.selkie.params;

import io.selkie.filecoin.SectorSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Writes random files under the names of the manifest, others in every run, as the real one. */
public class FakeGeneration implements Generation {
  private final List<ParameterSet> made = Collections.synchronizedList(new ArrayList<>());

  /** The sets made so far. */
  public List<ParameterSet> made() {
    return List.copyOf(made);
  }

  @Override
  public void generate(
      SectorSize size, ParameterSet set, Path directory, GenerationProgress progress)
      throws IOException, InterruptedException {
    made.add(set);
    progress.step("writing");
    for (ParameterFile file : TestParameters.manifest().required(size, set)) {
      byte[] content = new byte[5_000];
      new SecureRandom().nextBytes(content);
      Files.write(directory.resolve(file.name()), content);
      if (file.name().endsWith(".params")) {
        String meta = file.name().replace(".params", ".meta");
        Files.write(
            directory.resolve(meta),
            ("{\"sector_size\":" + size.bytes() + "}").getBytes(StandardCharsets.UTF_8));
      }
    }
    progress.done(1);
  }
}
