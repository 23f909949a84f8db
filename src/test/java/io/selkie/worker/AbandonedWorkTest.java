package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.selkie.scheduler.TaskKind;
import io.selkie.scheduler.TestTasks;
import io.selkie.storage.SectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AbandonedWorkTest {
  private static final String LABELS =
      "\"preCommit1\": {\"ticket\": \"%1$s\", \"commD\": \"%1$s\", \"layers\": []}"
          .formatted("01".repeat(32));
  private static final String PIECE =
      "{\"size\": 1024, \"commP\": \"%s\", \"bytes\": 700}".formatted("02".repeat(32));
  private static final long BYTES = 8;

  @TempDir private Path repo;
  private SectorFiles files;

  @BeforeEach
  void aSectorWithAllItMayHave() throws IOException {
    files = new SectorFiles(repo, TestTasks.sector(1));
    files.createDirectories();
    Files.createDirectories(files.cache());
    for (String name :
        new String[] {
          "sc-02-data-layer-1.dat",
          "sc-02-data-layer-2..tmp",
          "sc-02-data-tree-d.dat",
          "sc-02-data-tree-c.dat",
          "sc-02-data-tree-r-last.dat",
          "p_aux",
          "t_aux",
          "notes.txt"
        }) {
      write(files.cache().resolve(name));
    }
    write(files.unsealed());
    write(files.sealed());
    write(files.commit1Output());
    write(new SectorFiles(repo, TestTasks.sector(11)).sealed());
  }

  private static void write(Path file) throws IOException {
    Files.writeString(file, "x".repeat((int) BYTES));
  }

  private void record(String... fields) throws IOException {
    Files.writeString(
        files.manifest(),
        "{\"version\": 1, \"sector\": \"%s\", \"proofType\": 5, %s}"
            .formatted(files.sector(), String.join(", ", fields)));
  }

  private static String replica(String state) {
    return "\"preCommit2\": {\"state\": \"%s\", \"ticket\": \"%s\"}"
        .formatted(state, "01".repeat(32));
  }

  /** What is gone, by its name. */
  private Set<String> discard(TaskKind kind) throws IOException {
    Set<String> before = names();
    long bytes = AbandonedWork.discard(files, kind);
    before.removeAll(names());
    assertEquals(before.size() * BYTES, bytes);
    assertEquals(0, AbandonedWork.discard(files, kind), "done again");
    return before;
  }

  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> all = Files.walk(repo)) {
      all.filter(Files::isRegularFile).forEach(file -> names.add(repo.relativize(file).toString()));
    }
    return names;
  }

  @Test
  void layersAndTheCopyOfTheDataGoWithPreCommit1() throws IOException {
    record("\"pieces\": []", LABELS);
    assertEquals(
        Set.of(
            "cache/s-t01000-1/sc-02-data-layer-1.dat",
            "cache/s-t01000-1/sc-02-data-layer-2..tmp",
            "cache/s-t01000-1/sc-02-data-tree-d.dat",
            "cache/s-t01000-1/sc-02-data-tree-c.dat",
            "cache/s-t01000-1/sc-02-data-tree-r-last.dat",
            "cache/s-t01000-1/p_aux",
            "cache/s-t01000-1/t_aux",
            "sealed/s-t01000-1"),
        discard(TaskKind.PRE_COMMIT_1));
  }

  @Test
  void aReplicaThatPreCommit1HadNotBegunToWriteOverStays() throws IOException {
    record("\"pieces\": []", LABELS, replica("done"));
    assertEquals(Set.of(), discard(TaskKind.PRE_COMMIT_1));
  }

  @Test
  void treesGoWithPreCommit2AndWhatItIsMadeOfStays() throws IOException {
    record("\"pieces\": []", LABELS, replica("encoding"));
    assertEquals(
        Set.of(
            "cache/s-t01000-1/sc-02-data-tree-c.dat",
            "cache/s-t01000-1/sc-02-data-tree-r-last.dat",
            "cache/s-t01000-1/p_aux",
            "cache/s-t01000-1/t_aux"),
        discard(TaskKind.PRE_COMMIT_2));
  }

  @Test
  void aFinishedReplicaStays() throws IOException {
    record("\"pieces\": []", LABELS, replica("done"));
    assertEquals(Set.of(), discard(TaskKind.PRE_COMMIT_2));
  }

  @Test
  void theFirstPieceGoesWithItsFile() throws IOException {
    record("\"pieces\": []");
    assertEquals(Set.of("unsealed/s-t01000-1"), discard(TaskKind.ADD_PIECE));
  }

  @Test
  void aLaterPieceIsCutOff() throws IOException {
    record("\"pieces\": [" + PIECE + "]");
    Files.writeString(files.unsealed(), "x".repeat(1500));

    assertEquals(1500 - 1024, AbandonedWork.discard(files, TaskKind.ADD_PIECE));

    assertEquals(1024, Files.size(files.unsealed()));
    assertEquals(Set.of(), discard(TaskKind.ADD_PIECE));
  }

  @Test
  void thePiecesOfALabelledSectorStay() throws IOException {
    record("\"pieces\": []", LABELS);
    assertEquals(Set.of(), discard(TaskKind.ADD_PIECE));
  }

  @Test
  void theVanillaProofsGoWithCommit1() throws IOException {
    record("\"pieces\": []", LABELS, replica("done"));
    assertEquals(Set.of("selkie/s-t01000-1.c1.json"), discard(TaskKind.COMMIT_1));
  }

  /** An update is written beside the sealed sector, and without a record. */
  @Test
  void ofAnUpdateNothingIsLeftAndAllOfTheSealedSector() throws IOException {
    Files.createDirectories(files.updateCache());
    Files.createDirectories(files.update().resolveSibling(""));
    write(files.update());
    write(files.updateCache().resolve("sc-02-data-tree-d.dat"));
    write(files.updateCache().resolve("p_aux"));

    assertEquals(
        Set.of(
            "update/s-t01000-1",
            "update-cache/s-t01000-1/sc-02-data-tree-d.dat",
            "update-cache/s-t01000-1/p_aux"),
        discard(TaskKind.REPLICA_UPDATE));
    assertEquals(Set.of("selkie/s-t01000-1.c1.json"), discard(TaskKind.PROVE_REPLICA_UPDATE_1));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PROVE_REPLICA_UPDATE_1")
  void withoutARecordNothingWasBegun(TaskKind kind) throws IOException {
    assertEquals(Set.of(), discard(kind));
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT_2", "FINALIZE", "UNSEAL", "REMOVE", "TRANSFER", "RELEASE"})
  void otherTasksLeaveNothingOfTheirOwn(TaskKind kind) throws IOException {
    record("\"pieces\": []", LABELS, replica("done"));
    assertEquals(Set.of(), discard(kind));
  }

  @Test
  void aRecordOfANewerProgramIsLeftAlone() throws IOException {
    Files.writeString(files.manifest(), "{\"version\": 99}");
    assertThrows(IOException.class, () -> AbandonedWork.discard(files, TaskKind.PRE_COMMIT_1));
  }
}
