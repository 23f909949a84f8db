package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProgressReaderTest {
  private static final String LAYER_2 =
      "{\"operation\":\"preCommit1\",\"sector\":\"s-t01000-1\",\"stage\":\"layer\","
          + "\"done\":1,\"total\":2,\"new\":0}\n";

  @TempDir Path temp;

  private final BlockingQueue<ProofsProgress> heard = new LinkedBlockingQueue<>();
  private final AliveProcess process = new AliveProcess();

  @Test
  void progressIsHeardAsItIsTold() throws Exception {
    Path path = temp.resolve("progress");
    try (ProgressReader reader = start(path);
        ServerSocketChannel server = listen(path);
        SocketChannel prover = server.accept()) {
      tell(prover, LAYER_2);
      assertEquals(new ProofsProgress("preCommit1", "s-t01000-1", "layer", 1, 2), heard.take());
      tell(prover, LAYER_2.replace("layer", "treeC").substring(0, 20));
      tell(prover, LAYER_2.replace("layer", "treeC").substring(20));
      assertEquals("treeC", heard.take().stage());
    }
  }

  @Test
  void progressThatIsNoneEndsTheListeningOnly() throws Exception {
    Path path = temp.resolve("progress");
    try (ProgressReader reader = start(path);
        ServerSocketChannel server = listen(path);
        SocketChannel prover = server.accept()) {
      tell(prover, "garbage\n");
      // The reader hangs up.
      assertEquals(-1, prover.read(ByteBuffer.allocate(1)));
      assertNull(heard.poll());
    }
  }

  @Test
  void aSocketThatIsNotThereYetIsTriedAgain() throws Exception {
    Path path = temp.resolve("progress");
    try (ProgressReader reader = start(path)) {
      process.awaitLooks(3);
      hearsWhatIsTold(path);
    }
  }

  @Test
  void aSocketThatNobodyListensToYetIsTriedAgain() throws Exception {
    Path path = temp.resolve("progress");
    listen(path).close();
    try (ProgressReader reader = start(path)) {
      // As between bind and listen of the prover.
      process.awaitLooks(3);
      Files.delete(path);
      hearsWhatIsTold(path);
    }
  }

  private ProgressReader start(Path socket) {
    return ProgressReader.start(Optional.of(socket), process.pid(), process::isAlive, heard::add);
  }

  private void hearsWhatIsTold(Path path) throws Exception {
    try (ServerSocketChannel server = listen(path);
        SocketChannel prover = server.accept()) {
      tell(prover, LAYER_2);
      assertEquals("layer", heard.take().stage());
    }
  }

  private static ServerSocketChannel listen(Path path) throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    return server;
  }

  private static void tell(SocketChannel prover, String text) throws Exception {
    prover.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A process that is alive until told otherwise, and counts who asks. */
  private static final class AliveProcess extends Process {
    private final Semaphore looks = new Semaphore(0);
    private volatile boolean alive = true;

    void awaitLooks(int count) throws InterruptedException {
      looks.acquire(count);
    }

    @Override
    public boolean isAlive() {
      looks.release();
      return alive;
    }

    @Override
    public void destroy() {
      alive = false;
    }

    @Override
    public long pid() {
      return 1;
    }

    @Override
    public int waitFor() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int exitValue() {
      throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }
  }
}
