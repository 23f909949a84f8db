package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.filecoin.SectorId;
import io.selkie.storage.RepoLock;
import io.selkie.storage.SectorFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real seals of 2 KiB sectors as far as Commit1, and what comes back out of them. */
class SealCommandIT {
  private static final String TICKET = "01".repeat(32);
  private static final String SEED = "02".repeat(32);

  @TempDir Path home;
  private CliProcess selkie;

  @BeforeEach
  void setUp() {
    selkie = new CliProcess(home);
  }

  @Test
  void filesComeBackExactlyAsTheyWere() throws Exception {
    Path one = selkie.file("one", 100);
    Path two = selkie.file("two", 500);
    Path three = selkie.file("three", 1);

    JsonNode seal =
        selkie
            .run("seal", "one", "two", "three", "--repo", "r", "--until", "commit1", "--json")
            .json();

    assertEquals("s-t01000-1", seal.get("sector").asText());
    assertEquals(5, seal.get("proofType").asInt());
    assertEquals(
        List.of("one", "two", "three"),
        StreamSupport.stream(seal.get("pieces").spliterator(), false)
            .filter(piece -> piece.has("name"))
            .map(piece -> piece.get("name").asText())
            .toList());
    assertEquals(
        List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1"),
        seal.get("phases").findValuesAsText("phase"));
    for (String fact : List.of("commD", "commR", "ticket", "seed")) {
      assertTrue(seal.get(fact).asText().matches("[0-9a-f]{64}"), fact);
    }
    assertFalse(seal.has("proof"));
    assertEquals(List.of(), CliProcess.names(selkie.state().resolve("jobs")));
    assertFalse(Files.exists(home.resolve("r/selkie/s-t01000-1.intent.json")));

    Path[] files = {one, two, three};
    for (int i = 0; i < files.length; i++) {
      unseal("--piece", Integer.toString(i)).succeeded();
      assertArrayEquals(Files.readAllBytes(files[i]), Files.readAllBytes(home.resolve("out")));
    }
    unseal("--piece", "1", "--range", "130:7").succeeded();
    assertArrayEquals(
        Arrays.copyOfRange(Files.readAllBytes(two), 130, 137),
        Files.readAllBytes(home.resolve("out")));
    unsealRefuses();
  }

  /** With a sector of three files. */
  private void unsealRefuses() throws Exception {
    Files.delete(home.resolve("out"));
    Path repo = home.resolve("r");
    unseal()
        .failedWith(
            "selkie unseal: s-t01000-1 holds 3 files: choose one with --piece 0 to --piece 2");
    unseal("--piece", "3")
        .failedWith("selkie unseal: s-t01000-1 has no piece 3: it holds 3 files, counted from 0");
    unseal("--piece", "2", "--range", "0:2")
        .failedWith("selkie unseal: the range 0:2 ends beyond the 1 bytes of the file");
    String[] piece0 = {"unseal", "s-t01000-1", "--repo", "r", "--piece", "0", "-o"};
    selkie.run(plus(piece0, ".")).failedWith("selkie unseal: . is a directory");
    selkie
        .run(plus(piece0, "none/out"))
        .failedWith("selkie unseal: none/out: there is no directory " + home.resolve("none"));
    selkie
        .run(plus(piece0, "r/sealed/out"))
        .failedWith("selkie unseal: r/sealed/out lies among the sectors of " + repo);
    SectorFiles files = new SectorFiles(repo, SectorId.parse("s-t01000-1"));
    try (RepoLock lock = RepoLock.takeForUnsealing(files).orElseThrow()) {
      selkie
          .run(plus(piece0, "out"))
          .failedWith("selkie unseal: another selkie process is unsealing s-t01000-1");
    }
    selkie
        .run("unseal", "s-t01000-2", "--repo", "r", "-o", "out")
        .failedWith("selkie unseal: there is no sector s-t01000-2 in " + repo);
    selkie
        .run("verify", "s-t01000-1", "--repo", "r")
        .failedWith("selkie verify: s-t01000-1 has no proof yet: its seal did not get to Commit2");
    assertFalse(Files.exists(home.resolve("out")));
  }

  @Test
  void withTicketAndSeedGivenTheReplicaIsTheSameEverywhere() throws Exception {
    selkie.file("file", 2032);
    String[] given = {"--ticket", TICKET, "--seed", SEED, "--miner", "t01234", "--json"};
    String[] line = {"seal", "file", "--until", "commit1", "--repo"};

    JsonNode here = selkie.run(plus(plus(line, "here"), given)).json();
    JsonNode there = selkie.run(plus(plus(line, "there"), given)).json();

    assertEquals("s-t01234-1", here.get("sector").asText());
    assertEquals(TICKET, here.get("ticket").asText());
    assertEquals(SEED, here.get("seed").asText());
    assertEquals(here.get("commD"), there.get("commD"));
    assertEquals(here.get("commR"), there.get("commR"));
    for (String file : List.of("sealed/s-t01234-1", "selkie/s-t01234-1.c1.json")) {
      Path one = home.resolve("here").resolve(file);
      assertEquals(-1, Files.mismatch(one, home.resolve("there").resolve(file)), file);
    }
  }

  @Test
  void whatIsNotSealedYetCannotBeUnsealed() throws Exception {
    selkie.file("file", 700);

    CliProcess.Result added = selkie.run("seal", "file", "--until", "addpiece").succeeded();

    assertTrue(added.out().startsWith("sector       s-t01000-1"), added.out());
    assertEquals("AddPiece\n", added.err());
    selkie
        .run("unseal", "s-t01000-1", "-o", "out")
        .failedWith("selkie unseal: s-t01000-1 is not sealed: it has no replica yet");
    selkie
        .run("verify", "s-t01000-7")
        .failedWith("selkie verify: there is no sector s-t01000-7 in " + home.resolve(".selkie"));
  }

  @Test
  void verifyRefusesInOneLineWhatIsNoRecord() throws Exception {
    selkie.file("file", 700);

    selkie
        .run("verify", "nothing")
        .failedWith("selkie verify: nothing: neither a sector such as s-t01000-1 nor a file");
    CliProcess.Result noise = selkie.run("verify", "file");
    assertTrue(
        noise.err().startsWith("selkie verify: file is not the record of a seal: "), noise.err());
    assertEquals(1, noise.err().lines().count());
    Files.writeString(
        home.resolve("half.json"), "{\"sector\":\"s-t01000-1\",\"proofType\":5,\"phases\":[]}");
    selkie
        .run("verify", "half.json")
        .failedWith("selkie verify: there is no commR in the record: the seal was not finished");
    assertFalse(Files.exists(selkie.state()));
  }

  /** Names that are not ASCII need a locale, which the start script sees to. */
  @Test
  void pathsMayHoldSpacesBracketsAndAnyLetters() throws Exception {
    String locale = shell("LC_ALL=C.UTF-8 locale charmap");
    assumeTrue(locale.equals("UTF-8\n"), "no UTF-8 locale here");
    String java = "'" + String.join("' '", CliProcess.java()) + "'";
    Path script =
        Files.writeString(
            home.resolve("script"),
            """
            set -e
            export LC_ALL=C.UTF-8
            mkdir 'a [b] {c} ü' && cd 'a [b] {c} ü'
            printf 'größer *?' > 'größe [1] 日本.txt'
            %1$s seal 'größe [1] 日本.txt' --repo 'répo [x]' --until commit1 --json
            %1$s unseal s-t01000-1 --repo 'répo [x]' -o 'out [2] ß'
            cmp 'größe [1] 日本.txt' 'out [2] ß'
            """
                .formatted(java));

    CliProcess.Result result = selkie.startLine(List.of("bash", script.toString())).await();

    assertEquals("größe [1] 日本.txt", result.json().at("/pieces/0/name").asText());
    assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(result.out()));
  }

  @Test
  void anExistingOutputIsReplacedAsAWhole() throws Exception {
    Path file = selkie.file("file", 700);
    selkie.run("seal", "file", "--repo", "r", "--until", "precommit2").succeeded();
    Path output = selkie.file("out", 5000);
    Path beside = selkie.file("out.tmp", 10);

    unseal().succeeded();

    assertEquals(-1, Files.mismatch(file, output));
    assertEquals(10, Files.size(beside));
    assertEquals(List.of(), CliProcess.names(selkie.state().resolve("jobs")));
  }

  @Test
  void aDamagedReplicaDoesNotUnseal() throws Exception {
    selkie.file("file", 700);
    selkie.run("seal", "file", "--repo", "r", "--until", "precommit2").succeeded();
    Path sealed = home.resolve("r/sealed/s-t01000-1");
    byte[] replica = Files.readAllBytes(sealed);
    replica[1000] ^= 1;
    Files.write(sealed, replica);

    CliProcess.Result result = unseal();

    assertEquals(1, result.status());
    assertTrue(
        result.err().contains("wrong ticket, miner or number, or a damaged replica"), result.err());
    assertFalse(Files.exists(home.resolve("out")));
    assertTrue(CliProcess.names(home).stream().noneMatch(name -> name.startsWith(".selkie-")));
  }

  private CliProcess.Result unseal(String... more) throws Exception {
    return selkie.run(
        plus(new String[] {"unseal", "s-t01000-1", "--repo", "r", "-o", "out"}, more));
  }

  private static String[] plus(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private String shell(String line) throws Exception {
    return selkie.startLine(List.of("bash", "-c", line)).await().out();
  }
}
