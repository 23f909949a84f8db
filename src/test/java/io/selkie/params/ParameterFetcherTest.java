package io.selkie.params;

import static io.selkie.params.HostileServer.atMost;
import static io.selkie.params.HostileServer.chunked;
import static io.selkie.params.HostileServer.contentRange;
import static io.selkie.params.HostileServer.dropAfter;
import static io.selkie.params.HostileServer.endless;
import static io.selkie.params.HostileServer.good;
import static io.selkie.params.HostileServer.status;
import static io.selkie.params.HostileServer.withoutRanges;
import static io.selkie.params.ParameterSet.SRS;
import static io.selkie.params.TestParameters.SIZE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.files.FileTree;
import io.selkie.params.HostileServer.Behaviour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ParameterFetcherTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration IMPATIENCE = Duration.ofMillis(250);

  /** The set of one file keeps the scripts of the server short. */
  private static final ParameterFile FILE = TestParameters.manifest().required(SIZE, SRS).get(0);

  private static final byte[] CONTENT = TestParameters.content(FILE);
  private static final byte[] WRONG = new byte[CONTENT.length];

  @TempDir Path temp;
  private ParameterDirectory directory;
  private final List<HostileServer> servers = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final RecordingListener listener = new RecordingListener();
  private Duration stallTimeout = PATIENCE;
  private long maxFileBytes = 1_000_000;
  private FreeSpace freeSpace = any -> Long.MAX_VALUE;

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp.resolve("params"));
  }

  @AfterEach
  void closeServers() throws IOException {
    for (HostileServer server : servers) {
      server.close();
    }
  }

  @Test
  void fetchesWhatIsMissingAndChecksIt() throws Exception {
    HostileServer server = serve(good(CONTENT));

    FetchResult result = fetch(server);

    assertEquals(List.of(FILE), result.fetched());
    assertEquals(SetVerdict.PRODUCTION, result.report().sets().get(0).verdict());
    assertInPlace();
    assertEquals("/ipfs/" + FILE.cid(), server.requests.get(1).path());
    assertEquals(List.of(), waits);
  }

  @Test
  void fetchesEveryFileOfASet() throws Exception {
    Behaviour byCid =
        (request, out) -> {
          ParameterFile file =
              TestParameters.manifest().files().stream()
                  .filter(each -> request.path().endsWith("/" + each.cid()))
                  .findFirst()
                  .orElseThrow();
          good(TestParameters.content(file)).answer(request, out);
        };

    FetchResult result = fetcher(serve(byCid)).fetch(SIZE, ParameterSet.usual(), listener);

    assertEquals(8, result.fetched().size());
    assertTrue(result.report().production());
    assertTrue(listener.tasks.stream().anyMatch(task -> task.endsWith("(8 of 8)")));
  }

  @Test
  void asksForNothingThatIsThere() throws Exception {
    TestParameters.putProduction(directory, SRS);
    HostileServer server = serve(status(500));

    assertEquals(List.of(), fetch(server).fetched());
    assertEquals(List.of(), server.requests);
  }

  @Test
  void goesOnByRangeAfterADroppedConnection() throws Exception {
    HostileServer server =
        serve(dropAfter(CONTENT, 100_000), dropAfter(CONTENT, 50_000), good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(0L, 100_000L, 150_000L), server.offsets());
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), waits);
  }

  @Test
  void goesOnByRangeInALaterRun() throws Exception {
    assertFails(serve(dropAfter(CONTENT, 100_000), status(404)), "HTTP 404");
    assertEquals(100_000, Files.size(part()));
    HostileServer server = serve(good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(100_000L), server.offsets());
  }

  @Test
  void goesOnFromAnotherGateway() throws Exception {
    HostileServer second = serve(good(CONTENT));

    fetch(serve(dropAfter(CONTENT, 1_000), status(410)), second);

    assertInPlace();
    assertEquals(List.of(1_000L), second.offsets());
  }

  @Test
  void startsAgainWhereRangesAreIgnored() throws Exception {
    fetch(serve(dropAfter(CONTENT, 100_000), withoutRanges(CONTENT)));

    assertInPlace();
  }

  @Test
  void givesUpAGatewayThatIgnoresRangesAndAlwaysDrops() {
    Behaviour drops =
        (request, out) ->
            dropAfter(CONTENT, 100_000)
                .answer(new HostileServer.Request("GET", request.path(), 0), out);

    ParameterException failure = assertFails(serve(drops), "(3 times)");

    assertTrue(failure.getMessage().contains("what arrived is kept"), failure.getMessage());
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), waits);
  }

  @Test
  void takesRangesThatEndEarly() throws Exception {
    HostileServer server = serve(dropAfter(CONTENT, 10), atMost(CONTENT, 200_000), good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(0L, 10L, 200_010L), server.offsets());
  }

  @Test
  void givesUpAGatewayThatSendsTinyRangesForEver() {
    assertFails(serve(dropAfter(CONTENT, 10), atMost(CONTENT, 1)), "small parts");
  }

  @Test
  void triesTheNextGatewayAfterWrongBytes() throws Exception {
    HostileServer wrong = serve(good(WRONG));

    fetch(wrong, serve(good(CONTENT)));

    assertInPlace();
    assertEquals(1, wrong.offsets().size());
  }

  @Test
  void keepsNothingOfWrongBytes() throws Exception {
    ParameterException failure = assertFails(serve(good(WRONG)), "wrong digest");

    assertFalse(failure.getMessage().contains("kept"), failure.getMessage());
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void startsAgainIfTheFirstBytesWereAnotherGatewaysWrongOnes() throws Exception {
    HostileServer second = serve(good(CONTENT));

    fetch(serve(dropAfter(WRONG, 100_000), status(404)), second);

    assertInPlace();
    assertEquals(List.of(100_000L, 0L), second.offsets());
  }

  @Test
  void startsAgainOnlyOnce() throws Exception {
    directory.create();
    Files.write(part(), Arrays.copyOf(WRONG, 100_000));
    HostileServer server = serve(good(WRONG));

    assertFails(server, "wrong digest");

    assertEquals(List.of(100_000L, 0L), server.offsets());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-299999/300000",
        "bytes 100001-299999/300000",
        "bytes 100000-299999/10",
        "bytes 299999-100000/300000",
        "bytes 100000-99999999999999999999999/*",
        "lines 1-2/3",
        ""
      })
  void asksForAllOfItAfterAWrongContentRange(String header) throws Exception {
    HostileServer server =
        serve(dropAfter(CONTENT, 100_000), contentRange(CONTENT, header), good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(0L, 100_000L, 0L), server.offsets());
  }

  @Test
  void takesAContentRangeWithoutATotal() throws Exception {
    String range = "bytes 100000-299999/*";

    fetch(serve(dropAfter(CONTENT, 100_000), contentRange(CONTENT, range)));

    assertInPlace();
  }

  @Test
  void goesOnBehindARangeThatIsShorterThanItSays() throws Exception {
    byte[] half = Arrays.copyOf(CONTENT, 150_000);
    Behaviour shorter = contentRange(half, HostileServer.range(100_000, 299_999, 300_000));
    HostileServer server = serve(dropAfter(CONTENT, 100_000), shorter, good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(0L, 100_000L, 150_000L), server.offsets());
  }

  @Test
  void refusesAPartThatNobodyAskedFor() {
    assertFails(serve(atMost(CONTENT, 200_000)), "HTTP 206 although no range was asked for");
  }

  @Test
  void namesEachGatewayWithItsReason() throws Exception {
    HostileServer first = serve(status(404));
    HostileServer second = serve(status(403));

    ParameterException failure = assertThrows(ParameterException.class, () -> fetch(first, second));

    assertEquals(
        "cannot fetch "
            + FILE.name()
            + ": "
            + first.gateway()
            + ": HTTP 404; "
            + second.gateway()
            + ": HTTP 403",
        failure.getMessage());
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
    assertEquals(List.of(), waits);
  }

  @Test
  void waitsAsLongAsABusyGatewayAsks() throws Exception {
    fetch(
        serve(
            status(503, "Retry-After: 7"),
            status(429, "Retry-After: Sun, 01 Mar 2026 00:00:09 GMT"),
            good(CONTENT)));

    assertInPlace();
    assertEquals(List.of(Duration.ofSeconds(7), Duration.ofSeconds(9)), waits);
  }

  @Test
  void leavesAGatewayThatAsksForTooLongAWait() throws Exception {
    fetch(serve(status(503, "Retry-After: 86400")), serve(good(CONTENT)));

    assertInPlace();
    assertEquals(List.of(), waits);
    assertTrue(
        listener.messages.stream().anyMatch(line -> line.contains("come back in 86400 s")),
        listener.messages::toString);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 408, 429})
  void givesUpAGatewayThatStaysBusy(int code) {
    assertFails(serve(status(code, "Retry-After: soon")), "HTTP " + code + " (3 times)");

    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), waits);
  }

  @Test
  void triesTheNextGatewayIfNobodyListens() throws Exception {
    HostileServer gone = serve(status(500));
    gone.close();

    fetch(gone, serve(good(CONTENT)));

    assertInPlace();
  }

  @Test
  void followsARedirectAndKeepsTheRange() throws Exception {
    HostileServer target = serve(dropAfter(CONTENT, 100_000), good(CONTENT));

    fetch(serve(status(302, "Location: " + target.gateway() + "elsewhere")));

    assertInPlace();
    assertEquals(List.of(0L, 100_000L), target.offsets());
  }

  @Test
  void givesUpARedirectInACircle() throws Exception {
    HostileServer[] self = new HostileServer[1];
    self[0] =
        serve(
            (request, out) ->
                status(302, "Location: " + self[0].gateway() + "again").answer(request, out));

    assertFails(self[0], "HTTP 302 (redirect not followed)");
  }

  @Test
  void dropsAConnectionThatStallsAndGoesOn() throws Exception {
    stallTimeout = IMPATIENCE;
    HostileServer other = serve(status(500));
    HostileServer server = serve(other.stallAfter(CONTENT, 100_000), good(CONTENT));

    fetch(server);

    assertInPlace();
    assertEquals(List.of(0L, 100_000L), server.offsets());
  }

  @Test
  void givesUpAGatewayThatNeverAnswers() throws Exception {
    stallTimeout = IMPATIENCE;
    HostileServer other = serve(status(500));

    assertFails(serve(other.silent()), "no answer for 250 ms");
  }

  @Test
  void refusesAnAnswerThatNeverEnds() throws Exception {
    assertFails(serve(endless()), "sends more bytes than it should");

    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void refusesAnAnswerThatIsTooLarge() throws Exception {
    maxFileBytes = CONTENT.length - 1L;

    assertFails(serve(good(CONTENT)), "offers 300000 bytes, which is too many");
    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void refusesAnEmptyAnswer() throws Exception {
    assertFails(serve(good(new byte[0])), "empty answer");

    assertEquals(List.of(ParameterLock.NAME), TestParameters.names(directory));
  }

  @Test
  void takesAnAnswerOfUnknownLength() throws Exception {
    fetch(serve(chunked(CONTENT)));

    assertInPlace();
  }

  @Test
  void takesAPartThatIsCompleteAlready() throws Exception {
    directory.create();
    Files.write(part(), CONTENT);

    fetch(serve(good(CONTENT)));

    assertInPlace();
  }

  @Test
  void throwsAwayAPartThatIsTooLong() throws Exception {
    directory.create();
    Files.write(part(), Arrays.copyOf(CONTENT, CONTENT.length + 5));

    fetch(serve(good(CONTENT)));

    assertInPlace();
  }

  @Test
  void throwsAwayAPartOfWrongBytes() throws Exception {
    directory.create();
    Files.write(part(), WRONG);

    fetch(serve(good(CONTENT)));

    assertInPlace();
  }

  @Test
  void replacesACorruptFileOnlyWhenTheGoodOneIsComplete() throws Exception {
    TestParameters.put(directory, FILE.name(), WRONG);
    assertFails(serve(dropAfter(CONTENT, 10), status(404)), "HTTP 404");
    assertArrayEquals(WRONG, TestParameters.read(directory.file(FILE.name())));

    fetch(serve(good(CONTENT)));

    assertInPlace();
  }

  @Test
  void doesNotMixALocalKeyWithProductionParameters() throws Exception {
    ParameterFile key = TestParameters.key(ParameterSet.POREP);
    TestParameters.put(directory, key.name(), new byte[9]);
    new GeneratedRecord(
            Map.of(
                key.name(),
                new GeneratedRecord.Entry(TestParameters.digest(new byte[9]), 9, NOW, "test")))
        .write(directory);
    HostileServer server = serve(status(500));

    ParameterException failure =
        assertThrows(
            ParameterException.class,
            () -> fetcher(server).fetch(SIZE, Set.of(ParameterSet.POREP), listener));

    assertTrue(failure.getMessage().contains("will not overwrite"), failure.getMessage());
    assertEquals(List.of(), server.requests);
  }

  @Test
  void refusesADiskThatIsTooSmallBeforeItStarts() throws Exception {
    freeSpace = any -> 16_100_000;
    HostileServer server = serve(status(500)).onHead(good(CONTENT));

    ParameterException failure = assertThrows(ParameterException.class, () -> fetch(server));

    assertTrue(failure.getMessage().contains("but only 16.1 MB are free"), failure.getMessage());
    assertEquals(List.of(), server.offsets());
  }

  @Test
  void refusesADiskThatIsTooSmallWhenItLearnsTheLength() {
    freeSpace = any -> 16_100_000;

    assertFails(serve(good(CONTENT)), "but only 16.1 MB are free");
  }

  /** Whatever gateways do, the file is whole and right in the end, or not there. */
  @Test
  void neverLeavesHalfAFileWhateverHappens() throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<Behaviour> script = new ArrayList<>();
      int steps = 1 + random.nextInt(6);
      for (int i = 0; i < steps; i++) {
        script.add(anything(random));
      }
      HostileServer first = serve(script.toArray(Behaviour[]::new));
      Collections.shuffle(script, random);
      HostileServer second = serve(script.toArray(Behaviour[]::new));
      try {
        fetch(first, second);
        assertInPlace();
      } catch (ParameterException e) {
        assertFalse(Files.exists(directory.file(FILE.name())), "seed " + seed);
      }
      fetch(serve(good(CONTENT)));
      assertInPlace();
      FileTree.delete(directory.path());
    }
  }

  private static Behaviour anything(Random random) {
    int bytes = random.nextInt(CONTENT.length);
    return switch (random.nextInt(9)) {
      case 0 -> good(random.nextBoolean() ? CONTENT : WRONG);
      case 1 -> withoutRanges(CONTENT);
      case 2 -> chunked(Arrays.copyOf(CONTENT, bytes));
      case 3 -> contentRange(CONTENT, HostileServer.range(bytes, CONTENT.length, CONTENT.length));
      case 4 -> status(400 + random.nextInt(150));
      case 5 -> good(Arrays.copyOf(CONTENT, CONTENT.length + bytes));
      case 6 -> dropAfter(WRONG, bytes);
      case 7 -> atMost(CONTENT, 1 + bytes);
      default -> dropAfter(CONTENT, bytes);
    };
  }

  private ParameterException assertFails(HostileServer server, String reason) {
    ParameterException failure = assertThrows(ParameterException.class, () -> fetch(server));
    assertTrue(failure.getMessage().contains(reason), failure.getMessage());
    assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
    return failure;
  }

  private void assertInPlace() throws IOException {
    assertArrayEquals(CONTENT, TestParameters.read(directory.file(FILE.name())));
    assertFalse(Files.exists(part()), "the part is still there");
  }

  private Path part() {
    return directory.file(FILE.name() + ".part");
  }

  private HostileServer serve(Behaviour... behaviours) {
    try {
      HostileServer server = new HostileServer(behaviours);
      servers.add(server);
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private FetchResult fetch(HostileServer... gateways) throws IOException, InterruptedException {
    return fetcher(gateways).fetch(SIZE, Set.of(SRS), listener);
  }

  private ParameterFetcher fetcher(HostileServer... gateways) {
    FetchSettings settings =
        new FetchSettings(
            Arrays.stream(gateways).map(HostileServer::gateway).toList(),
            PATIENCE,
            stallTimeout,
            3,
            Duration.ofMinutes(2),
            maxFileBytes);
    return new ParameterFetcher(
        TestParameters.manifest(),
        directory,
        settings,
        Clock.fixed(NOW, ZoneOffset.UTC),
        waits::add,
        freeSpace);
  }
}
