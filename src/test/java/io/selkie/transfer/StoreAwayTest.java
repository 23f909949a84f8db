package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.TaskRequest;
import io.selkie.scheduler.TaskResult;
import io.selkie.storage.Destinations;
import io.selkie.storage.HostPlaces;
import io.selkie.storage.PathSettings;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of two attached stores is not mounted. */
class StoreAwayTest {
  private static final SealProofType TYPE = SealProofType.STACKED_DRG_2KIB_V1_1;
  private static final SectorId SECTOR = SectorId.parse("s-t01000-1");
  private static final String DIGEST = "blake3:" + "00".repeat(32);

  @TempDir Path temp;
  private StoragePaths paths;
  private StoragePath away;
  private StoragePath other;
  private HostPlaces places;
  private TransferWork work;

  @BeforeEach
  void attachStores() throws IOException {
    Path root = temp.toRealPath();
    paths =
        StoragePaths.open(
            StoragePaths.Settings.ofRepo(Files.createDirectory(root.resolve("repo"))));
    away = attach(root.resolve("away"));
    other = attach(root.resolve("other"));
    places = new HostPlaces(paths, false, "host-1");
    TransferPlan.Directory plans = new TransferPlan.Directory(root.resolve("plans"));
    KnownStores stores = new KnownStores(root.resolve("stores"));
    Targets targets =
        new Targets(
            List.of(),
            () -> List.of(away, other),
            peer -> {
              throw new AssertionError("there are no peers");
            },
            (directory, presence) ->
                new LocalDestination(
                    directory, "host-1", file -> DIGEST, new RateLimit(0), stores, presence));
    Leftovers leftovers = new Leftovers(root.resolve("left"), plans, targets::at);
    work =
        new TransferWork(
            plans,
            new TransferPlanner(
                places,
                plans,
                leftovers,
                targets::all,
                new StoreRules(Destinations.of(paths), targets::isNamed),
                file -> DIGEST,
                new TransferPlanner.Terms(512, Duration.ofHours(1), InstantSource.system())),
            leftovers,
            new SourceRelease(plans, leftovers, copy -> targets.at(copy.place())),
            new SectorMove(
                places,
                new TransferPlan.Directory(root.resolve("move-plans")),
                (source, sector) -> {
                  throw new AssertionError("nothing moves");
                },
                file -> DIGEST,
                512));
  }

  private StoragePath attach(Path directory) throws IOException {
    return paths.attach(
        Files.createDirectory(directory),
        Optional.of(PathSettings.fresh(1000, false, true, 0, List.of())));
  }

  private SectorFiles seal(SectorFiles files) throws IOException {
    files.createDirectories();
    Files.write(files.sealed(), new byte[2048]);
    Files.writeString(
        files.manifest(),
        """
        {"version":1,"sector":"%s","proofType":%d,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","sealed":"%s","files":[]}}
        """
            .formatted(files.sector(), TYPE.id(), "01".repeat(32), DIGEST));
    return files;
  }

  private void unmount() throws IOException {
    Files.move(away.root(), away.root().resolveSibling("disk"));
    Files.createDirectory(away.root());
  }

  @Test
  void aSectorLeavesForTheOther() throws Exception {
    SectorFiles files = seal(places.claim(SECTOR, 1));
    unmount();

    TaskResult transferred =
        work.perform(new TaskRequest.Transfer(TYPE), new Control(files.sector()));

    SectorCopy copy = ((TaskResult.Transferred) transferred).copy();
    assertEquals(other.root().toString(), copy.place());
    assertEquals(0, away.root().toFile().list().length, "nothing is put below the mount point");
    work.perform(new TaskRequest.Release(TYPE, copy), new Control(SECTOR));
    assertFalse(Files.exists(files.sealed()));
    assertTrue(Files.exists(other.root().resolve("sealed").resolve(SECTOR.toString())));
  }

  @Test
  void oneThatItMayHaveWaitsAndSaysWhy() throws Exception {
    seal(new SectorFiles(paths.all().get(0).root(), SECTOR));
    unmount();

    IOException reason =
        assertThrows(
            IOException.class,
            () -> work.perform(new TaskRequest.Transfer(TYPE), new Control(SECTOR)));

    assertTrue(reason.getMessage().contains(away.root().toString()), reason.getMessage());
    assertTrue(reason.getMessage().contains("mount its disk"), reason.getMessage());
  }
}
