package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LogTailTest {
  private static final String HEAD = "s-t01000-1 PreCommit1: ";

  @TempDir Path temp;
  private Path job;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void aJob() throws IOException {
    job = Files.createDirectory(temp.resolve("s-t01000-1.g1.t2.PreCommit1.a1"));
  }

  private LogTail tail(boolean asked) {
    return new LogTail(job, asked, (level, line) -> lines.add(level + " " + line));
  }

  private void write(String text) throws IOException {
    Files.writeString(
        job.resolve("log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void linesComeWithSectorAndPhaseAtTheirLevel() throws IOException {
    write("1.000 INFO selkie_native::prover job begins\n");
    write("1.001 INFO storage_proofs_porep::stacked generating layer: 1\n");
    write("1.002 WARN bellperson no GPU\n");
    write("thread 'main' panicked\n\n");

    tail(false).close();

    assertEquals(
        List.of(
            "INFO " + HEAD + "job begins",
            "DEBUG " + HEAD + "storage_proofs_porep::stacked: generating layer: 1",
            "WARN " + HEAD + "bellperson: no GPU",
            "INFO " + HEAD + "thread 'main' panicked"),
        lines);
  }

  @Test
  void whatRustLogAsksForIsShown() throws IOException {
    write("1.001 INFO storage_proofs_porep::stacked generating layer: 1\n");

    tail(true).close();

    assertEquals(
        List.of("INFO " + HEAD + "storage_proofs_porep::stacked: generating layer: 1"), lines);
  }

  @Test
  void theNextLifeOfTheNodeRepeatsNothing() throws IOException {
    write("1.000 INFO selkie_native a\n1.000 INFO selkie_native b\n");
    tail(false).hand(false);
    write("1.000 INFO selkie_native c\n");

    LogTail next = tail(false);
    next.hand(false);
    next.close();
    tail(false).close();

    assertEquals(List.of("INFO " + HEAD + "a", "INFO " + HEAD + "b", "INFO " + HEAD + "c"), lines);
  }

  @Test
  void aLineIsHandedOnWhenItIsWhole() throws IOException {
    LogTail tail = tail(false);
    write("1.000 INFO selkie_native be");
    tail.hand(false);
    assertEquals(List.of(), lines);
    write("gins\n1.000 INFO selkie_native died he");
    tail.hand(false);
    assertEquals(List.of("INFO " + HEAD + "begins"), lines);

    tail.close();

    assertEquals(List.of("INFO " + HEAD + "begins", "INFO " + HEAD + "died he"), lines);
  }

  @Test
  void aLongLogIsHandedOnWhole() throws IOException {
    for (int i = 0; i < 5000; i++) {
      write("1.000 INFO selkie_native line %08d of a log that has many\n".formatted(i));
    }

    tail(false).close();

    assertEquals(5000, lines.size());
    assertTrue(lines.get(4999).endsWith("line 00004999 of a log that has many"), lines.get(4999));
  }

  @Test
  void aLineWithoutAnEndIsHandedOnInParts() throws IOException {
    write("x".repeat(200_000));

    tail(false).hand(false);

    assertEquals(3, lines.size());
  }

  @Test
  void itFollowsWhatIsWritten() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (LogTail tail = new LogTail(job, false, (level, line) -> heard.add(line)).follow()) {
      write("1.000 INFO selkie_native a\n");
      assertEquals(HEAD + "a", heard.poll(20, TimeUnit.SECONDS));
      write("1.000 INFO selkie_native b\n");
      assertEquals(HEAD + "b", heard.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aJobThatIsGoneIsNoTrouble() throws IOException {
    Files.delete(job);

    tail(false).close();

    assertEquals(List.of(), lines);
  }

  @Test
  void anotherNameIsShownAsItIs() {
    assertEquals("0123456789abcdef", LogTail.label("0123456789abcdef"));
  }
}
