package io.selkie.rpc;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that sends what no client should; it is another implementation than ours. */
final class RawSocket implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final StringBuilder message = new StringBuilder();
  private final boolean reads;

  /** Completes at the first ping. */
  final CompletableFuture<Long> ping = new CompletableFuture<>();

  /** Completes when the other side has ended it. */
  final CompletableFuture<Integer> closed = new CompletableFuture<>();

  private Optional<WebSocket> socket = Optional.empty();

  private RawSocket(boolean reads) {
    this.reads = reads;
  }

  static RawSocket open(URI address, Optional<String> token, boolean reads) throws Exception {
    RawSocket raw = new RawSocket(reads);
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
    token.ifPresent(text -> builder.header("Authorization", "Bearer " + text));
    raw.socket = Optional.of(builder.buildAsync(address, raw).get(20, TimeUnit.SECONDS));
    return raw;
  }

  private WebSocket socket() {
    return socket.orElseThrow();
  }

  RawSocket send(String text) throws Exception {
    socket().sendText(text, true).get(20, TimeUnit.SECONDS);
    return this;
  }

  void sendInParts(String text) throws Exception {
    for (int i = 0; i < text.length(); i++) {
      socket().sendText(text.substring(i, i + 1), false).get(20, TimeUnit.SECONDS);
    }
    socket().sendText("", true).get(20, TimeUnit.SECONDS);
  }

  void sendBytes(String text) throws Exception {
    socket()
        .sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true)
        .get(20, TimeUnit.SECONDS);
  }

  String next() throws InterruptedException {
    return Optional.ofNullable(messages.poll(20, TimeUnit.SECONDS)).orElseThrow();
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
      opened.request(1);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    message.append(part);
    if (last) {
      messages.add(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer content) {
    ping.complete(System.nanoTime());
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    closed.complete(status);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable trouble) {
    closed.complete(0);
  }

  /** Goes away without a word. */
  void abort() {
    socket().abort();
  }

  @Override
  public void close() {
    socket().abort();
  }
}
