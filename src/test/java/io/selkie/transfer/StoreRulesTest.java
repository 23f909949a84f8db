package io.selkie.transfer;

import static io.selkie.transfer.TransferSamples.SECTOR;
import static io.selkie.transfer.TransferSamples.SHA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.Destinations;
import io.selkie.storage.FileType;
import io.selkie.storage.PathSettings;
import io.selkie.storage.SectorCopy;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of attached paths, as transfers obey them. */
class StoreRulesTest {
  @TempDir Path temp;
  private Path repo;
  private StoragePaths paths;
  private Map<String, Path> files;
  private Offer offer;
  private final List<TransferSettings.Target> named = new ArrayList<>();

  @BeforeEach
  void seal() throws IOException {
    repo = Files.createDirectory(temp.toRealPath().resolve("repo"));
    files = TransferSamples.sector(repo, 1);
    open(100);
    SectorFiles there = new SectorFiles(repo, SECTOR);
    Files.createDirectories(there.manifest().getParent());
    Files.writeString(
        there.manifest(),
        """
        {"version":1,"sector":"%s","proofType":5,"pieces":[],
         "preCommit2":{"state":"done","ticket":"%s","sealed":"%s","files":[]}}
        """
            .formatted(SECTOR, "01".repeat(32), SHA.of(there.sealed())));
    offer = TransferSamples.offer(files);
  }

  private void open(int fullAt) throws IOException {
    paths =
        StoragePaths.open(
            new StoragePaths.Settings(
                repo, true, repo.resolve("storage.json"), fullAt, Optional.empty()));
  }

  private Path attach(String name, PathSettings settings) throws IOException {
    Path directory = Files.createDirectory(repo.resolveSibling(name));
    return paths.attach(directory, Optional.of(settings)).root();
  }

  private static PathSettings store(long weight, long most, List<String> groups) {
    return PathSettings.fresh(weight, false, true, most, groups);
  }

  private static PathSettings filtered(
      Set<FileType> allowTypes, Set<FileType> denyTypes, Set<MinerId> allow, Set<MinerId> deny) {
    return new PathSettings(
        "picky", 1000, false, true, 0, List.of(), List.of(), allowTypes, denyTypes, allow, deny);
  }

  private Targets targets() {
    KnownStores stores = new KnownStores(temp.resolve("known"));
    return new Targets(
        named,
        paths::stores,
        peer -> {
          throw new AssertionError("there are no peers");
        },
        (directory, presence) ->
            new LocalDestination(directory, "host-1", SHA, new RateLimit(0), stores, presence));
  }

  private StoreRules rules() {
    return new StoreRules(Destinations.of(paths), targets()::isNamed);
  }

  /** Where the sector goes. */
  private String chosen() throws Exception {
    Targets targets = targets();
    TransferPlan.Directory plans = new TransferPlan.Directory(temp.resolve("plans"));
    TransferPlanner planner =
        new TransferPlanner(
            which -> new SectorFiles(repo, which),
            plans,
            new Leftovers(temp.resolve("left"), plans, targets::at),
            targets::all,
            rules(),
            SHA,
            new TransferPlanner.Terms(512, Duration.ofHours(1), InstantSource.system()));
    String place = planner.plan(new Control(SECTOR)).place();
    plans.delete(SECTOR);
    return place;
  }

  private String reason() {
    TransferTrouble trouble = assertThrows(TransferTrouble.class, this::chosen);
    assertEquals("no_destination", trouble.failure().code());
    return trouble.failure().message();
  }

  @Test
  void theHeaviestOfTheAttachedStoresIsChosen() throws Exception {
    attach("light", store(1, 0, List.of()));
    Path heavy = attach("heavy", store(10, 0, List.of()));
    attach("none", store(0, 0, List.of()));

    assertEquals(heavy.toString(), chosen());
  }

  @Test
  void aStoreWhoseFiltersRefuseIsPassedOver() throws Exception {
    Path plain = attach("plain", store(1, 0, List.of()));
    Path picky = attach("picky", filtered(Set.of(), Set.of(), Set.of(), Set.of(SECTOR.miner())));

    assertEquals(plain.toString(), chosen());

    paths.detach(paths.find(plain.toString()));
    assertTrue(reason().contains(picky + ": its filters refuse sealed files of t01000"), reason());
  }

  @Test
  void typesAreFilteredToo() throws Exception {
    attach("picky", filtered(Set.of(FileType.UNSEALED), Set.of(), Set.of(), Set.of()));

    assertTrue(reason().contains("its filters refuse"), reason());
  }

  @Test
  void filesOfAPathWithAllowToGoToItsGroupsAlone() throws Exception {
    Files.delete(repo.resolve(PathSettings.FILE));
    new PathSettings(
            "sealing",
            10,
            true,
            false,
            0,
            List.of(),
            List.of("vault"),
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of())
        .create(repo.resolve(PathSettings.FILE));
    open(100);
    attach("other", store(1000, 0, List.of("attic")));
    Path vault = attach("vault", store(1, 0, List.of("vault")));
    named.add(new TransferSettings.Directory(Files.createDirectory(repo.resolveSibling("named"))));

    assertEquals(vault.toString(), chosen());

    paths.detach(paths.find(vault.toString()));
    assertTrue(reason().contains("AllowTo of " + repo + " names none of its groups"), reason());
  }

  @Test
  void maxStorageCountsForARenameToo() throws Exception {
    attach("small", store(10, 100, List.of()));

    assertTrue(reason().contains("it has room for 100 bytes"), reason());
  }

  @Test
  void aStoreThatIsTooFullGetsNoCopy() throws Exception {
    open(0);
    Path store = attach("store", store(10, 0, List.of()));

    TransferTrouble trouble =
        assertThrows(TransferTrouble.class, () -> require(store, Destination.Way.COPY));

    assertEquals("it would be more than 0 % full", trouble.getMessage());
    assertEquals(
        OptionalLong.of(10),
        require(store, Destination.Way.RENAME).weight(),
        "the disk is as full as it was after a rename");
  }

  private TargetChoice.Standing require(Path store, Destination.Way way) throws Exception {
    return rules().require(store.toString(), way, offer, TransferSamples.paths(files));
  }

  @Test
  void whatIsOnItsWayToAStoreIsNoRoomOfIt() throws Exception {
    Path store = attach("store", store(10, 2 * offer.size(), List.of()));
    SectorId other = SectorId.parse("s-t01000-8");
    Landing.open(
        store,
        new Offer(
            other,
            512,
            List.of(
                new SectorCopy.File(
                    FileNames.sealed(other), offer.size() + 1, "sha256:" + "00".repeat(32)))));

    assertThrows(TransferTrouble.class, () -> require(store, Destination.Way.COPY));

    Landing.open(store, offer);
    assertTrue(require(store, Destination.Way.COPY).holds(), "what is begun is gone on with");
  }

  @Test
  void theSettingsOrderCountsForWhatTheyName() throws Exception {
    attach("heavy", store(1000, 0, List.of()));
    Path first = attach("first", store(1, 0, List.of()));
    named.add(new TransferSettings.Directory(first));

    assertEquals(first.toString(), chosen());
  }
}
