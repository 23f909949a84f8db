package io.selkie.lotus.remote;

import static io.selkie.lotus.remote.RemoteHost.SECTOR;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.lotus.remote.RemoteHost.Reply;
import io.selkie.storage.FileType;
import io.selkie.storage.SectorFiles;
import io.selkie.storage.StoragePath;
import io.selkie.storage.Trash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statuses, headers and bodies are those of a real worker (transcripts, http-semantics.txt). */
@Timeout(60)
class RemoteRoutesTest {
  private static final byte[] REPLICA = Tars.data(2048);
  private static final String FILE = "/remote/sealed/s-t01000-2";
  private static final String CACHE = "/remote/cache/s-t01000-2";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String FAILED = "500 {Content-Length=0}";
  private static final String WRITTEN = "Sat, 21 Nov 2026 08:45:32 GMT";

  @TempDir Path temp;
  private RemoteHost host;

  @BeforeEach
  void start() throws Exception {
    host = new RemoteHost(temp);
    host.put(host.seals, FileType.SEALED, "", REPLICA);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private void assertHead(String head, Reply reply) {
    assertEquals(head, reply.head(), reply.status() == 500 ? reply.text() : "");
  }

  private void assertFails(Reply reply) {
    assertHead(FAILED, reply);
  }

  @Test
  void servesAFile() throws Exception {
    Reply reply = host.ask("GET", FILE);
    assertHead(
        "200 {Accept-Ranges=bytes, Content-Length=2048, Content-Type=application/octet-stream,"
            + " Last-Modified="
            + WRITTEN
            + "}",
        reply);
    assertArrayEquals(REPLICA, reply.body());
  }

  @Test
  void servesAPartOfAFile() throws Exception {
    Reply reply = host.ask("GET", FILE, "Range: bytes=16-31");
    assertHead(
        "206 {Accept-Ranges=bytes, Content-Length=16, Content-Range=bytes 16-31/2048,"
            + " Content-Type=application/octet-stream, Last-Modified="
            + WRITTEN
            + "}",
        reply);
    assertArrayEquals(Arrays.copyOfRange(REPLICA, 16, 32), reply.body());
  }

  @Test
  void refusesAPartBeyondTheEnd() throws Exception {
    Reply reply = host.ask("GET", FILE, "Range: bytes=2048-");
    assertHead(
        "416 {Content-Length=33, Content-Range=bytes */2048, Content-Type="
            + TEXT
            + ", X-Content-Type-Options=nosniff}",
        reply);
    assertEquals("invalid range: failed to overlap\n", reply.text());
    assertEquals("invalid range\n", host.ask("GET", FILE, "Range: bytes=9-1").text());
  }

  @ParameterizedTest
  @CsvSource({
    "'If-Modified-Since: Sat, 21 Nov 2026 08:45:32 GMT', 304",
    "'If-Modified-Since: Sat, 21 Nov 2026 08:45:31 GMT', 200",
    "'If-Modified-Since: yesterday', 200",
    "'If-Unmodified-Since: Sat, 21 Nov 2026 08:45:31 GMT', 412",
    "'If-Unmodified-Since: Sat, 21 Nov 2026 08:45:32 GMT', 200",
    "'If-None-Match: *', 304",
    "'If-None-Match: \"a\"', 200",
    "'If-Match: \"a\"', 412",
    "'If-Match: *', 200",
  })
  void mindsConditions(String condition, int status) throws Exception {
    assertEquals(status, host.ask("GET", FILE, condition).status());
  }

  @ParameterizedTest
  @CsvSource({
    "'If-Range: Sat, 21 Nov 2026 08:45:32 GMT', 206",
    "'If-Range: Sat, 21 Nov 2026 08:45:33 GMT', 200",
    "'If-Range: \"tag\"', 200",
  })
  void sendsAPartOnlyOfTheFileThatIsMeant(String condition, int status) throws Exception {
    assertEquals(status, host.ask("GET", FILE, "Range: bytes=0-0", condition).status());
  }

  @Test
  void servesADirectoryAsAnArchive() throws Exception {
    // given
    host.put(host.seals, FileType.CACHE, "t_aux", Tars.data(440));
    host.put(host.seals, FileType.CACHE, "p_aux", Tars.data(64));
    host.put(host.seals, FileType.CACHE, "sc-02-data-tree-r-last.dat", Tars.data(3 << 20));
    // when
    Reply reply = host.ask("GET", CACHE);
    // then
    assertHead("200 {Content-Type=application/x-tar, Transfer-Encoding=chunked}", reply);
    Path got = Files.createDirectory(temp.resolve("got"));
    CacheArchive.unpack(new ByteArrayInputStream(reply.body()), got, Long.MAX_VALUE, written -> {});
    for (String name : List.of("t_aux", "p_aux", "sc-02-data-tree-r-last.dat")) {
      assertArrayEquals(
          Files.readAllBytes(FileType.CACHE.of(host.seals.root(), SECTOR).resolve(name)),
          Files.readAllBytes(got.resolve(name)));
    }
    assertEquals("p_aux", new String(reply.body(), 0, 5, US_ASCII));
    assertEquals(0, reply.body().length % TarHeader.BLOCK, "a whole archive");
    assertFails(host.ask("GET", CACHE, "Range: bytes=0-10"));
  }

  @Test
  void takesTheCopyOfAPathThatStores() throws Exception {
    host.put(host.stores, FileType.SEALED, "", Tars.data(100));
    assertArrayEquals(Tars.data(100), host.ask("GET", FILE).body());
    // but the one that is known to be the sector's, before any other
    Path manifest = host.seals.files(SECTOR).manifest();
    Files.createDirectories(manifest.resolveSibling(""));
    Files.writeString(manifest, "{}");
    assertArrayEquals(REPLICA, host.ask("GET", FILE).body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/remote/sealed/s-t01000-3",
        "/remote/nothing/s-t01000-2",
        "/remote/sealed/nothing",
        "/remote/sealed/s-t01000-02",
        "/remote/sealed/s-f01000-2",
        "/remote/sealed/fetching",
        "/remote/sealed/sectorstore.json",
        "/remote/sealed/..%2fsectorstore.json",
        "/remote/sealed/s-t01000-2%00",
        "/remote/sealed/s-t01000-2%2f..%2fs-t01000-2",
        "/remote/..%2fsealed/s-t01000-2",
        "/remote/selkie/trash",
        "/remote/cache/s-t01000-2",
        "/remote/update/s-t01000-2",
        "/remote/sealed/s-t01000-2%0d%0aX:1",
        "/remote/sealed/%ff",
        "/remote/sealed%20/s-t01000-2",
        "/remote/SEALED/s-t01000-2",
        "/remote/vanilla/single",
        "/remote/unsealed/s-t01000-2/5/allocated/0/2032",
        "/remote/sealed/s-t01000-2/5/allocated/0/2032",
      })
  void failsWithoutAWord(String target) throws Exception {
    Reply reply = host.ask("GET", target);
    // what is no URL at all is refused before it gets here
    assertTrue(reply.head().equals(FAILED) || reply.status() == 400, target + ": " + reply.head());
    assertFalse(reply.text().contains("sectorstore"), reply.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/remote",
        "/remote/",
        "/remote/sealed",
        "/remote/sealed/",
        "/remote/sealed/s-t01000-2/",
        "/remote//sealed/s-t01000-2",
        "/remote/sealed/..",
        "/remote/sealed/%2e%2e",
        "/remote/%2e%2e/sectorstore.json",
        "/remote/sealed//s-t01000-2",
        "/remote/sealed/s-t01000-2/more",
        "/remote/a/b/c/d/e/f/g",
        "/remote/unsealed/s-t01000-2/5/can-allocate/0/2032",
        "/other/sealed/s-t01000-2",
      })
  void knowsNoOtherPaths(String target) throws Exception {
    Reply reply = host.ask("GET", target);
    assertEquals(404, reply.status());
    assertEquals("404 page not found\n", reply.text());
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, /remote/sealed/s-t01000-2",
    "PUT, /remote/sealed/s-t01000-2",
    "POST, /remote/sealed/s-t01000-2",
    "POST, /remote/stat/x",
    "DELETE, /remote/unsealed/s-t01000-2/5/allocated/0/1",
  })
  void takesNoOtherMethods(String method, String target) throws Exception {
    Reply reply = host.ask(method, target);
    assertEquals(405, reply.status());
    assertEquals("", reply.text());
  }

  @Test
  void asksForATokenOfAnAdmin() throws Exception {
    String notAdmin = "{\"Error\":\"unauthorized: missing admin permission\"}\n";
    Reply none = host.askPlainly("GET", FILE, "");
    assertHead("401 {Content-Length=51, Content-Type=" + TEXT + "}", none);
    assertEquals(notAdmin, none.text());
    assertEquals(notAdmin, host.askPlainly("GET", FILE, "", "Authorization: Bearer reader").text());
    for (String header : List.of("Bearer bad", "good", "Basic Z29vZDo=", "Bearer ")) {
      Reply bad = host.askPlainly("GET", FILE, "", "Authorization: " + header);
      assertHead("401 {Content-Length=0}", bad);
    }
    String twice = "Authorization: Bearer good";
    assertHead("401 {Content-Length=0}", host.askPlainly("GET", FILE, "", twice, twice));
    assertEquals(200, host.askPlainly("GET", FILE + "?token=good", "").status());
    assertEquals(401, host.askPlainly("GET", FILE + "?token=bad", "").status());
    assertEquals(401, host.askPlainly("GET", "/remote/nothing", "").status());
  }

  @Test
  void tellsTheRoomOfAPath() throws Exception {
    Reply reply = host.ask("GET", "/remote/stat/" + host.seals.id());
    assertHead("200 {Content-Length=106, Content-Type=" + TEXT + "}", reply);
    assertEquals(
        "{\"Capacity\":270553174016,\"Available\":69963644928,\"FSAvailable\":69963644928,"
            + "\"Reserved\":0,\"Max\":0,\"Used\":0}\n",
        reply.text());
    assertHead("404 {Content-Length=0}", host.ask("GET", "/remote/stat/unknown"));
  }

  @Test
  void tellsWhatOfTheDataIsThere() throws Exception {
    // given an unsealed file whose first half is there
    byte[] half = HexFormat.of().parseHex("041001" + "03000000");
    host.put(host.seals, FileType.UNSEALED, "", Tars.join(Tars.zeros(2048), half));
    String file = "/remote/unsealed/s-t01000-2/5/allocated/";
    // then
    assertHead("200 {Content-Length=0}", host.ask("GET", file + "0/1016"));
    assertHead("200 {Content-Length=0}", host.ask("GET", file + "508/508"));
    assertHead("416 {Content-Length=0}", host.ask("GET", file + "508/1016"));
    assertHead("416 {Content-Length=0}", host.ask("GET", file + "1016/127"));
    for (String bad : List.of("-1/127", "0/x", "00/127", "0/99999999999999999999")) {
      assertFails(host.ask("GET", file + bad));
    }
    assertFails(host.ask("GET", "/remote/unsealed/s-t01000-2/8/allocated/0/127"));
    assertFails(host.ask("GET", "/remote/unsealed/s-t01000-2/20/allocated/0/127"));
    assertEquals(200, host.ask("GET", "/remote/unsealed/s-t01000-2/15/allocated/0/127").status());
  }

  @Test
  void followsNoLinks() throws Exception {
    // given something outside that a link leads to
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.write(outside.resolve("p_aux"), Tars.data(64));
    Path root = host.stores.root();
    // a link instead of a file
    Files.createSymbolicLink(FileType.UPDATE.of(root, SECTOR), outside.resolve("p_aux"));
    assertFails(host.ask("GET", "/remote/update/s-t01000-2"));
    // a link instead of a directory
    Path cache = FileType.CACHE.of(root, SECTOR);
    Files.createSymbolicLink(cache, outside);
    assertFails(host.ask("GET", CACHE));
    // a link in a directory
    Files.delete(cache);
    Files.createDirectory(cache);
    Files.createSymbolicLink(cache.resolve("p_aux"), outside.resolve("p_aux"));
    assertFails(host.ask("GET", CACHE));
    // a link instead of the directory of a type, put there after the path was attached
    Path type = FileType.UPDATE_CACHE.directory(root);
    Files.delete(type);
    Files.createDirectory(outside.resolve(SECTOR.toString()));
    Files.createSymbolicLink(type, outside);
    assertFails(host.ask("GET", "/remote/update-cache/s-t01000-2"));
    assertFails(host.ask("DELETE", "/remote/update-cache/s-t01000-2"));
    assertTrue(Files.exists(outside.resolve(SECTOR.toString())));
  }

  @Test
  void sendsNoDirectoryWithOtherThingsInIt() throws Exception {
    Path cache = FileType.CACHE.of(host.seals.root(), SECTOR);
    Files.createDirectories(cache.resolve("below"));
    assertFails(host.ask("GET", CACHE));
    Files.delete(cache.resolve("below"));
    Files.writeString(cache.resolve("a name"), "");
    assertFails(host.ask("GET", CACHE));
  }

  private List<String> trash(StoragePath path) throws IOException {
    return new Trash(path).items().stream().map(Trash.Item::name).toList();
  }

  @Test
  void movesDeletedFilesIntoTheTrashButThoseToKeep() throws Exception {
    // given the same file on both paths
    Path other = host.put(host.stores, FileType.SEALED, "", REPLICA);
    // when
    Reply reply = host.ask("DELETE", FILE + "?keep=" + host.stores.id() + ".another-id");
    // then
    assertHead("200 {Content-Length=0}", reply);
    assertEquals(List.of("sealed.s-t01000-2"), trash(host.seals));
    assertEquals(List.of(), trash(host.stores));
    assertTrue(Files.exists(other));
    assertEquals(List.of(host.seals.id() + " s-t01000-2 sealed"), host.dropped);
    // who told of a result meanwhile may have declared it again
    assertEquals(List.of(host.seals.id() + " s-t01000-2 sealed is gone"), host.gone);
    assertEquals(List.of(FileType.SEALED.of(host.seals.root(), SECTOR).toString()), host.deleted);
    // and again: it is where it is to stay, so there is nothing to complain of
    assertEquals(200, host.ask("DELETE", FILE + "?keep=" + host.stores.id()).status());
    assertTrue(Files.exists(other));
  }

  @Test
  void whatIsRecordedOfASectorGoesWithItsLastFile() throws Exception {
    Path cache = host.put(host.seals, FileType.CACHE, "p_aux", Tars.data(64));
    SectorFiles files = host.seals.files(SECTOR);
    Files.writeString(files.manifest(), "{}");
    Files.writeString(files.claim(), "{}");

    assertEquals(200, host.ask("DELETE", FILE).status());
    assertTrue(Files.exists(cache) && Files.exists(files.manifest()));
    assertTrue(Files.exists(files.claim()));
    assertEquals(200, host.ask("DELETE", CACHE).status());

    assertFalse(Files.exists(files.manifest()));
    assertFalse(Files.exists(files.claim()));
  }

  @Test
  void movesADirectoryOnAllPaths() throws Exception {
    host.put(host.seals, FileType.CACHE, "p_aux", Tars.data(64));
    host.put(host.stores, FileType.CACHE, "t_aux", Tars.data(64));
    assertEquals(200, host.ask("DELETE", CACHE).status());
    assertEquals(List.of("cache.s-t01000-2"), trash(host.seals));
    assertEquals(List.of("cache.s-t01000-2"), trash(host.stores));
    assertEquals(2, host.dropped.size());
    assertTrue(Files.exists(FileType.SEALED.of(host.seals.root(), SECTOR)));
  }

  @Test
  void dropsAFileFromTheIndexThatIsGone() throws Exception {
    // given the index has it, and the disk has not
    host.known.add(host.stores.id() + " s-t01000-2 cache");
    // then
    assertEquals(200, host.ask("DELETE", CACHE).status());
    assertEquals(2, host.dropped.size());
    // and what neither has is an error
    assertFails(host.ask("DELETE", "/remote/update/s-t01000-2"));
    assertFails(host.ask("DELETE", "/remote/nothing/s-t01000-2"));
    assertFails(host.ask("DELETE", "/remote/sealed/..%2fx"));
  }

  @Test
  void leavesAFileThatTheIndexCannotForget() throws Exception {
    host.indexFails = true;
    assertFails(host.ask("DELETE", FILE));
    host.indexFails = false;
    host.auditFails = true;
    assertFails(host.ask("DELETE", FILE));
    host.deletersFail = true;
    assertEquals(401, host.ask("DELETE", FILE).status());
    assertEquals(200, host.ask("GET", FILE).status(), "what only reads may be remembered");
    assertTrue(Files.exists(FileType.SEALED.of(host.seals.root(), SECTOR)));
    assertEquals(List.of(), host.deleted);
  }

  @Test
  void deletesNothingWhereTheListToKeepCannotBeRead() throws Exception {
    Reply reply = host.ask("DELETE", FILE + "?keep=%zz");
    assertTrue(reply.status() == 500 || reply.status() == 400, reply.head());
    assertTrue(Files.exists(FileType.SEALED.of(host.seals.root(), SECTOR)));
    assertEquals(List.of(), host.dropped);
  }

  @Test
  void leavesAFileWhoseDiskIsAnother() throws Exception {
    Files.delete(host.seals.root().resolve("sectorstore.json"));
    assertFails(host.ask("DELETE", FILE));
    assertTrue(Files.exists(FileType.SEALED.of(host.seals.root(), SECTOR)));
  }

  private static final String SINGLE =
      "{\"Miner\":1000,\"Sector\":{\"SealProof\":5,\"SectorNumber\":2,\"SealedCID\":"
          + "{\"/\":\"bagboea4b5abca2asmyrezezkoh6nqcjzxqzfkh374gdtetafpfiw2ve4qmuindqa\"},"
          + "\"Challenge\":[1,2],\"Update\":false},\"ProofType\":10}";

  private Reply post(String target, String body) throws IOException {
    return host.askPlainly("POST", target, body, "Authorization: Bearer good");
  }

  @Test
  void givesVanillaProofs() throws Exception {
    Reply reply = post("/remote/vanilla/single", SINGLE);
    assertHead(
        "200 {Accept-Ranges=bytes, Content-Length=3, Content-Type=application/octet-stream}",
        reply);
    assertArrayEquals(new byte[] {1, 2, 3}, reply.body());
    VanillaProofs.Single asked = assertInstanceOf(VanillaProofs.Single.class, host.proved.get(0));
    assertEquals(List.of(1L, 2L), asked.sector().challenge());
    assertEquals(1000, asked.miner().id());
  }

  @Test
  void saysWhyThereIsNoVanillaProof() throws Exception {
    Reply reply = post("/remote/vanilla/single", SINGLE.replace("false", "true"));
    assertHead(
        "500 {Content-Length=15, Content-Type=" + TEXT + ", X-Content-Type-Options=nosniff}",
        reply);
    assertEquals("no update here\n", reply.text());
    for (String bad :
        List.of("{", "[]", "null", "{}", SINGLE.replace("bagboe", "baga6e"), "x".repeat(2 << 20))) {
      assertEquals(500, post("/remote/vanilla/single", bad).status());
      assertEquals(500, post("/remote/vanilla/porep", bad).status());
    }
    assertEquals(1, host.proved.size());
    assertEquals(401, host.askPlainly("POST", "/remote/vanilla/single", SINGLE).status());
  }

  @Test
  void givesTheOutputOfCommit1AndLeavesNone() throws Exception {
    String random = "\"" + Base64.getEncoder().encodeToString(new byte[32]) + "\"";
    String body =
        "{\"Sector\":{\"ID\":{\"Miner\":1000,\"Number\":2},\"ProofType\":5},\"Sealed\":"
            + "{\"/\":\"bagboea4b5abca2asmyrezezkoh6nqcjzxqzfkh374gdtetafpfiw2ve4qmuindqa\"},"
            + "\"Unsealed\":"
            + "{\"/\":\"baga6ea4seaqizlm5zq5ep3ip7iruta6iv4qeqovwd3y73zav3idyihehzxzsmoi\"},"
            + "\"Ticket\":"
            + random
            + ",\"Seed\":"
            + random
            + "}";
    Reply reply = post("/remote/vanilla/porep", body);
    assertHead(
        "200 {Accept-Ranges=bytes, Content-Length=3145728, Content-Type=application/octet-stream}",
        reply);
    assertArrayEquals(Tars.data(3 << 20), reply.body());
    assertFalse(Files.exists(host.proofs.resolve("output")));
    VanillaProofs.Porep asked = assertInstanceOf(VanillaProofs.Porep.class, host.proved.get(0));
    assertEquals(SECTOR, asked.sector().id());
  }
}
