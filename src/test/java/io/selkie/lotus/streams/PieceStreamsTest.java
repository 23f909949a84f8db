package io.selkie.lotus.streams;

import static io.selkie.lotus.streams.PushClient.Outcome.NOT_WANTED;
import static io.selkie.lotus.streams.PushClient.Outcome.TAKEN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real connections; the shape is that of {@code addpiece-push-stream.jsonl}. */
@Timeout(60)
class PieceStreamsTest {
  /** Akka ends what nobody reads after a time: it must not be so with the bytes of a piece. */
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  """
                  akka.stream.materializer.subscription-timeout.timeout = 100ms
                  akka.http.server.idle-timeout = 300ms
                  akka.http.server.request-timeout = 200ms
                  """)
              .withFallback(ConfigFactory.load()));

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final int LENGTH = 1016;
  private static final byte[] BYTES = bytes(LENGTH);

  private static StreamHost host;

  /** Its waits are short. */
  private static StreamHost impatient;

  @TempDir Path directory;
  private final UUID id = UUID.randomUUID();
  private final PushClient client = new PushClient(KIT.system());

  @BeforeAll
  static void listen() throws Exception {
    host = new StreamHost(KIT, new StreamLimits(LONG, LONG, 2), SHORT);
    impatient = new StreamHost(KIT, new StreamLimits(SHORT, SHORT, 2), LONG);
  }

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static Source<ByteString, ?> source(byte[] bytes) {
    return Source.single(ByteString.fromArray(bytes));
  }

  private Path file() {
    return directory.resolve("piece");
  }

  private CompletionStage<PushClient.Outcome> push(StreamHost to, byte[] bytes) {
    return client.push(to.place(id), source(bytes), Optional.of((long) bytes.length));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static IOException trouble(CompletionStage<?> stage) {
    return assertInstanceOf(
        IOException.class, assertThrows(ExecutionException.class, () -> get(stage)).getCause());
  }

  private static void assertFails(String message, CompletionStage<?> stage) {
    IOException trouble = trouble(stage);
    assertInstanceOf(StreamException.class, trouble);
    assertTrue(String.valueOf(trouble.getMessage()).contains(message), trouble.getMessage());
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theBytesComeWhenTheyAreAskedFor(boolean chunked) throws Exception {
    PieceStream.PushedStream stream = host.announce(id);

    CompletionStage<PushClient.Outcome> pushed =
        client.push(
            host.place(id), source(BYTES), chunked ? Optional.empty() : Optional.of((long) LENGTH));
    get(stream.arrived());
    assertFalse(pushed.toCompletableFuture().isDone());
    get(stream.storeIn(file(), LENGTH));

    assertEquals(TAKEN, get(pushed));
    assertArrayEquals(BYTES, Files.readAllBytes(file()));
    assertFalse(Files.exists(directory.resolve("piece.part")));
  }

  @Test
  void theQuestionMayComeBeforeTheCall() throws Exception {
    try (RawHttp caller = new RawHttp(host.url()).head(id)) {
      PieceStream.PushedStream stream = host.announce(id);
      get(stream.arrived());
      CompletionStage<Void> stored = stream.storeIn(file(), 5);
      assertTrue(caller.answer().startsWith("HTTP/1.1 200 "));
      caller.post(id, 5, "hello");
      assertTrue(caller.answer().startsWith("HTTP/1.1 200 "));

      get(stored);

      assertEquals("hello", Files.readString(file()));
    }
  }

  @Test
  void aQuestionIsOpenForLongerThanAnyOtherRequest() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    try (RawHttp idle = new RawHttp(host.url());
        RawHttp caller = new RawHttp(host.url()).head(id)) {
      // Once the idle one was closed, the other would have been too.
      assertEquals("", idle.answer());

      CompletionStage<Void> stored = stream.storeIn(file(), 5);

      assertTrue(caller.answer().startsWith("HTTP/1.1 200 "));
      caller.post(id, 5, "hello");
      get(stored);
    }
  }

  @Test
  void whatIsClosedUnreadIsNotSent() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed =
        client.push(
            host.place(id),
            Source.failed(new AssertionError("it must not be read")),
            Optional.empty());
    get(stream.arrived());

    stream.close();

    assertEquals(NOT_WANTED, get(pushed));
    assertEquals(NOT_WANTED, get(push(host, BYTES)), "who asks later learns the same");
    assertFails("already", stream.storeIn(file(), LENGTH));
    assertNothingIsLeft();
  }

  @Test
  void theBytesGoWhereTheStreamIsRedirected() throws Exception {
    PieceStream.PushedStream here = host.announce(id);
    PieceStream.PushedStream there = impatient.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, BYTES);
    assertTrue(get(here.arrived()), "it asks first");

    assertTrue(here.redirect(impatient.place(id)));
    assertFalse(here.redirect(host.place(id)), "there is one answer");
    get(there.storeIn(file(), LENGTH));

    assertEquals(TAKEN, get(pushed));
    assertArrayEquals(BYTES, Files.readAllBytes(file()));
  }

  @Test
  void redirectsThatNeverEndAreNotFollowedForEver() throws Exception {
    host.announce(id).redirect(host.place(id));

    assertFails("302", push(host, BYTES));
  }

  @Test
  void oldClientsSendTheBytesAtOnce() throws Exception {
    CompletionStage<PushClient.Outcome> pushed =
        client.post(host.place(id), source(BYTES), Optional.empty());
    PieceStream.PushedStream stream = host.announce(id);
    assertFalse(get(stream.arrived()), "it did not ask");
    assertFalse(stream.redirect(impatient.place(id)), "a body cannot be sent elsewhere");
    try (RawHttp idle = new RawHttp(host.url())) {
      assertEquals("", idle.answer()); // by then, Akka would have given up what nobody reads
    }

    get(stream.storeIn(file(), LENGTH));

    assertEquals(TAKEN, get(pushed));
    assertArrayEquals(BYTES, Files.readAllBytes(file()));
  }

  @Test
  void oldClientsAreToldThatNobodyWantsTheBytes() throws Exception {
    PieceStream.PushedStream unread = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed =
        client.post(host.place(id), source(BYTES), Optional.empty());
    get(unread.arrived());
    unread.close();

    assertEquals(TAKEN, get(pushed));

    UUID other = UUID.randomUUID();
    host.announce(other).redirect(impatient.place(other));
    assertFails("500", client.post(host.place(other), source(BYTES), Optional.empty()));
  }

  @Test
  void whoPostsAndIsClosedAtThatMomentIsAnswered() throws Exception {
    PieceStream.PushedStream unread = host.announce(id);
    unread.arrived().thenRun(unread::close); // runs in the midst of the request

    assertEquals(TAKEN, get(client.post(host.place(id), source(BYTES), Optional.empty())));
  }

  @Test
  void aStreamThatNoCallNamesIsRefused() throws Exception {
    assertFails("500", push(impatient, BYTES));
    assertFails("500", client.post(impatient.place(id), source(BYTES), Optional.empty()));
  }

  /** A question whose client never goes. */
  private static CompletionStage<HttpResponse> ask(PieceStreams streams, UUID id) {
    return streams.handle(
        HttpRequest.create(PieceStreams.BASE + id).withMethod(HttpMethods.HEAD),
        new CompletableFuture<>());
  }

  @Test
  void onlySoManyStreamsWaitForTheirCalls() throws Exception {
    PieceStreams streams = new PieceStreams(KIT.system(), new StreamLimits(LONG, LONG, 1));
    CompletionStage<HttpResponse> first = ask(streams, id);

    assertEquals(503, get(ask(streams, UUID.randomUUID())).status().intValue());
    streams.open("push", id.toString());
    CompletionStage<HttpResponse> second = ask(streams, UUID.randomUUID());

    assertFalse(first.toCompletableFuture().isDone());
    assertFalse(second.toCompletableFuture().isDone());
  }

  private static int status(PieceStreams streams, String from) throws Exception {
    CompletionStage<HttpResponse> asked =
        streams.handle(
            HttpRequest.create(PieceStreams.BASE + UUID.randomUUID())
                .withMethod(HttpMethods.HEAD)
                .addAttribute(
                    AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName(from))),
            new CompletableFuture<>());
    return asked.toCompletableFuture().isDone() ? get(asked).status().intValue() : 0;
  }

  @Test
  void oneWhoAsksForManyUnknownStreamsKeepsNoOthersOut() throws Exception {
    PieceStreams streams = new PieceStreams(KIT.system(), new StreamLimits(LONG, LONG, 8));

    assertEquals(0, status(streams, "10.0.0.1"));
    assertEquals(0, status(streams, "10.0.0.1"));
    assertEquals(503, status(streams, "10.0.0.1"));
    assertEquals(0, status(streams, "10.0.0.2"), "a miner that is faster than its call");
  }

  @Test
  void aCallIsNotKeptWaitingForACallerThatDoesNotCome() throws Exception {
    PieceStream.PushedStream stream = impatient.announce(id);

    assertFails("did not open the stream", stream.arrived());
    assertFails("did not open the stream", stream.storeIn(file(), LENGTH));
    assertNothingIsLeft();
  }

  @Test
  void aTaskIsNotKeptWaitingForBytesThatDoNotCome() throws Exception {
    PieceStream.PushedStream stream = impatient.announce(id);
    try (RawHttp caller = new RawHttp(impatient.url()).head(id)) {
      get(stream.arrived());
      CompletionStage<Void> stored = stream.storeIn(file(), LENGTH);
      assertTrue(caller.answer().startsWith("HTTP/1.1 200 "));

      assertFails("did not send the bytes", stored);
      caller.post(id, 5, "hello");
      assertTrue(caller.answer().startsWith("HTTP/1.1 500 "));
    }
    assertNothingIsLeft();
  }

  @Test
  void aCallerMayAskAgainOnAnotherConnection() throws Exception {
    PieceStream.PushedStream stream = impatient.announce(id);
    RawHttp first = new RawHttp(impatient.url()).head(id);
    get(stream.arrived());
    first.reset();
    CompletionStage<HttpResponse> second = ask(impatient.streams, id);
    CompletionStage<HttpResponse> third = ask(impatient.streams, id);

    assertEquals(500, get(second).status().intValue());
    CompletionStage<Void> stored = stream.storeIn(file(), 5);

    assertEquals(200, get(third).status().intValue());
    try (RawHttp caller = new RawHttp(impatient.url()).post(id, 5, "hello")) {
      get(stored);
      assertTrue(caller.answer().startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void aCallerThatWentIsNotWaitedForForEver() throws Exception {
    PieceStream.PushedStream stream = impatient.announce(id);
    RawHttp caller = new RawHttp(impatient.url()).head(id);
    get(stream.arrived());

    caller.reset();

    assertFails("did not ", stream.storeIn(file(), LENGTH));
    assertNothingIsLeft();
  }

  @Test
  void whatComesAfterThePieceIsNotStored() throws Exception {
    byte[] more = bytes(3 * LENGTH);
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, more);

    get(stream.storeIn(file(), LENGTH));

    assertEquals(TAKEN, get(pushed));
    assertEquals(LENGTH, Files.size(file()));
  }

  @Test
  void aStreamWithoutEndIsCutWhenThePieceIsThere() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed =
        client.push(
            host.place(id), Source.repeat(ByteString.fromArray(bytes(1 << 16))), Optional.empty());

    get(stream.storeIn(file(), LENGTH));

    assertEquals(LENGTH, Files.size(file()));
    pushed.toCompletableFuture().handle((outcome, failure) -> outcome).get(30, TimeUnit.SECONDS);
  }

  @Test
  void aStreamThatEndsEarlySaysHowMuchCame() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, BYTES);

    assertFails("ended after 1016 of 2032 bytes", stream.storeIn(file(), 2 * LENGTH));

    assertFails("500", pushed);
    assertNothingIsLeft();
  }

  @Test
  void aStreamThatMayEndEarlyIsKept() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, BYTES);

    assertEquals(LENGTH, get(stream.storeUpTo(file(), 2 * LENGTH)));

    assertEquals(TAKEN, get(pushed));
    assertArrayEquals(BYTES, Files.readAllBytes(file()));
  }

  @Test
  void aConnectionThatBreaksLeavesNothing() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    RawHttp caller = new RawHttp(host.url()).post(id, LENGTH, "hello");
    get(stream.arrived());
    CompletionStage<Void> stored = stream.storeIn(file(), LENGTH);
    caller.reset();

    assertFails("was cut after", stored);
    assertNothingIsLeft();
  }

  @Test
  void aConnectionThatStallsLeavesNothing() throws Exception {
    PieceStream.PushedStream stream = impatient.announce(id);
    try (RawHttp caller = new RawHttp(impatient.url()).post(id, LENGTH, "hello")) {
      assertFails("after 5 of 1016 bytes", stream.storeIn(file(), LENGTH));
      assertTrue(caller.answer().startsWith("HTTP/1.1 500 "));
    }
    assertNothingIsLeft();
  }

  @Test
  void whatIsBeingStoredCanBeClosed() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    try (RawHttp caller = new RawHttp(host.url()).post(id, LENGTH, "hello")) {
      get(stream.arrived());
      CompletionStage<Void> stored = stream.storeIn(file(), LENGTH);

      stream.close();

      assertFails("was closed", stored);
      assertTrue(caller.answer().startsWith("HTTP/1.1 500 "));
    }
    assertNothingIsLeft();
  }

  @Test
  void aDiskThatCannotTakeItIsNoFaultOfTheCaller() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, BYTES);

    IOException trouble = trouble(stream.storeIn(directory.resolve("no/piece"), LENGTH));

    assertFalse(trouble instanceof StreamException, String.valueOf(trouble));
    assertFails("500", pushed);
  }

  @Test
  void twoCallsCannotHaveOneStream() throws Exception {
    host.announce(id);

    assertThrows(StreamException.class, () -> host.announce(id));
  }

  @Test
  void bytesAreTakenOnce() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);
    CompletionStage<PushClient.Outcome> pushed = push(host, BYTES);
    get(stream.storeIn(file(), LENGTH));
    get(pushed);

    assertFails("already", stream.storeIn(file(), LENGTH));
    assertFails("500", push(host, BYTES));
    assertFails("500", client.post(host.place(id), source(BYTES), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,4e8a6e9c-0000-4000-8000-000000000001,405",
    "DELETE,4e8a6e9c-0000-4000-8000-000000000001,405",
    "HEAD,1-1-1-1-1,400",
    "HEAD,..,400",
    "POST,4e8a6e9c-0000-4000-8000-00000000000,400",
    "POST,4e8a6e9c000040008000000000000001,400"
  })
  void otherRequestsAreRefused(String method, String name, int status) throws Exception {
    try (RawHttp caller = new RawHttp(host.url())) {
      caller.send(
          method
              + " "
              + PieceStreams.BASE
              + name
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

      assertTrue(caller.answer().startsWith("HTTP/1.1 " + status + " "));
    }
  }

  @Test
  void zerosDoNotComeOverTheWire() throws Exception {
    assertEquals(new PieceStream.Zeros(2032), host.streams.open("null", "2032"));
  }

  @ParameterizedTest
  @CsvSource({
    "null,-1",
    "null,''",
    "null,99999999999999999999",
    "null,0x10",
    "http,file:///etc/passwd",
    "http,ftp://127.0.0.1/x",
    "http,/etc/passwd",
    "http,http:",
    "http,http://a b/",
    "push,1-1-1-1-1",
    "push,../../etc",
    "'',''"
  })
  void parametersThatNameNoStreamAreRefused(String type, String info) {
    assertThrows(StreamException.class, () -> host.streams.open(type, info));
  }

  @Test
  void anyOtherTypeIsAPush() throws Exception {
    assertInstanceOf(
        PieceStream.PushedStream.class,
        host.streams.open("future", id.toString().toUpperCase(Locale.ROOT)));
  }

  @Test
  void aPieceHasAtLeastOneByte() throws Exception {
    PieceStream.PushedStream stream = host.announce(id);

    assertThrows(IllegalArgumentException.class, () -> stream.storeIn(file(), 0));
  }
}
