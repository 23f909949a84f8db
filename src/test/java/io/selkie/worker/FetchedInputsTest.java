package io.selkie.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskId;
import io.selkie.scheduler.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchedInputsTest {
  @TempDir Path temp;

  private static TaskId.Attempt proving(int task) {
    return new TaskId(SectorId.parse("s-t01000-1"), 1, task, TaskKind.COMMIT_2).attempt(1);
  }

  @Test
  void onlyWhatHasNoDirectoryOfAJobIsRemovedAtTheStart() throws IOException {
    FetchedInputs fetched = new FetchedInputs(temp.resolve("fetched"));
    Path jobs = Files.createDirectories(temp.resolve("jobs"));
    for (int task = 1; task <= 3; task++) {
      fetched.make(proving(task));
    }
    // Of this one job.json cannot be read now: a disk has trouble, and its prover works on.
    Files.createDirectory(jobs.resolve(proving(2).toString()));

    fetched.tidy(Set.of(proving(1).toString()), jobs);

    assertTrue(fetched.has(proving(1)));
    assertTrue(fetched.has(proving(2)));
    assertFalse(fetched.has(proving(3)));
  }
}
