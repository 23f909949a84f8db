package io.selkie.params;

import static io.selkie.params.ParameterSet.POREP;
import static io.selkie.params.ParameterSet.SRS;
import static io.selkie.params.ParameterSet.WINDOW_POST;
import static io.selkie.params.TestParameters.SIZE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorSize;
import io.selkie.files.FileTree;
import io.selkie.params.ParameterVerifier.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterGeneratorTest {
  private static final List<String> BOOKKEEPING =
      List.of(GeneratedRecord.NAME, ParameterLock.NAME, VerifiedStamps.NAME);

  @TempDir Path temp;
  private ParameterDirectory directory;
  private ParameterGenerator generator;
  private final FakeGeneration backend = new FakeGeneration();
  private final RecordingListener listener = new RecordingListener();

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp.resolve("params"));
    generator = new ParameterGenerator(TestParameters.manifest(), directory, "test");
  }

  @Test
  void putsASetInPlaceAndRecordsIt() throws Exception {
    GenerationResult result = generate(POREP);

    assertEquals(List.of(POREP), result.generated());
    assertEquals(SetVerdict.LOCAL, result.report().sets().get(0).verdict());
    assertEquals(
        List.of(
            GeneratedRecord.NAME,
            ParameterLock.NAME,
            VerifiedStamps.NAME,
            "v28-test-porep.meta",
            "v28-test-porep.params",
            "v28-test-porep.vk"),
        TestParameters.names(directory));
    GeneratedRecord record = GeneratedRecord.read(directory);
    assertEquals(3, record.files().size());
    assertEquals("test", record.entry("v28-test-porep.vk").orElseThrow().selkieVersion());
  }

  @Test
  void doesNotReadAgainWhatItDigestedItself() throws Exception {
    generate(POREP);
    listener.tasks.clear();

    verify(POREP);

    assertEquals(List.of(), listener.tasks);
  }

  @Test
  void generatesTheAggregationKeyWhichIsOneFile() throws Exception {
    assertEquals(SetVerdict.LOCAL, generate(SRS).report().sets().get(0).verdict());
  }

  @Test
  void skipsSetsThatAreGood() throws Exception {
    TestParameters.putProduction(directory, POREP);
    generate(WINDOW_POST);

    GenerationResult result = generate(POREP, WINDOW_POST);

    assertEquals(List.of(), result.generated());
    assertEquals(List.of(POREP, WINDOW_POST), result.alreadyThere());
    assertEquals(List.of(WINDOW_POST), backend.made());
  }

  @Test
  void aFailureInTheMiddleLeavesNothingBehind() throws IOException {
    Generation failing =
        (size, set, into, progress) -> {
          backend.generate(size, set, into, progress);
          throw new IOException("the prover died");
        };

    IOException failure =
        assertThrows(
            IOException.class, () -> generator.generate(SIZE, Set.of(POREP), failing, listener));

    assertEquals("the prover died", failure.getMessage());
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void aBugInTheBackendLeavesNothingBehind() throws IOException {
    Generation buggy =
        (size, set, into, progress) -> {
          backend.generate(size, set, into, progress);
          throw new IllegalStateException("bug");
        };

    assertThrows(
        IllegalStateException.class,
        () -> generator.generate(SIZE, Set.of(POREP), buggy, listener));

    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void setsFinishedBeforeAFailureStay() throws Exception {
    Generation secondFails =
        (size, set, into, progress) -> {
          if (set == WINDOW_POST) {
            throw new IOException("out of memory");
          }
          backend.generate(size, set, into, progress);
        };

    assertThrows(
        IOException.class,
        () -> generator.generate(SIZE, Set.of(POREP, WINDOW_POST), secondFails, listener));

    assertEquals(SetVerdict.LOCAL, verify(POREP));
    assertEquals(SetVerdict.MISSING, verify(WINDOW_POST));
  }

  @Test
  void refusesAGenerationThatMadeNoParameters() throws Exception {
    Generation incomplete =
        (size, set, into, progress) -> {
          backend.generate(size, set, into, progress);
          Files.delete(into.resolve("v28-test-porep.params"));
        };

    ParameterException failure =
        assertThrows(
            ParameterException.class,
            () -> generator.generate(SIZE, Set.of(POREP), incomplete, listener));

    assertEquals("the generation made no v28-test-porep.params", failure.getMessage());
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void doesNotPutUnknownFilesInPlace() throws Exception {
    Generation talkative =
        (size, set, into, progress) -> {
          backend.generate(size, set, into, progress);
          Files.writeString(into.resolve("debug.log"), "text");
        };

    generator.generate(SIZE, Set.of(POREP), talkative, listener);

    assertFalse(Files.exists(directory.file("debug.log")));
    assertEquals(6, TestParameters.names(directory).size());
  }

  @Test
  void neverOverwritesAProductionFile() throws Exception {
    ParameterFile key = TestParameters.key(POREP);
    TestParameters.put(directory, key.name(), TestParameters.content(key));

    ParameterException failure =
        assertThrows(ParameterException.class, () -> generate(WINDOW_POST, POREP));

    assertTrue(
        failure.getMessage().startsWith("will not overwrite v28-test-porep.vk: move it away"),
        failure.getMessage());
    assertArrayEquals(TestParameters.content(key), TestParameters.read(directory.file(key.name())));
    assertEquals(List.of(), backend.made(), "generated although it was bound to fail");
  }

  @Test
  void neverOverwritesAFileThatNobodyKnows() throws Exception {
    TestParameters.put(directory, TestParameters.params(POREP).name(), new byte[3]);

    assertThrows(ParameterException.class, () -> generate(POREP));

    assertEquals(
        3, TestParameters.read(directory.file(TestParameters.params(POREP).name())).length);
  }

  @Test
  void neverOverwritesAFileThatAppearedWhileItGenerated() throws Exception {
    ParameterFile params = TestParameters.params(POREP);
    Generation raced =
        (size, set, into, progress) -> {
          backend.generate(size, set, into, progress);
          TestParameters.put(directory, params.name(), TestParameters.content(params));
        };

    assertThrows(
        ParameterException.class, () -> generator.generate(SIZE, Set.of(POREP), raced, listener));

    assertArrayEquals(
        TestParameters.content(params), TestParameters.read(directory.file(params.name())));
  }

  @Test
  void refusesADiskThatIsTooSmallBeforeItStarts() throws Exception {
    generator =
        new ParameterGenerator(
            TestParameters.manifest(),
            directory,
            "test",
            Clock.systemUTC(),
            anyDirectory -> 1_200_000_000);

    ParameterException failure =
        assertThrows(ParameterException.class, () -> generate(POREP, WINDOW_POST));

    assertEquals(
        "generating [porep, window-post] needs 1.2 GB in "
            + directory
            + ", but only 1.2 GB are free",
        failure.getMessage());
    assertEquals(List.of(), backend.made());
  }

  @Test
  void refusesSizesThatCanOnlyBeFetched() {
    ParameterException failure =
        assertThrows(
            ParameterException.class,
            () -> generator.generate(SectorSize.GIB_32, Set.of(POREP), backend, listener));

    assertTrue(
        failure.getMessage().contains("selkie params fetch --sector-size 32GiB"),
        failure.getMessage());
    assertFalse(Files.exists(directory.path()));
  }

  @Test
  void putsNothingInPlaceBeforeItIsRecorded() throws Exception {
    directory.create();
    Path inTheWay = Files.createDirectory(directory.file(GeneratedRecord.NAME + ".tmp"));

    assertThrows(IOException.class, () -> generate(POREP));

    Files.delete(inTheWay);
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void removesWhatAKilledRunLeftBehind() throws Exception {
    directory.create();
    Path leftover = Files.createDirectory(directory.file("selkie-generating-porep-123"));
    Files.write(leftover.resolve("v28-test-porep.params"), new byte[100]);

    generate(POREP);

    assertFalse(Files.exists(leftover));
    assertEquals(List.of(POREP), backend.made());
  }

  @Test
  void finishesARunThatWasKilledAfterItsRecordWasWritten() throws Exception {
    killedAfterRecord();

    generate(POREP);

    assertEquals(List.of(), backend.made(), "generated again what was there");
    assertEquals(SetVerdict.LOCAL, verify(POREP));
    assertEquals(6, TestParameters.names(directory).size());
  }

  @Test
  void finishesARunThatWasKilledBetweenTwoRenames() throws Exception {
    for (String first : List.of("v28-test-porep.meta", "v28-test-porep.vk")) {
      Path leftover = killedAfterRecord();
      Files.move(leftover.resolve("v28-test-porep.meta"), directory.file("v28-test-porep.meta"));
      if (first.endsWith(".vk")) {
        Files.move(leftover.resolve(first), directory.file(first));
      }

      generate(POREP);

      assertEquals(List.of(), backend.made());
      assertEquals(SetVerdict.LOCAL, verify(POREP));
      FileTree.delete(directory.path());
    }
  }

  @Test
  void removesAnEmptyDirectoryOfARunThatWasKilledAtItsEnd() throws Exception {
    generate(POREP);
    Path leftover = Files.createDirectory(directory.file("selkie-generating-porep-123"));

    generate(WINDOW_POST);

    assertFalse(Files.exists(leftover));
    assertEquals(SetVerdict.LOCAL, verify(POREP));
  }

  @Test
  void doesNotFinishARunWhoseFilesAreDamaged() throws Exception {
    Path leftover = killedAfterRecord();
    Path params = leftover.resolve("v28-test-porep.params");
    byte[] content = TestParameters.read(params);
    content[99] ^= 1;
    Files.write(params, content);

    generate(POREP);

    assertEquals(List.of(POREP), backend.made());
    assertEquals(SetVerdict.LOCAL, verify(POREP));
  }

  @Test
  void replacesAMetadataFileOfAnotherProgram() throws Exception {
    TestParameters.put(directory, "v28-test-porep.meta", new byte[0]);

    generate(POREP);

    assertEquals("{\"sector_size\":2048}", Files.readString(directory.file("v28-test-porep.meta")));
  }

  @Test
  void leavesOnlyItsBookkeepingBesideTheSets() throws Exception {
    generate(POREP, WINDOW_POST);

    assertTrue(TestParameters.names(directory).containsAll(BOOKKEEPING));
    assertEquals(9, TestParameters.names(directory).size());
  }

  private GenerationResult generate(ParameterSet... sets) throws Exception {
    return generator.generate(SIZE, Set.of(sets), backend, listener);
  }

  private SetVerdict verify(ParameterSet set) throws IOException {
    return new ParameterVerifier(TestParameters.manifest(), directory)
        .verify(SIZE, Set.of(set), Depth.QUICK, listener)
        .sets()
        .get(0)
        .verdict();
  }

  /** The state right after the record reached the disk; returns the temporary directory. */
  private Path killedAfterRecord() throws Exception {
    directory.create();
    Installation installation = new Installation(directory);
    Path temporary = installation.temporaryDirectory(POREP);
    new FakeGeneration()
        .generate(
            SIZE,
            POREP,
            temporary,
            new GenerationProgress() {
              @Override
              public void step(String name) {}

              @Override
              public void done(double fraction) {}
            });
    GeneratedRecord.read(directory)
        .with(
            installation.describe(
                temporary,
                TestParameters.manifest().required(SIZE, POREP),
                Clock.systemUTC().instant(),
                "killed"))
        .write(directory);
    return temporary;
  }
}
