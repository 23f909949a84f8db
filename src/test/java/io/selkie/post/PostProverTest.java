package io.selkie.post;

import static io.selkie.post.ScriptedPost.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.Bytes32;
import io.selkie.filecoin.CommR;
import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.PostProof;
import io.selkie.filecoin.PostProofType;
import io.selkie.filecoin.PostRandomness;
import io.selkie.filecoin.SealProofType;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.FileType;
import io.selkie.storage.PathSettings;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PostProverTest {
  private static final MinerId MINER = new MinerId(1000);
  private static final PostProofType WINDOW = PostProofType.windowFor(SectorSize.KIB_2);
  private static final PostProofType WINNING = PostProofType.winningFor(SectorSize.KIB_2);
  private static final PostRandomness RANDOMNESS =
      PostRandomness.of(Bytes32.ofHex("17".repeat(32)));

  @TempDir Path temp;
  private final ScriptedPost post = new ScriptedPost();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private StoragePaths paths;
  private StoragePath first;
  private StoragePath second;
  private PostProver prover;

  @BeforeEach
  void open() throws Exception {
    Path repo = Files.createDirectory(temp.resolve("repo")).toRealPath();
    paths = StoragePaths.open(StoragePaths.Settings.ofRepo(repo));
    first = paths.all().get(0);
    second =
        paths.attach(
            Files.createDirectory(temp.resolve("second")),
            Optional.of(PathSettings.fresh(10, false, true, 0, List.of())));
    prover = prover(new PostSettings(8, Duration.ofMinutes(1)));
  }

  private PostProver prover(PostSettings settings) {
    return new PostProver(new PostProver.Parts(post, paths, post, post, settings, threads));
  }

  @AfterEach
  void end() {
    post.hang.countDown();
    threads.shutdownNow();
  }

  private void put(StoragePath path, long number) throws IOException {
    put(path, number, FileType.SEALED);
    put(path, number, FileType.CACHE);
  }

  private void put(StoragePath path, long number, FileType type) throws IOException {
    Path place = type.of(path.root(), new SectorId(MINER, number));
    if (type == FileType.CACHE || type == FileType.UPDATE_CACHE) {
      Files.createDirectory(place);
    } else {
      Files.write(place, new byte[2048]);
    }
  }

  private static ChallengedSector sector(long number) {
    return sector(number, false);
  }

  private static ChallengedSector sector(long number, boolean update) {
    return new ChallengedSector(
        SealProofType.STACKED_DRG_2KIB_V1_1,
        number,
        CommR.of(Bytes32.ofHex("%02x".formatted(number).repeat(32))),
        List.of(number, number + 1),
        update);
  }

  private static List<ChallengedSector> sectors(long... numbers) {
    List<ChallengedSector> all = new ArrayList<>();
    for (long number : numbers) {
      all.add(sector(number));
    }
    return all;
  }

  private WindowPost window(List<ChallengedSector> sectors) throws Exception {
    return get(prover.window(MINER, WINDOW, sectors, 3, RANDOMNESS));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static String failure(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> get(stage)).getCause().getMessage();
  }

  @Test
  void aPartitionIsReadOnAllPathsAndProvedInTheOrderThatWasGiven() throws Exception {
    put(second, 7);
    put(first, 9);
    put(first, 8, FileType.SEALED); // its two parts lie on two paths
    put(second, 8, FileType.CACHE);

    WindowPost made = window(sectors(7, 8, 9));

    assertEquals(new PostProof(WINDOW, words("proof on cpu-0")), made.proof().orElseThrow());
    assertEquals(List.of(), made.unreadable());
    assertEquals(
        List.of(words("7 here at [7, 8]"), words("8 here at [8, 9]"), words("9 here at [9, 10]")),
        post.proved.get(0).vanilla());
    assertEquals(Optional.of(3), post.proved.get(0).partition());
    assertEquals(3, post.verified.get(0).replicas().size());
    assertEquals(List.of(Duration.ofMinutes(1)), post.patience);
    assertTrue(post.held.isEmpty());
  }

  @Test
  void theUpdatedReplicaIsReadWhereThatIsMeant() throws Exception {
    put(first, 7);
    put(first, 7, FileType.UPDATE);
    put(first, 7, FileType.UPDATE_CACHE);

    assertTrue(window(List.of(sector(7, true))).proof().isPresent());

    assertEquals(
        List.of(first.root() + "/update/s-t01000-7 " + first.root() + "/update-cache/s-t01000-7"),
        post.read);
  }

  @Test
  void unreadableSectorsAreNamedAndThereIsNoProof() throws Exception {
    put(first, 7);
    put(first, 8);
    post.broken.add(8L);

    WindowPost made = window(sectors(7, 8, 9));

    assertEquals(new WindowPost(Optional.empty(), List.of(8L, 9L)), made);
    assertEquals(List.of(), post.proved);
  }

  @Test
  void whatTheLibraryFindsFaultyAfterAllIsUnreadable() throws Exception {
    put(first, 7);
    post.faulty.add(7L);

    assertEquals(new WindowPost(Optional.empty(), List.of(7L)), window(sectors(7)));
    assertTrue(post.held.isEmpty());
  }

  @Test
  void whatIsNotHereOrBrokenHereIsReadByOthers() throws Exception {
    put(first, 7);
    post.broken.add(7L);
    post.elsewhere.put(7L, List.of(URI.create("http://other:3456/remote")));
    post.elsewhere.put(
        8L,
        List.of(URI.create("http://broken:3456/remote"), URI.create("http://miner:2345/remote")));

    assertTrue(window(sectors(7, 8)).proof().isPresent());

    assertEquals(List.of(words("7 at other"), words("8 at miner")), post.proved.get(0).vanilla());
  }

  @Test
  void aDiskThatHangsCostsItsOwnSectorsAndNoMoreThanOneDeadline() throws Exception {
    prover = prover(new PostSettings(8, Duration.ofSeconds(1)));
    List<ChallengedSector> all = new ArrayList<>();
    List<Long> lost = new ArrayList<>();
    for (long number = 1; number <= 40; number++) {
      put(number <= 20 ? first : second, number);
      all.add(sector(number));
      if (number <= 20) {
        post.hanging.add(number);
        lost.add(number);
      }
    }
    long begun = System.nanoTime();

    WindowPost made = window(all);

    assertEquals(lost, made.unreadable());
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    assertTrue(seconds < 9, "two at once would take 10 s, and it took " + seconds);
  }

  @Test
  void aBlockIsProvedAndWhatKeepsItFromThatIsSaid() throws Exception {
    put(first, 7);

    assertEquals(WINNING, get(prover.winning(MINER, WINNING, sectors(7), RANDOMNESS)).type());
    assertEquals(List.of(Duration.ofSeconds(2)), post.patience);
    assertEquals(
        "s-t01000-9 cannot be read: no path of this host has it, and nobody else is known to",
        failure(prover.winning(MINER, WINNING, sectors(9), RANDOMNESS)));
  }

  @Test
  void aProofThatDoesNotHoldIsNotGivenAway() throws Exception {
    put(first, 7);
    post.holds = false;

    assertTrue(
        failure(prover.window(MINER, WINDOW, sectors(7), 0, RANDOMNESS)).contains("does not hold"));
    assertTrue(
        failure(prover.winning(MINER, WINNING, sectors(7), RANDOMNESS)).contains("does not hold"));
  }

  /** Its challenges depend on the other partitions, which are not known here. */
  @Test
  void aLaterPartitionOfTheOlderWindowPostIsNotVerified() throws Exception {
    put(first, 7);
    PostProofType older = PostProofType.STACKED_DRG_WINDOW_2KIB_V1;

    get(prover.window(MINER, older, sectors(7), 1, RANDOMNESS));
    assertEquals(List.of(), post.verified);

    get(prover.window(MINER, older, sectors(7), 0, RANDOMNESS));
    assertEquals(1, post.verified.size());
  }

  @Test
  void nonsenseIsRefused() {
    assertEquals(
        "there are no sectors to prove",
        failure(prover.window(MINER, WINDOW, List.of(), 0, RANDOMNESS)));
    assertEquals(
        WINDOW + " is no winning PoSt",
        failure(prover.winning(MINER, WINDOW, sectors(7), RANDOMNESS)));
    assertFalse(post.held.contains("post"));
  }
}
