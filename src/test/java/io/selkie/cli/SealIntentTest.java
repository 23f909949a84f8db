package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.filecoin.MinerId;
import io.selkie.filecoin.SectorId;
import io.selkie.filecoin.SectorSize;
import io.selkie.filecoin.Seed;
import io.selkie.filecoin.Ticket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealIntentTest {
  private static final Ticket TICKET = Ticket.ofHex("01".repeat(32));
  private static final Seed SEED = Seed.ofHex("02".repeat(32));

  @TempDir Path temp;
  private Path repo;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    repo = temp.resolve("repo");
    file = Files.writeString(temp.resolve("file"), "data");
  }

  @Test
  void beginsWithSector1AndRandomTicketAndSeed() throws IOException {
    SealIntent one = SealIntent.resumeOrBegin(request(file));
    one.end(repo);
    SealIntent two = SealIntent.resumeOrBegin(request(file));

    assertEquals(SectorId.parse("s-t01000-1"), one.sector());
    assertNotEquals(one.ticket(), two.ticket());
    assertNotEquals(one.seed(), two.seed());
  }

  @Test
  void theSameCommandGoesOnWithTheSameSectorTicketAndSeed() throws IOException {
    SealIntent interrupted = SealIntent.resumeOrBegin(request(file));

    assertEquals(interrupted, SealIntent.resumeOrBegin(request(file)));
  }

  @Test
  void thatItWasBegunIsSeenByItsManifest() throws IOException {
    SealIntent intent = SealIntent.resumeOrBegin(request(file));
    assertFalse(intent.begunBefore(repo));

    Files.writeString(intent.files(repo).manifest(), "{}");

    assertTrue(intent.begunBefore(repo));
  }

  @Test
  void aChangedFileIsAnotherSeal() throws IOException {
    SealIntent interrupted = begun(request(file));

    Files.setLastModifiedTime(file, FileTime.fromMillis(12_345));

    assertNotEquals(interrupted.sector(), SealIntent.resumeOrBegin(request(file)).sector());
  }

  @Test
  void otherFilesAreAnotherSeal() throws IOException {
    SealIntent interrupted = begun(request(file));
    Path other = Files.writeString(temp.resolve("other"), "data");

    for (List<Path> files : List.of(List.of(other), List.of(file, other), List.of(file, file))) {
      SealIntent next = SealIntent.resumeOrBegin(request(files.toArray(new Path[0])));
      assertNotEquals(interrupted.sector(), next.sector());
    }
  }

  @Test
  void anotherTicketSeedSizeOrMinerIsAnotherSeal() throws IOException {
    SealIntent interrupted = begun(request(file));
    Optional<Ticket> ticket = Optional.of(TICKET);
    Optional<Seed> seed = Optional.of(SEED);

    assertNotEquals(interrupted.sector(), next(SectorSize.KIB_2, 1000, ticket, Optional.empty()));
    assertNotEquals(interrupted.sector(), next(SectorSize.KIB_2, 1000, Optional.empty(), seed));
    assertNotEquals(
        interrupted.sector(), next(SectorSize.MIB_8, 1000, Optional.empty(), Optional.empty()));
    assertEquals(
        SectorId.parse("s-t01001-1"),
        next(SectorSize.KIB_2, 1001, Optional.empty(), Optional.empty()));
  }

  @Test
  void aTicketThatWasGivenBeforeFitsAgain() throws IOException {
    SectorId first = next(SectorSize.KIB_2, 1000, Optional.of(TICKET), Optional.of(SEED));

    assertEquals(first, next(SectorSize.KIB_2, 1000, Optional.of(TICKET), Optional.of(SEED)));
    assertEquals(first, next(SectorSize.KIB_2, 1000, Optional.empty(), Optional.empty()));
  }

  @Test
  void aFinishedSealIsNotGoneOnWith() throws IOException {
    SealIntent finished = begun(request(file));
    finished.end(repo);

    assertEquals(SectorId.parse("s-t01000-2"), SealIntent.resumeOrBegin(request(file)).sector());
  }

  @Test
  void aDamagedIntentIsIgnoredButItsNumberIsTaken() throws IOException {
    Files.createDirectories(repo.resolve("selkie"));
    for (String text : List.of("", "null", "{}", "{\"sector\":\"s-t01000-7\",\"proo", "[1]")) {
      Files.writeString(repo.resolve("selkie/s-t01000-7.intent.json"), text);

      SealIntent intent = SealIntent.resumeOrBegin(request(file));

      assertEquals(SectorId.parse("s-t01000-8"), intent.sector());
      intent.end(repo);
    }
  }

  @Test
  void theNextNumberIsAboveEveryOneOfTheMiner() throws IOException {
    for (String name :
        List.of(
            "unsealed/s-t01000-3",
            "sealed/s-t01000-12",
            "cache/s-t01000-4",
            "selkie/s-t01000-5.seal.json",
            "selkie/s-t01000-9-unseal",
            "sealed/s-t01001-99",
            "sealed/s-t01000-0200",
            "sealed/s-t01000-300x",
            "sealed/s-t01000-99999999999999999999")) {
      Path sector = repo.resolve(name);
      Files.createDirectories(sector.getParent());
      Files.createFile(sector);
    }

    assertEquals(SectorId.parse("s-t01000-13"), SealIntent.resumeOrBegin(request(file)).sector());
  }

  private SealIntent begun(SealRequest request) throws IOException {
    SealIntent intent = SealIntent.resumeOrBegin(request);
    Files.writeString(intent.files(repo).manifest(), "{}");
    return intent;
  }

  private SectorId next(SectorSize size, long miner, Optional<Ticket> ticket, Optional<Seed> seed)
      throws IOException {
    SealRequest request =
        SealRequest.of(
            List.of(file), repo, size, new MinerId(miner), ticket, seed, Phase.FINALIZE, true);
    return SealIntent.resumeOrBegin(request).sector();
  }

  private SealRequest request(Path... files) throws IOException {
    return SealRequest.of(
        List.of(files),
        repo,
        SectorSize.KIB_2,
        new MinerId(1000),
        Optional.empty(),
        Optional.empty(),
        Phase.FINALIZE,
        true);
  }
}
