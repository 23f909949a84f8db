package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.filecoin.SectorSize;
import io.selkie.storage.SealRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SealRunTest {
  @TempDir Path temp;
  private SelkieRun selkie;
  private FakeNode node;
  private NodeClient client;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(temp);
    node = FakeNode.start(temp.resolve("state"));
    Tokens tokens = new Tokens(TokenSecret.in(temp.resolve("state")), Clock.systemUTC());
    client =
        new NodeClient(
            new NodeAddress(
                node.api(), () -> tokens.create(Permission.ADMIN, Duration.ofMinutes(1), "test")));
    file = Files.write(temp.resolve("ü.bin"), new byte[700]);
  }

  @AfterEach
  void tearDown() {
    node.close();
  }

  @Test
  void uploadsTheFileAndFollowsTheSectorToItsEnd() throws Exception {
    node.reports(
        Reports.inPreCommit1(),
        Reports.waitingForTheSeed(),
        Reports.waitingForTheSeed(),
        Reports.proving());

    SealRecord record = seal();

    assertEquals(Reports.PROOF, record.proof().orElseThrow());
    assertEquals(Optional.of("ü.bin"), record.pieces().get(0).name());
    assertEquals(Optional.of(true), record.verified());
    assertEquals(
        List.of("upload", "PreCommit1", "waiting for the seed"),
        selkie.shown.shown.stream()
            .filter(line -> line.startsWith("begin "))
            .map(line -> line.substring("begin ".length(), line.indexOf(" of ")))
            .toList());
    assertTrue(node.calls.get(0).startsWith("POST /sectors/seal?sectorSize=2KiB&request="));
    assertTrue(node.bodies.get(0).contains("filename=\"ü.bin\""), node.bodies.get(0));
    assertFalse(Files.exists(requestFile()));
  }

  @Test
  void anEventMakesItLookAgainAtOnce() throws Exception {
    node.reports(Reports.inPreCommit1(), Reports.proving());
    node.onEvents = () -> node.tell(Reports.SECTOR);

    long begun = System.nanoTime();
    seal();

    assertTrue(Duration.ofNanos(System.nanoTime() - begun).toSeconds() < 20);
  }

  @Test
  void killedWhileItFollowsItGoesOnWithTheSameSectorAndSendsNothingAgain() throws Exception {
    String request = begin();
    node.reports(Reports.of(Reports.inPreCommit1(), request), Reports.proving());

    SealRecord record = seal();

    assertEquals(Reports.SECTOR, record.sector());
    assertTrue(uploads().isEmpty());
    assertTrue(
        selkie.shown.shown.contains("message going on with s-t01000-1, which was interrupted"));
  }

  @Test
  void killedBeforeTheNodeAnsweredItAsksByTheSameRequest() throws Exception {
    String request = RequestFile.resumeOrBegin(requestFile()).request().toString();
    node.reports(Reports.proving());

    seal();

    assertEquals(List.of("POST /sectors/seal?sectorSize=2KiB&request=" + request), uploads());
  }

  @Test
  void aSectorOfThatNameThatIsAnothersIsLeftAlone() throws Exception {
    String request = begin();
    node.reports(Reports.of(Reports.inPreCommit1(), "another"), Reports.proving());

    seal();

    assertEquals(List.of("POST /sectors/seal?sectorSize=2KiB&request=" + request), uploads());
  }

  @Test
  void whatIsSealedOnceMoreIsANewSector() throws Exception {
    node.reports(Reports.proving());
    seal();
    seal();

    assertEquals(2, uploads().size());
    assertNotEquals(uploads().get(0), uploads().get(1));
  }

  @Test
  void whatNoWaitingMendsIsNotWaitedFor() throws Exception {
    String reason =
        "host a has too little memory: Commit2 of a 32GiB sector is counted with 62 GiB";
    node.reports(Reports.inPreCommit1().put("waiting", reason));

    assertEquals(
        reason + "; the node goes on with s-t01000-1: selkie sectors status s-t01000-1", failure());
  }

  @Test
  void aFailedSectorIsKeptAndTriedAgainByTheSameCommand() throws Exception {
    node.reports(Reports.failed());
    assertEquals(
        "the disk is full; s-t01000-1 is kept, the same command tries it again", failure());

    node.reports(Reports.failed(), Reports.proving());
    seal();

    assertEquals(1, uploads().size());
    assertTrue(node.calls.contains("POST /sectors/s-t01000-1/retry"));
  }

  @Test
  void aSectorThatIsGoneIsNotGoneOnWith() throws Exception {
    String request = begin();
    node.reports(Reports.removed(), Reports.proving());

    seal();

    assertEquals(1, uploads().size());
    assertFalse(uploads().get(0).endsWith(request));
  }

  @Test
  void aSectorThatIsRemovedMeanwhileIsToldAndForgotten() throws Exception {
    node.reports(Reports.inPreCommit1(), Reports.removed());

    assertEquals("s-t01000-1 was removed before it was sealed", failure());
    assertFalse(Files.exists(requestFile()));
  }

  @Test
  void aSectorThatIsGivenUpIsToldAndForgotten() throws Exception {
    ObjectNode givenUp = Reports.failed();
    ((ObjectNode) givenUp.get("sealing")).put("state", "FailedUnrecoverable");
    node.reports(givenUp);

    assertEquals(
        "the disk is full; s-t01000-1 is given up: selkie sectors remove s-t01000-1", failure());
    assertFalse(Files.exists(requestFile()));
  }

  @Test
  void whatTheNodeRefusesLeavesNothing() throws Exception {
    node.refusing("POST /sectors/seal", 409, "no room for another sector");

    assertEquals("no room for another sector", failure());
    assertFalse(Files.exists(requestFile()));
  }

  @Test
  void aNodeInTroubleMayHaveBegunTheSector() throws Exception {
    node.refusing("POST /sectors/seal", 503, "no answer in time");

    assertEquals("no answer in time", failure());
    assertTrue(Files.exists(requestFile()));
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNotSealed() throws Exception {
    SealRequest request = request();
    Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));

    IOException failure = assertThrows(IOException.class, () -> seal(request));

    assertEquals(file.toRealPath() + " changed while it was read", failure.getMessage());
    assertEquals(List.of(), node.bodies);
  }

  @Test
  void aFileThatShrinksWhileItIsReadIsNotSealed() throws Exception {
    SealRequest request = request();
    Files.write(file, new byte[3]);

    IOException failure = assertThrows(IOException.class, () -> seal(request));

    assertEquals(file.toRealPath() + " changed while it was read", failure.getMessage());
  }

  @Test
  void anInterruptedCommandSaysWhoGoesOn() throws Exception {
    node.reports(Reports.inPreCommit1());
    node.onEvents = Thread.currentThread()::interrupt;

    assertEquals(
        "called off; the node goes on with s-t01000-1: selkie sectors status s-t01000-1",
        failure());
    Thread.interrupted();

    NodeSession own = new NodeSession(client, Optional.of(temp), Optional.of(node));
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                new SealRun(selkie.context(), nodes(), request())
                    .seal(own, RequestFile.resumeOrBegin(requestFile())));
    assertEquals(
        "called off; s-t01000-1 is kept, the same command goes on with it", failure.getMessage());
  }

  private List<String> uploads() {
    return node.calls.stream().filter(call -> call.startsWith("POST /sectors/seal")).toList();
  }

  /** As an earlier command left it that was killed while it followed the sector. */
  private String begin() throws IOException {
    RequestFile request = RequestFile.resumeOrBegin(requestFile());
    request.begun(Reports.SECTOR);
    return request.request().toString();
  }

  private Path requestFile() throws IOException {
    return RequestFile.in(temp, request(), "");
  }

  private SealRequest request() throws IOException {
    return SealRequest.of(List.of(file), SectorSize.KIB_2);
  }

  private NodeFinder nodes() {
    return new NodeFinder(selkie.context(), Optional.empty());
  }

  private String failure() {
    return String.valueOf(assertThrows(IOException.class, this::seal).getMessage());
  }

  private SealRecord seal() throws IOException, InterruptedException {
    return seal(request());
  }

  private SealRecord seal(SealRequest request) throws IOException, InterruptedException {
    NodeSession session = new NodeSession(client, Optional.of(temp), Optional.empty());
    Path place = RequestFile.in(temp, request, "");
    return new SealRun(selkie.context(), nodes(), request)
        .seal(session, RequestFile.resumeOrBegin(place));
  }
}
