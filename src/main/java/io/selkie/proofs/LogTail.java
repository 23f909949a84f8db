package io.selkie.proofs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Hands on the log of a prover while it is written, each line once: how far that went stands in the
 * job directory, for the next life of the node. It is noted before the lines are handed on, so a
 * kill between the two costs some lines of the node's log; they are in the job's own log all the
 * same.
 */
final class LogTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final int CHUNK = 64 * 1024;

  /** What our logger writes: seconds, level, target, message. */
  private static final Pattern LINE =
      Pattern.compile("[0-9]+\\.[0-9]{3} (ERROR|WARN|INFO|DEBUG|TRACE) (\\S+) (.*)");

  private static final String OWN_TARGET = "selkie_native";

  private final Path log;
  private final Path seen;
  private final String label;
  private final boolean asked;
  private final BiConsumer<Level, String> sink;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * The log of a job; nothing is read yet.
   *
   * @param job its directory
   * @param asked whether the operator asked for the library's log by {@code RUST_LOG}; else what it
   *     tells at info comes at debug
   */
  LogTail(Path job, boolean asked, BiConsumer<Level, String> sink) {
    this.log = job.resolve(JobFiles.LOG);
    this.seen = job.resolve(JobFiles.LOG_SEEN);
    this.label = label(String.valueOf(job.getFileName()));
    this.asked = asked;
    this.sink = sink;
  }

  /** Of {@code s-t01000-1.g1.t2.PreCommit1.a1} the sector and the phase. */
  static String label(String job) {
    List<String> parts = List.of(job.split("\\.", -1));
    return parts.size() == 5 ? parts.get(0) + " " + parts.get(3) : job;
  }

  /** Hands on what comes until it is closed. */
  LogTail follow() {
    Thread thread = new Thread(this::run, "log of " + label);
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (!closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        hand(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hands on the rest; the prover has ended, or nobody listens any more. */
  @Override
  public void close() {
    closed.countDown();
    hand(true);
  }

  /**
   * Hands on what is new.
   *
   * @param rest whether a last line may lack its end
   */
  synchronized void hand(boolean rest) {
    try (FileChannel from = FileChannel.open(log, StandardOpenOption.READ)) {
      long at = seen();
      while (true) {
        byte[] text = next(from, at, rest);
        if (text.length == 0) {
          return;
        }
        at += text.length;
        Files.writeString(seen, at + "\n");
        new String(text, StandardCharsets.UTF_8).lines().forEach(this::hand);
      }
    } catch (NoSuchFileException e) {
      // It has not begun, or its directory is gone.
      LOG.trace("no log of {}", label);
    } catch (IOException e) {
      LOG.debug("cannot read the log of {}: {}", label, e.getMessage());
    }
  }

  private long seen() throws IOException {
    try {
      String text = Files.readString(seen).strip();
      return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Whole lines, or as much as there is of one that is too long or the last. */
  private static byte[] next(FileChannel from, long at, boolean rest) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    while (buffer.hasRemaining() && from.read(buffer, at + buffer.position()) > 0) {}
    int length = buffer.position();
    byte[] read = buffer.array();
    int whole = length;
    while (whole > 0 && read[whole - 1] != '\n') {
      whole--;
    }
    boolean all = length < CHUNK ? rest : whole == 0;
    return Arrays.copyOf(read, all ? length : whole);
  }

  private void hand(String line) {
    if (line.isBlank()) {
      return;
    }
    Matcher known = LINE.matcher(line);
    Level level = Level.INFO;
    String text = line;
    if (known.matches()) {
      level = Level.valueOf(known.group(1).toUpperCase(Locale.ROOT));
      boolean own = known.group(2).startsWith(OWN_TARGET);
      if (level == Level.INFO && !own && !asked) {
        level = Level.DEBUG;
      }
      text = own ? known.group(3) : known.group(2) + ": " + known.group(3);
    }
    sink.accept(level, label + ": " + text.replaceAll("\\p{Cntrl}", "?"));
  }
}
