package io.selkie.params;

import static io.selkie.params.ParameterSet.POREP;
import static io.selkie.params.TestParameters.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ParameterLockTest {
  @TempDir Path temp;
  private ParameterDirectory directory;
  private final FakeGeneration backend = new FakeGeneration();

  @BeforeEach
  void setUp() {
    directory = new ParameterDirectory(temp);
  }

  @Test
  void twoThreadsGenerateASetOnce() throws Exception {
    CountDownLatch secondWaits = new CountDownLatch(1);
    CountDownLatch firstGenerates = new CountDownLatch(1);
    Generation slow =
        (size, set, into, progress) -> {
          firstGenerates.countDown();
          secondWaits.await();
          backend.generate(size, set, into, progress);
        };
    RecordingListener waiting = new RecordingListener(line -> secondWaits.countDown());
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<GenerationResult> first =
          threads.submit(() -> generate(slow, ParameterListener.silent()));
      firstGenerates.await();
      GenerationResult second = generate(slow, waiting);

      assertEquals(List.of(POREP), first.get().generated());
      assertEquals(List.of(), second.generated());
      assertEquals(List.of(POREP), backend.made());
      String line = waiting.messages.get(0);
      assertTrue(line.startsWith("waiting for " + directory.file(ParameterLock.NAME)), line);
      assertTrue(line.endsWith("held by: generate parameters for 2KiB (this process)"), line);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void waitsForAnotherProcessAndNamesIt() throws Exception {
    Process holder = start("hold");
    try (BufferedReader output = holder.inputReader()) {
      assertEquals("locked", output.readLine());
      RecordingListener waiting =
          new RecordingListener(
              line -> {
                if (line.startsWith("waiting")) {
                  close(holder);
                }
              });

      assertEquals(List.of(POREP), generate(backend, waiting).generated());

      assertTrue(
          waiting.messages.get(0).endsWith("held by: a test (pid " + holder.pid() + ")"),
          waiting.messages.get(0));
    } finally {
      assertTrue(holder.waitFor(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void aRunKilledWhileItGeneratedIsClearedAway() throws Exception {
    Process killed = start("die");
    assertTrue(killed.waitFor(60, TimeUnit.SECONDS));
    assertEquals(137, killed.exitValue());
    List<String> left = TestParameters.names(directory);
    assertTrue(
        left.stream().anyMatch(name -> name.startsWith("selkie-generating-")), left::toString);
    assertTrue(left.stream().noneMatch(name -> name.startsWith("v28-")), left::toString);

    generate(backend, ParameterListener.silent());

    assertEquals(6, TestParameters.names(directory).size());
  }

  @Test
  void isNotTakenWhileAnotherThreadHoldsIt() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    ParameterLock lock = ParameterLock.acquire(directory, "a test", ParameterListener.silent());
    try (lock) {
      assertTrue(
          threads.submit(() -> ParameterLock.tryAcquire(directory, "other").isEmpty()).get());
      ParameterLock.tryAcquire(directory, "the same thread").orElseThrow().close();
      assertTrue(
          threads.submit(() -> ParameterLock.tryAcquire(directory, "other").isEmpty()).get());
    } finally {
      threads.shutdownNow();
    }
    ParameterLock.tryAcquire(directory, "later").orElseThrow().close();
  }

  private GenerationResult generate(Generation generation, ParameterListener listener)
      throws IOException, InterruptedException {
    return new ParameterGenerator(TestParameters.manifest(), directory, "test")
        .generate(SIZE, Set.of(POREP), generation, listener);
  }

  private Process start(String what) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OtherProcess.class.getName(),
            what,
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void close(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a test runs in a process of its own. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) throws Exception {
      ParameterDirectory directory = new ParameterDirectory(Path.of(arguments[1]));
      if (arguments[0].equals("hold")) {
        ParameterLock lock = ParameterLock.acquire(directory, "a test", ParameterListener.silent());
        try (lock) {
          System.out.println("locked");
          while (System.in.read() >= 0) {
            // until the test closes the pipe
          }
        }
      } else {
        new ParameterGenerator(TestParameters.manifest(), directory, "test")
            .generate(
                SIZE,
                Set.of(POREP),
                (size, set, into, progress) -> {
                  Files.write(into.resolve("v28-test-porep.vk"), new byte[10]);
                  Runtime.getRuntime().halt(137);
                },
                ParameterListener.silent());
      }
    }
  }
}
