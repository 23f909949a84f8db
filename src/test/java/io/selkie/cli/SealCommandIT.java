package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seals through nodes, and what comes back out of the sectors. */
class SealCommandIT {
  @TempDir Path home;
  private CliProcess selkie;

  @AfterEach
  void tearDown() throws Exception {
    if (selkie != null) {
      selkie.killAll();
    }
  }

  @Test
  void filesComeBackExactlyAsTheyWere() throws Exception {
    selkie = CliProcess.standIn(home);
    Path one = selkie.file("one", 100);
    Path two = selkie.file("two", 500);
    Path three = selkie.file("three", 1);
    CliProcess.Running node = selkie.startNode("r");

    JsonNode seal = selkie.run("seal", "one", "two", "three", "--repo", "r", "--json").json();

    assertEquals("s-t01000-1", seal.get("sector").asText());
    assertEquals(5, seal.get("proofType").asInt());
    assertEquals(
        List.of("one", "two", "three"),
        StreamSupport.stream(seal.get("pieces").spliterator(), false)
            .filter(piece -> piece.has("name"))
            .map(piece -> piece.get("name").asText())
            .toList());
    assertEquals(
        List.of("AddPiece", "PreCommit1", "PreCommit2", "Commit1", "Commit2", "Finalize"),
        seal.get("phases").findValuesAsText("phase"));
    for (String fact : List.of("commD", "commR", "ticket", "seed")) {
      assertTrue(seal.get(fact).asText().matches("[0-9a-f]{64}"), fact);
    }
    assertTrue(seal.get("verified").asBoolean());
    assertEquals(
        List.of(), CliProcess.names(home.resolve("r/selkie/spool")), "uploads are removed");
    assertTrue(
        CliProcess.names(home.resolve("r/selkie")).stream()
            .noneMatch(name -> name.endsWith(".request")));

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
    node.signal("TERM");
    assertEquals(143, node.await().status());
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
    selkie
        .run("unseal", "s-t01000-2", "--repo", "r", "-o", "out")
        .failedWith("selkie unseal: there is no sector s-t01000-2");
    selkie
        .run("verify", "s-t01000-2", "--repo", "r")
        .failedWith("selkie verify: there is no sector s-t01000-2 in " + repo);
    assertFalse(Files.exists(home.resolve("out")));
  }

  /** Real labels and a real replica, at a chain on which the seed never comes. */
  @Test
  void realReplicasGiveTheirDataBackUnlessTheyAreDamaged() throws Exception {
    selkie = new CliProcess(home, "-Dselkie.dev-chain.block-time=1h");
    Path file = selkie.file("file", 700);
    CliProcess.Running node = selkie.startNode("r");
    String token =
        selkie
            .run("auth", "create-token", "--permission", "write", "--repo", "r")
            .succeeded()
            .out()
            .strip();
    String url = Files.readString(selkie.state().resolve("api")).strip();
    CliProcess.Running seal =
        new CliProcess(home).with(NodeAddress.VARIABLE, token + ":" + url).start("seal", "file");
    CliProcess.await(
        seal.process(), () -> Files.readString(seal.err()).contains("waiting for the seed"));
    seal.signal("TERM");
    CliProcess.Result sealed = seal.await();
    assertEquals(143, sealed.status());
    assertTrue(
        sealed
            .err()
            .endsWith(
                "selkie seal: called off; the node goes on with s-t01000-1: selkie sectors status"
                    + " s-t01000-1\n"),
        sealed.err());

    Path output = selkie.file("out", 5000);
    Path beside = selkie.file("out.tmp", 10);
    unseal().succeeded();
    assertEquals(-1, Files.mismatch(file, output));
    assertEquals(10, Files.size(beside));
    selkie
        .run("verify", "s-t01000-1", "--repo", "r")
        .failedWith("selkie verify: s-t01000-1 has no proof yet: its seal did not get to Commit2");

    Path replica = home.resolve("r/sealed/s-t01000-1");
    byte[] bytes = Files.readAllBytes(replica);
    bytes[1000] ^= 1;
    Files.write(replica, bytes);
    Files.delete(output);
    CliProcess.Result result = unseal();
    assertEquals(1, result.status());
    assertTrue(
        result.err().contains("wrong ticket, miner or number, or a damaged replica"), result.err());
    assertFalse(Files.exists(output));
    assertTrue(CliProcess.names(home).stream().noneMatch(name -> name.startsWith(".selkie-")));
    node.signal("INT");
    assertEquals(130, node.await().status());
  }

  @Test
  void verifyRefusesInOneLineWhatIsNoRecord() throws Exception {
    selkie = new CliProcess(home);
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
    selkie = CliProcess.standIn(home);
    String locale =
        selkie.startLine(List.of("bash", "-c", "LC_ALL=C.UTF-8 locale charmap")).await().out();
    assumeTrue(locale.equals("UTF-8\n"), "no UTF-8 locale here");
    String java = "'" + String.join("' '", selkie.line()) + "'";
    Path script =
        Files.writeString(
            home.resolve("script"),
            """
            set -e
            export LC_ALL=C.UTF-8
            mkdir 'a [b] {c} ü' && cd 'a [b] {c} ü'
            printf 'größer *?' > 'größe [1] 日本.txt'
            %1$s seal 'größe [1] 日本.txt' --repo 'répo [x]' --json
            %1$s unseal s-t01000-1 --repo 'répo [x]' -o 'out [2] ß'
            cmp 'größe [1] 日本.txt' 'out [2] ß'
            """
                .formatted(java));

    CliProcess.Result result = selkie.startLine(List.of("bash", script.toString())).await();

    assertEquals("größe [1] 日本.txt", result.json().at("/pieces/0/name").asText());
    assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(result.out()));
  }

  private CliProcess.Result unseal(String... more) throws Exception {
    return selkie.run(
        plus(new String[] {"unseal", "s-t01000-1", "--repo", "r", "-o", "out"}, more));
  }

  private static String[] plus(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }
}
