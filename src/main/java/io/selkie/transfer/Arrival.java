package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.storage.SectorCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A sector that a peer is sending. Any thread may use it; chunks are written side by side. */
final class Arrival {
  private final Landing landing;
  private final SectorCopy copy;
  private final Map<Integer, Growing> growing = new HashMap<>();
  private final Control control;

  /** Given up for another offer: who still has it writes no more. */
  private static final String CLOSED = "closed";

  private String state = ArrivalStatus.RECEIVING;
  private ArrivalStatus.@Nullable Trouble error;
  private long lastWord = System.nanoTime();

  /** A file and its journal, open. */
  private static final class Growing implements AutoCloseable {
    private final FileChannel data;
    private final FileChannel journal;
    private final ChunkMap chunks;
    private final BitSet writing = new BitSet();

    Growing(Landing landing, int file) throws IOException {
      this.chunks = landing.chunks(file);
      this.data = landing.write(file);
      this.journal = landing.writeJournal(file);
    }

    @Override
    public void close() throws IOException {
      data.close();
      journal.close();
    }
  }

  /**
   * An arrival.
   *
   * @param copy what there will be
   */
  Arrival(Landing landing, SectorCopy copy) {
    this.landing = landing;
    this.copy = copy;
    this.control = new Control(landing.offer().sector());
  }

  Offer offer() {
    return landing.offer();
  }

  Landing landing() {
    return landing;
  }

  /** How long nobody spoke of it; while it is verified somebody does. */
  synchronized long silentNanos() {
    return state.equals(ArrivalStatus.VERIFYING) || isWriting() ? 0 : System.nanoTime() - lastWord;
  }

  private boolean isWriting() {
    return growing.values().stream().anyMatch(file -> !file.writing.isEmpty());
  }

  synchronized ArrivalStatus status() throws IOException {
    lastWord = System.nanoTime();
    List<List<ChunkMap.Range>> missing = new ArrayList<>();
    if (state.equals(ArrivalStatus.RECEIVING)) {
      for (int file = 0; file < offer().files().size(); file++) {
        missing.add(growing(file).chunks.missing());
      }
    }
    return new ArrivalStatus(
        state,
        copy.host(),
        copy.path(),
        state.equals(ArrivalStatus.VERIFYING) ? control.done() : 0,
        missing,
        Optional.ofNullable(error));
  }

  private Growing growing(int file) throws IOException {
    @Nullable Growing open = growing.get(file);
    if (open == null) {
      open = new Growing(landing, file);
      growing.put(file, open);
    }
    return open;
  }

  /** What a peer sends of a chunk goes here. */
  final class Chunk {
    private final Growing file;
    private final int number;
    private final int length;
    private final int expected;
    private final long offset;
    private final CRC32C sum = new CRC32C();
    private int written;

    private Chunk(Growing file, int number, int length, int expected) {
      this.file = file;
      this.number = number;
      this.length = length;
      this.expected = expected;
      this.offset = offer().offset(number);
    }

    /** Writes the next bytes. */
    void write(ByteBuffer bytes) throws IOException, TransferTrouble {
      int more = bytes.remaining();
      if (more > length - written) {
        throw TransferTrouble.passing("damaged_chunk", "more bytes came than the chunk has");
      }
      sum.update(bytes.duplicate());
      Landing.writeFully(file.data, bytes, offset + written);
      written += more;
    }

    /** All came: the chunk counts from here on, if it is what its sender says. */
    void finish() throws IOException, TransferTrouble {
      if (written != length || (int) sum.getValue() != expected) {
        throw TransferTrouble.passing(
            "damaged_chunk", "the chunk is not what its CRC32C says; send it again");
      }
      FailPoints.hit("Receive.before-chunk", offer().sector());
      synchronized (Arrival.this) {
        byte[] line = ChunkMap.line(number, expected).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer text = ByteBuffer.wrap(line);
        while (text.hasRemaining()) {
          file.journal.write(text);
        }
        file.chunks.put(number, expected);
      }
      FailPoints.hit("Receive.after-chunk", offer().sector());
    }

    /** Somebody else may write the chunk. */
    void close() {
      synchronized (Arrival.this) {
        file.writing.clear(number);
        lastWord = System.nanoTime();
      }
    }
  }

  /**
   * Begins to write a chunk.
   *
   * @param crc32c that it has
   * @return empty if it is there already
   * @throws TransferTrouble if it cannot be written now
   */
  synchronized Optional<Chunk> begin(int file, int chunk, int crc32c)
      throws IOException, TransferTrouble {
    lastWord = System.nanoTime();
    if (!state.equals(ArrivalStatus.RECEIVING)) {
      throw TransferTrouble.passing("closed", offer().sector() + " is " + state);
    }
    if (file >= offer().files().size() || chunk >= offer().chunks(file)) {
      throw TransferTrouble.lasting("invalid", "the offer has no such chunk");
    }
    Growing open = growing(file);
    if (open.chunks.has(chunk)) {
      return Optional.empty();
    }
    if (open.writing.get(chunk)) {
      throw TransferTrouble.passing("busy", "the chunk is being written by another call");
    }
    open.writing.set(chunk);
    return Optional.of(new Chunk(open, chunk, offer().length(file, chunk), crc32c));
  }

  /**
   * Closes the files for {@link #finish}.
   *
   * @return whether there is something to finish that nobody does yet
   */
  synchronized boolean commit() throws IOException, TransferTrouble {
    lastWord = System.nanoTime();
    if (!state.equals(ArrivalStatus.RECEIVING)) {
      return false;
    }
    boolean placing = landing.isPlacing();
    for (int file = 0; file < offer().files().size() && !placing; file++) {
      if (!growing(file).chunks.isComplete() || !growing(file).writing.isEmpty()) {
        throw TransferTrouble.passing("incomplete", "chunks of file " + file + " are missing");
      }
    }
    closeFiles();
    state = ArrivalStatus.VERIFYING;
    return true;
  }

  /** Reads all back and puts it in place. Takes as long as the disk takes. */
  void finish(FileDigest digest) {
    try {
      if (!landing.isPlacing()) {
        List<Integer> damaged = landing.verify(digest, control);
        if (!damaged.isEmpty()) {
          damaged(damaged);
          return;
        }
      }
      landing.place(copy);
      end(ArrivalStatus.PLACED, null);
    } catch (TransferTrouble e) {
      end(
          ArrivalStatus.FAILED,
          new ArrivalStatus.Trouble(e.failure().code(), e.failure().message()));
    } catch (IOException | Control.Held e) {
      end(ArrivalStatus.FAILED, new ArrivalStatus.Trouble("error", e.toString()));
    }
  }

  /** Chunks that changed after they came are sent again; if none did, the offer is not true. */
  private void damaged(List<Integer> files) throws IOException {
    boolean changed = false;
    for (int file : files) {
      if (landing.dropDamaged(file) > 0) {
        changed = true;
      } else {
        landing.drop(file);
      }
    }
    if (changed) {
      end(ArrivalStatus.RECEIVING, null);
    } else {
      end(
          ArrivalStatus.FAILED,
          new ArrivalStatus.Trouble(
              "damaged", "every chunk came as it was sent, but the whole is not what was offered"));
    }
  }

  private synchronized void end(String now, ArrivalStatus.@Nullable Trouble why) {
    state = now;
    error = why;
    lastWord = System.nanoTime();
  }

  /** Ends it; what has arrived stays, for whoever goes on with it. */
  synchronized void close() throws IOException {
    state = CLOSED;
    closeFiles();
  }

  private void closeFiles() throws IOException {
    for (Growing file : growing.values()) {
      file.close();
    }
    growing.clear();
  }

  /** Whether it may be given up. */
  synchronized boolean isReceiving() {
    return !state.equals(ArrivalStatus.VERIFYING);
  }
}
