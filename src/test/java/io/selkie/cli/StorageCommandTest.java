package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StorageCommandTest {
  private static final String ORPHANS =
      "{\"orphans\":[{\"id\":\"a1\",\"kind\":\"scratch\",\"sector\":\"s-t01000-1\",\"bytes\":2048,"
          + "\"files\":[\"/d/x\",\"/d/y\"],\"reason\":\"done\",\"onlyByName\":false},"
          + "{\"id\":\"b2\",\"kind\":\"sector\",\"sector\":\"s-t01000-2\",\"bytes\":1,"
          + "\"files\":[\"/d/z\"],\"reason\":\"un\\nknown\",\"onlyByName\":true}],"
          + "\"deleted\":[],\"kept\":[]}";

  @TempDir Path temp;
  private SelkieRun selkie;
  private FakeNode node;

  @BeforeEach
  void setUp() throws IOException {
    selkie = new SelkieRun(temp);
    Files.createDirectory(temp.resolve(".selkie"));
    node = FakeNode.start(temp.resolve("state"));
  }

  @AfterEach
  void tearDown() {
    node.close();
  }

  @Test
  void listsPathsAndTheirRoom() {
    node.storage =
        "{\"paths\":[{\"id\":\"i1\",\"path\":\"/data\",\"weight\":10,\"canSeal\":true,"
            + "\"canStore\":true,\"sectors\":3,\"capacity\":2048,\"available\":1000},"
            + "{\"id\":\"i2\",\"path\":\"/away\",\"weight\":1,\"canSeal\":false,\"canStore\":true,"
            + "\"sectors\":0,\"problem\":\"mount it\"}]}";

    assertEquals(0, selkie.run("storage", "list"));

    assertEquals(
        List.of(
            "PATH   FOR          WEIGHT  SECTORS  FREE    OF       ID  PROBLEM",
            "/data  seal, store  10      3        1000 B  2.0 KiB  i1",
            "/away  store        1       0        ?       ?        i2  mount it"),
        selkie.outLines());
  }

  @Test
  void attachesADirectory() {
    node.storage = "{\"path\":\"/data\",\"id\":\"i1\"}";

    assertEquals(
        0,
        selkie.run(
            "storage",
            "attach",
            "/data/../data",
            "--init",
            "--store",
            "--weight",
            "0",
            "--max-storage",
            "16TiB",
            "--groups",
            "a,b"));

    assertEquals(List.of("POST /storage/attach"), node.calls);
    assertEquals(
        List.of(
            "{\"path\":\"/data\",\"init\":true,\"weight\":0,\"store\":true,"
                + "\"maxStorage\":17592186044416,\"groups\":[\"a\",\"b\"]}"),
        node.bodies);
    assertEquals(List.of("/data is attached, with ID i1"), selkie.outLines());
  }

  @Test
  void attachesAPathThatPeersMaySendInto() {
    node.storage = "{\"path\":\"/data\",\"id\":\"i1\",\"serve\":true}";

    assertEquals(0, selkie.run("storage", "attach", "/data", "--serve"));

    assertEquals(List.of("{\"path\":\"/data\",\"serve\":true}"), node.bodies);
    assertEquals(
        List.of("/data is attached, with ID i1; peers may send sectors there"), selkie.outLines());
  }

  @Test
  void aNewPathIsForSomething() {
    assertEquals(1, selkie.run("storage", "attach", "/data", "--init"));
    assertEquals(1, selkie.run("storage", "attach", "/data", "--init", "--seal", "--weight", "-1"));

    assertEquals(List.of(), node.calls);
  }

  @Test
  void whatTheNodeRefusesIsItsLine() {
    node.refusing("POST /storage/attach", 409, "/data is attached already");

    assertEquals(1, selkie.run("storage", "attach", "/data"));

    assertTrue(selkie.err.contains("/data is attached already"), selkie.err);
  }

  @Test
  void detachesByPathOrId() {
    node.storage = "{\"path\":\"/data\",\"id\":\"i1\"}";

    assertEquals(0, selkie.run("storage", "detach", "i1", "--force"));
    assertEquals(0, selkie.run("storage", "detach", temp + "/../" + temp.getFileName()));

    assertEquals(
        List.of("{\"path\":\"i1\",\"force\":true}", "{\"path\":\"" + temp + "\"}"), node.bodies);
  }

  @Test
  void gcOnlyListsUnlessToldToDelete() {
    node.storage = ORPHANS;

    assertEquals(0, selkie.run("storage", "gc"));

    assertEquals(List.of("GET /storage/orphans"), node.calls);
    assertEquals(
        List.of(
            "KIND     SECTOR      SIZE     FILES            REASON",
            "scratch  s-t01000-1  2.0 KiB  /d/x and 1 more  done",
            "sector   s-t01000-2  1 B      /d/z             un?known",
            "2 orphans with 2.0 KiB; nothing was deleted: give --yes for that"),
        selkie.outLines());
  }

  @Test
  void gcDeletesWhatWasListedAndNothingOfWorth() {
    node.storage = ORPHANS;

    assertEquals(0, selkie.run("storage", "gc", "--yes"));

    assertEquals(List.of("{\"orphans\":[\"a1\"],\"sectors\":[]}"), node.bodies);
  }

  @Test
  void gcDeletesAReplicaByItsName() {
    node.storage = ORPHANS;

    assertEquals(0, selkie.run("storage", "gc", "--yes", "--sector", "s-t01000-2"));

    assertEquals(List.of("{\"orphans\":[\"b2\"],\"sectors\":[\"s-t01000-2\"]}"), node.bodies);
  }

  @Test
  void gcTellsWhatWasKept() {
    node.storage =
        ORPHANS.replace("\"kept\":[]", "\"kept\":[{\"id\":\"a1\",\"reason\":\"in use\"}]");

    assertEquals(1, selkie.run("storage", "gc", "--yes"));

    assertTrue(selkie.outLines().contains("kept a1: in use"), selkie.outLines().toString());
  }

  @Test
  void sizesAreWhatPeopleWrite() {
    assertEquals(1000, ByteSize.parse("1000").bytes());
    assertEquals(10L << 30, ByteSize.parse("10GiB").bytes());
    assertEquals(16_000_000_000_000L, ByteSize.parse("16TB").bytes());
    for (String wrong : List.of("", "-1", "1.5GiB", "10 gib", "9223372036854775808", "99EiB")) {
      assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(wrong), wrong);
    }
  }
}
