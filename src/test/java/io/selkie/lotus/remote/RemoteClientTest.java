package io.selkie.lotus.remote;

import static io.selkie.lotus.remote.RemoteHost.SECTOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.storage.FileType;
import io.selkie.storage.StoragePath;
import io.selkie.storage.StoragePaths;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RemoteClientTest {
  private static final String TOKEN = "good";
  private static final byte[] DATA = Tars.data(100_000);
  private static final Duration STALL = Duration.ofSeconds(20);

  @TempDir Path temp;
  private StoragePath to;
  private final RemoteClient client = client(STALL);

  private static RemoteClient client(Duration stall) {
    return new RemoteClient(RemoteClient.http(Duration.ofSeconds(20)), stall);
  }

  @BeforeEach
  void makePath() throws IOException {
    Path repo = Files.createDirectory(temp.resolve("to")).toRealPath();
    to = StoragePaths.open(StoragePaths.Settings.ofRepo(repo)).all().get(0);
  }

  private Fetch order(FileType type, URI... bases) {
    return order(type, bytes -> {}, () -> false, bases);
  }

  private Fetch order(
      FileType type, LongConsumer progress, BooleanSupplier cancelled, URI... bases) {
    return new Fetch(
        SECTOR, type, new RemoteSource(List.of(bases), TOKEN), to, Sizes.ANY, progress, cancelled);
  }

  private Path place(FileType type) {
    return type.of(to.root(), SECTOR);
  }

  private void assertNothingIsLeft(FileType type) throws IOException {
    assertFalse(Files.exists(place(type), LinkOption.NOFOLLOW_LINKS));
    assertNothingIsFetching(type);
  }

  private void assertNothingIsFetching(FileType type) throws IOException {
    try (Stream<Path> left = Files.list(type.directory(to.root()).resolve("fetching"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private String reason(FileType type, URI... bases) throws IOException {
    IOException refusal = assertThrows(IOException.class, () -> client.fetch(order(type, bases)));
    String message = String.valueOf(refusal.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertFalse(message.contains(TOKEN), message);
    assertNothingIsLeft(type);
    return message;
  }

  @Test
  void bringsAFileFromOneHostToAnother() throws Exception {
    try (RemoteHost from = new RemoteHost(Files.createDirectory(temp.resolve("from")))) {
      // given a file of several chunks, and an older one where it goes
      byte[] replica = Tars.data((3 << 20) + 5);
      from.put(from.stores, FileType.SEALED, "", replica);
      Files.writeString(place(FileType.SEALED), "older");
      AtomicLong progress = new AtomicLong();
      // when
      Fetched fetched =
          client.fetch(order(FileType.SEALED, progress::set, () -> false, from.base()));
      // then
      assertEquals(new Fetched(place(FileType.SEALED), replica.length, from.base()), fetched);
      assertArrayEquals(replica, Files.readAllBytes(fetched.file()));
      assertEquals(replica.length, progress.get());
      assertNothingIsFetching(FileType.SEALED);
    }
  }

  @Test
  void bringsADirectoryFromOneHostToAnotherAndHasItDeleted() throws Exception {
    try (RemoteHost from = new RemoteHost(Files.createDirectory(temp.resolve("from")))) {
      // given a cache, and an older one where it goes
      from.put(from.seals, FileType.CACHE, "p_aux", Tars.data(64));
      from.put(from.seals, FileType.CACHE, "t_aux", Tars.data(440));
      from.put(from.seals, FileType.CACHE, "sc-02-data-layer-1.dat", Tars.data(2 << 20));
      from.put(from.seals, FileType.CACHE, "sc-02-data-tree-r-last-0.dat", new byte[0]);
      Files.createDirectory(place(FileType.CACHE));
      Files.writeString(place(FileType.CACHE).resolve("sc-02-data-layer-9.dat"), "older");
      // when
      Fetched fetched = client.fetch(order(FileType.CACHE, from.base()));
      // then
      assertEquals(64 + 440 + (2 << 20), fetched.bytes());
      try (Stream<Path> files = Files.list(place(FileType.CACHE))) {
        assertEquals(
            List.of("p_aux", "sc-02-data-layer-1.dat", "sc-02-data-tree-r-last-0.dat", "t_aux"),
            files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
      }
      assertArrayEquals(
          Tars.data(2 << 20),
          Files.readAllBytes(place(FileType.CACHE).resolve("sc-02-data-layer-1.dat")));
      assertNothingIsFetching(FileType.CACHE);
      // when it is known to be here
      RemoteSource source = new RemoteSource(List.of(fetched.base()), TOKEN);
      client.delete(source, SECTOR, FileType.CACHE, List.of(to.id(), from.stores.id()));
      // then it is not there any more
      assertFalse(Files.exists(FileType.CACHE.of(from.seals.root(), SECTOR)));
      assertEquals(List.of(from.seals.id() + " s-t01000-2 cache"), from.dropped);
      IOException again =
          assertThrows(
              IOException.class,
              () -> client.delete(source, SECTOR, FileType.CACHE, List.of(to.id())));
      assertTrue(String.valueOf(again.getMessage()).contains("(500)"), again.getMessage());
    }
  }

  @Test
  void takesTheArchiveThatLotusSends() throws Exception {
    byte[] archive = Script.chunks(CacheArchiveTest.lotus(), true);
    try (Script lotus =
        new Script(
            Script.answer("200 OK", Script.ARCHIVE + "Transfer-Encoding: chunked\r\n", archive))) {
      assertEquals(536, client.fetch(order(FileType.CACHE, lotus.base())).bytes());
    }
  }

  @Test
  void doesNotTakeABrokenConnectionForTheEndThatLotusLeavesOut() throws Exception {
    // given one of the files has come, whole, when the server dies
    byte[] archive = Script.chunks(Tars.file("p_aux", 64), false);
    try (Script lotus =
        new Script(
            Script.answer("200 OK", Script.ARCHIVE + "Transfer-Encoding: chunked\r\n", archive))) {
      String reason = reason(FileType.CACHE, lotus.base());
      assertTrue(reason.contains("broke off"), reason);
    }
  }

  @Test
  void takesNoAnswerWhoseEndIsThatOfTheConnection() throws Exception {
    try (Script server =
        new Script(Script.answer("200 OK", Script.ARCHIVE, Tars.file("p_aux", 64)))) {
      String reason = reason(FileType.CACHE, server.base());
      assertTrue(reason.contains("does not say where"), reason);
    }
  }

  @Test
  void triesTheAddressesInTheirOrder() throws Exception {
    try (Script first = new Script(Script.answer("500 Internal Server Error", "", new byte[0]));
        Script second = new Script(Script.answer("404 Not Found", "", new byte[0]));
        Script third = new Script(file(DATA));
        Script fourth = new Script(file(DATA))) {
      Fetched fetched =
          client.fetch(
              order(
                  FileType.SEALED,
                  URI.create("http://127.0.0.1:1/remote/"),
                  first.base(),
                  second.base(),
                  third.base(),
                  fourth.base()));
      assertEquals(third.base(), fetched.base());
      assertArrayEquals(DATA, Files.readAllBytes(fetched.file()));
      assertEquals(List.of(), fourth.requests);
      assertTrue(third.requests.get(0).startsWith("GET /remote/sealed/s-t01000-2 HTTP/1.1"));
      assertTrue(third.requests.get(0).contains("Authorization: Bearer good"));
    }
  }

  @Test
  void givesAllReasonsInOneLine() throws Exception {
    try (Script first = new Script(Script.answer("500 Internal Server Error", "", new byte[0]));
        Script second = new Script(Script.answer("401 Unauthorized", "", new byte[0]))) {
      String reason = reason(FileType.SEALED, first.base(), second.base());
      assertEquals(
          "cannot fetch sealed of s-t01000-2: "
              + first.base()
              + "/sealed/s-t01000-2: it does not have it, or has trouble (500); "
              + second.base()
              + "/sealed/s-t01000-2: it refuses the token (401)",
          reason);
      assertTrue(reason(FileType.SEALED).contains("nobody is known"));
      assertTrue(reason(FileType.SEALED, URI.create("ftp://x/remote")).contains("no address"));
    }
  }

  private static Script.Part file(byte[] content) {
    return Script.answer(
        "200 OK", Script.FILE + "Content-Length: " + content.length + "\r\n", content);
  }

  @ParameterizedTest
  @CsvSource({
    "SEALED, 200 OK, text/html, 5, sends",
    "SEALED, 200 OK, application/x-tar, 5, sends",
    "CACHE, 200 OK, application/octet-stream, 5, sends",
    "SEALED, 200 OK, , 5, sends",
    "SEALED, 206 Partial Content, application/octet-stream, 5, answers 206",
    "SEALED, 302 Found, application/octet-stream, 5, answers 302",
    "SEALED, 204 No Content, application/octet-stream, , answers 204",
    "SEALED, 200 OK, application/octet-stream, , where its answer ends",
    "SEALED, 200 OK, application/octet-stream, 6, 'bytes received: 5'",
  })
  void takesNothingElse(FileType type, String status, String media, Integer length, String reason)
      throws Exception {
    String headers =
        (media == null ? "" : "Content-Type: " + media + "\r\n")
            + "Location: http://127.0.0.1:1/\r\n"
            + (length == null ? "" : "Content-Length: " + length + "\r\n");
    byte[] body = status.startsWith("204") ? new byte[0] : Tars.data(5);
    try (Script server = new Script(Script.answer(status, headers, body))) {
      String line = reason(type, server.base());
      assertTrue(line.contains(reason), line);
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void takesAMediaTypeWithParameters() throws Exception {
    String headers = "Content-Type: Application/Octet-Stream; x=y\r\nContent-Length: 5\r\n";
    try (Script server = new Script(Script.answer("200 OK", headers, Tars.data(5)))) {
      assertEquals(5, client.fetch(order(FileType.UNSEALED, server.base())).bytes());
    }
  }

  @Test
  void refusesAReplicaOfAnotherSize() throws Exception {
    try (Script server = new Script(file(DATA))) {
      Fetch order = order(FileType.SEALED, server.base());
      Fetch exact =
          new Fetch(
              SECTOR,
              FileType.SEALED,
              order.from(),
              to,
              Sizes.exactly(2048),
              order.progress(),
              order.cancelled());
      IOException refusal = assertThrows(IOException.class, () -> client.fetch(exact));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("100000 bytes instead of 2048"),
          refusal.getMessage());
      assertNothingIsLeft(FileType.SEALED);
    }
  }

  /** Half of the file, and then the end of the connection. */
  private static Script.Part half() {
    return Script.answer(
        "200 OK", Script.FILE + "Content-Length: 100000\r\n", Arrays.copyOf(DATA, 50_000));
  }

  private static Script.Part rest(int from, int to, String modified) {
    byte[] part = Arrays.copyOfRange(DATA, from, to);
    return Script.answer(
        "206 Partial Content",
        String.join(
            "\r\n",
            "Content-Type: application/octet-stream",
            "Last-Modified: " + modified,
            "Content-Range: bytes %d-99999/100000".formatted(from),
            "Content-Length: " + (100_000 - from),
            ""),
        part);
  }

  private static final String WRITTEN = "Sat, 21 Nov 2026 08:45:32 GMT";

  /** The client of the JDK is at times quicker to tell of the break than of the answer. */
  @RepeatedTest(40)
  void goesOnWhereTheConnectionBroke() throws Exception {
    try (Script server =
        new Script(half(), rest(50_000, 70_000, WRITTEN), rest(70_000, 100_000, WRITTEN))) {
      Fetched fetched = client.fetch(order(FileType.SEALED, server.base()));
      assertArrayEquals(DATA, Files.readAllBytes(fetched.file()));
      assertTrue(server.requests.get(1).contains("Range: bytes=50000-\r\n"));
      assertTrue(server.requests.get(1).contains("If-Range: " + WRITTEN + "\r\n"));
      assertTrue(server.requests.get(2).contains("Range: bytes=70000-\r\n"));
      assertEquals(3, server.requests.size());
    }
  }

  @Test
  void beginsAnewWhereTheFileChanged() throws Exception {
    byte[] other = Tars.data(90_000);
    try (Script server = new Script(half(), file(other))) {
      Fetched fetched = client.fetch(order(FileType.SEALED, server.base()));
      assertArrayEquals(other, Files.readAllBytes(fetched.file()));
    }
  }

  @Test
  void takesNoOtherPartThanItAskedFor() throws Exception {
    try (Script wrongPlace = new Script(half(), rest(40_000, 100_000, WRITTEN));
        Script wrongFile =
            new Script(half(), rest(50_000, 100_000, "Sat, 21 Nov 2026 08:45:31 GMT"))) {
      String reason = reason(FileType.SEALED, wrongPlace.base(), wrongFile.base());
      assertEquals(2, reason.split("another part", -1).length - 1, reason);
    }
  }

  @Test
  void givesUpWhenNothingMoreComes() throws Exception {
    try (Script server = new Script(half(), rest(50_000, 50_000, WRITTEN), file(DATA))) {
      reason(FileType.SEALED, server.base());
      assertEquals(2, server.requests.size());
    }
  }

  @Test
  void doesNotGoOnWithAFileThatWasWrittenJustNow() throws Exception {
    String headers = Script.FILE.replace("08:45:33", "08:45:32") + "Content-Length: 100000\r\n";
    try (Script server =
        new Script(Script.answer("200 OK", headers, Arrays.copyOf(DATA, 50_000)), file(DATA))) {
      reason(FileType.SEALED, server.base());
      assertEquals(1, server.requests.size());
    }
  }

  @Test
  void doesNotWaitForASourceThatSendsNothing() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Script.Part stuck =
        out -> {
          half().write(out);
          out.flush();
          end.await();
        };
    Script.Part silent = out -> end.await();
    try (Script server = new Script(stuck, silent);
        Script healthy = new Script(file(DATA))) {
      Fetched fetched =
          client(Duration.ofMillis(500))
              .fetch(order(FileType.SEALED, server.base(), healthy.base()));
      assertEquals(healthy.base(), fetched.base());
      assertArrayEquals(DATA, Files.readAllBytes(fetched.file()));
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsWhenItIsCancelled() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicBoolean cancelled = new AtomicBoolean();
    Script.Part stuck =
        out -> {
          half().write(out);
          out.flush();
          end.await();
        };
    try (Script server = new Script(stuck);
        Script other = new Script(file(DATA))) {
      Fetch order =
          order(
              FileType.SEALED,
              bytes -> cancelled.set(true),
              cancelled::get,
              server.base(),
              other.base());
      assertThrows(InterruptedIOException.class, () -> client.fetch(order));
      assertNothingIsLeft(FileType.SEALED);
      assertEquals(List.of(), other.requests);
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsWhenItIsInterruptedBeforeTheAnswer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Script.Part silent =
        out -> {
          asked.countDown();
          end.await();
        };
    try (Script server = new Script(silent)) {
      Thread self = Thread.currentThread();
      Thread helper =
          new Thread(
              () -> {
                try {
                  asked.await();
                  self.interrupt();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      helper.start();
      assertThrows(
          InterruptedIOException.class, () -> client.fetch(order(FileType.SEALED, server.base())));
      assertTrue(Thread.interrupted());
      helper.join();
      assertNothingIsLeft(FileType.SEALED);
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsWhenItIsInterruptedWhileItWrites() throws Exception {
    try (Script server = new Script(file(DATA));
        Script other = new Script(file(DATA))) {
      Fetch order =
          order(
              FileType.SEALED,
              bytes -> Thread.currentThread().interrupt(),
              () -> false,
              server.base(),
              other.base());
      assertThrows(InterruptedIOException.class, () -> client.fetch(order));
      assertTrue(Thread.interrupted());
      assertNothingIsLeft(FileType.SEALED);
      assertEquals(List.of(), other.requests);
    }
  }

  @Test
  void leavesNothingOfASourceThatDies() throws Exception {
    try (RemoteHost from = new RemoteHost(Files.createDirectory(temp.resolve("from")))) {
      // given a file that does not fit into what is on its way at once
      Path file = from.put(from.stores, FileType.SEALED, "", new byte[0]);
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.position(256L << 20).write(ByteBuffer.wrap(new byte[1]));
      }
      AtomicBoolean killed = new AtomicBoolean();
      LongConsumer kill =
          bytes -> {
            if (killed.compareAndSet(false, true)) {
              try {
                from.kill();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }
          };
      // when it dies after the first bytes
      Fetch order = order(FileType.SEALED, kill, () -> false, from.base());
      assertThrows(IOException.class, () -> client.fetch(order));
      // then
      assertTrue(killed.get());
      assertNothingIsLeft(FileType.SEALED);
    }
  }

  @Test
  void replacesWhatAnEarlierFetchLeftAndFollowsNoLink() throws Exception {
    // given leftovers with links, in the part and in the place
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("p_aux"), "mine");
    Path fetching = Files.createDirectory(FileType.CACHE.directory(to.root()).resolve("fetching"));
    Files.createSymbolicLink(fetching.resolve(SECTOR.toString()), outside);
    Files.createSymbolicLink(place(FileType.CACHE), outside);
    Files.createSymbolicLink(place(FileType.SEALED), outside.resolve("p_aux"));
    byte[] archive = Tars.file("p_aux", 64);
    String headers = Script.ARCHIVE + "Content-Length: " + archive.length + "\r\n";
    try (Script server = new Script(Script.answer("200 OK", headers, archive), file(DATA))) {
      // when
      client.fetch(order(FileType.CACHE, server.base()));
      client.fetch(order(FileType.SEALED, server.base()));
    }
    // then
    assertEquals("mine", Files.readString(outside.resolve("p_aux")));
    assertTrue(Files.isDirectory(place(FileType.CACHE), LinkOption.NOFOLLOW_LINKS));
    assertArrayEquals(DATA, Files.readAllBytes(place(FileType.SEALED)));
  }

  @Test
  void refusesAPathThatIsNotThere() throws Exception {
    Path fetching = FileType.SEALED.directory(to.root()).resolve("fetching");
    Files.createSymbolicLink(fetching, temp);
    URI nowhere = URI.create("http://127.0.0.1:1/remote");
    IOException link =
        assertThrows(IOException.class, () -> client.fetch(order(FileType.SEALED, nowhere)));
    assertTrue(String.valueOf(link.getMessage()).contains("no directory"), link.getMessage());
    Files.delete(to.root().resolve("sectorstore.json"));
    IOException gone =
        assertThrows(IOException.class, () -> client.fetch(order(FileType.CACHE, nowhere)));
    assertTrue(String.valueOf(gone.getMessage()).contains("mount its disk"), gone.getMessage());
  }

  @Test
  void fetchesAFileOnceAtATime() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Script.Part waits =
        out -> {
          asked.countDown();
          end.await();
          file(DATA).write(out);
        };
    try (Script server = new Script(waits)) {
      var first =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.fetch(order(FileType.SEALED, server.base()));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertTrue(asked.await(20, TimeUnit.SECONDS));
      IOException second =
          assertThrows(
              IOException.class, () -> client.fetch(order(FileType.SEALED, server.base())));
      assertTrue(String.valueOf(second.getMessage()).contains("already"), second.getMessage());
      end.countDown();
      assertEquals(DATA.length, first.get(20, TimeUnit.SECONDS).bytes());
    }
  }

  @Test
  void doesNotTryTheNextAddressWhenItsOwnDiskFails() throws Exception {
    // given what arrives cannot be written: the directory of parts is taken away
    try (Script first =
            new Script(
                out -> {
                  Files.delete(FileType.SEALED.directory(to.root()).resolve("fetching"));
                  file(DATA).write(out);
                });
        Script second = new Script(file(DATA))) {
      assertThrows(
          Disk.Trouble.class,
          () -> client.fetch(order(FileType.SEALED, first.base(), second.base())));
      assertEquals(List.of(), second.requests);
    }
  }

  @Test
  void keepsItsTokenOutOfTexts() {
    assertFalse(order(FileType.SEALED).toString().contains(TOKEN));
  }
}
