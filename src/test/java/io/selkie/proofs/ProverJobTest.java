package io.selkie.proofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.selkie.proofs.ProofsFailure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ProverProofs} makes of a prover, by scripts in its place. */
@Timeout(60)
class ProverJobTest {
  @TempDir Path temp;

  private FakeProver prover;

  @AfterEach
  void noJobIsLeftBehind() throws Exception {
    assertEquals(List.of(), prover.leftBehind());
  }

  @Test
  void theAnswerIsReadFromTheResult() throws Exception {
    prover = FakeProver.of(temp, FakeProver.answer(FakeProver.ABOUT));
    assertEquals(7, prover.proofs().about().threads());
  }

  @Test
  void theJobSaysWhatToDoAndHow() throws Exception {
    prover =
        FakeProver.of(
            temp,
            "cp job.json \"$here/job.json\"; ls -l -d . > \"$here/mode\"; pwd > \"$here/pwd\"; "
                + FakeProver.answer(FakeProver.ABOUT));
    prover.proofs().about();
    JsonNode job = JsonProofs.JSON.readTree(prover.seen("job.json"));
    assertEquals(1, job.path("job").asInt());
    assertEquals(3, job.path("nice").asInt());
    assertEquals(ProcessHandle.current().pid(), job.path("boundToParent").asLong());
    assertEquals("about", job.at("/request/call/op").asText());
    assertEquals(prover.seen("pwd").strip() + "/progress", job.path("socket").asText());
    assertTrue(prover.seen("mode").startsWith("drwx------"), prover.seen("mode"));
  }

  @Test
  void aFailureOfTheProverIsThrownAsItIs() throws Exception {
    prover =
        FakeProver.of(
            temp,
            FakeProver.answer(
                "{\"ok\":false,\"kind\":\"no_space\",\"message\":\"full\",\"faultySectors\":[3]}"));
    ProofsFailure failure = failure();
    assertEquals(Kind.NO_SPACE, failure.kind());
    assertEquals("full", failure.message());
    assertEquals(List.of(3L), failure.faultySectors());
  }

  @ParameterizedTest
  @CsvSource({
    "exit 0,DIED,ended with status 0",
    "exit 3,DIED,ended with status 3",
    "kill -9 $$,DIED,was killed (SIGKILL)",
    "kill -15 $$,DIED,was ended (SIGTERM)",
    "kill -6 $$,DIED,died of signal 6",
    "kill -7 $$,NO_SPACE,died of SIGBUS"
  })
  void aProverWithoutAnAnswerSaysHowItEnded(String script, Kind kind, String words)
      throws Exception {
    prover = FakeProver.of(temp, script);
    ProofsFailure failure = failure();
    assertEquals(kind, failure.kind());
    assertTrue(failure.message().startsWith("the prover " + words), failure.message());
    assertFalse(failure.message().contains("log"), failure.message());
  }

  @Test
  void theEndOfItsLogIsInTheMessage() throws Exception {
    prover = FakeProver.of(temp, "echo a; echo b >&2; echo c; printf 'd\\377'; kill -9 $$");
    assertTrue(failure().message().endsWith("its log ends: b | c | d\u00ff"), failure().message());
  }

  @Test
  void anAnswerCountsHoweverTheProverEndedAfterIt() throws Exception {
    prover = FakeProver.of(temp, FakeProver.answer(FakeProver.ABOUT) + "; kill -9 $$");
    assertEquals(7, prover.proofs().about().threads());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "true",
        "hello",
        "{}",
        "{\"ok\":true}",
        "{\"ok\":true,\"result\":null}",
        "{\"ok\":true,\"result\":[]}",
        "{\"ok\":false}",
        "{\"ok\":false,\"kind\":\"error\"}",
        "{\"ok\":false,\"kind\":\"unheard of\",\"message\":\"x\"}",
        "{\"ok\":false,\"message\":\"x\"}"
      })
  void anAnswerThatIsNoneIsAnError(String garbage) throws Exception {
    prover = FakeProver.of(temp, FakeProver.answer(garbage));
    ProofsFailure failure = failure();
    assertEquals(Kind.ERROR, failure.kind());
    assertEquals(1, failure.describe().lines().count(), failure.describe());
  }

  @Test
  void aProverThatIsNotThereIsOneLine() throws Exception {
    prover = FakeProver.of(temp, "");
    Files.delete(prover.settings().library().prover());
    ProofsFailure failure = failure();
    assertEquals(Kind.ERROR, failure.kind());
    assertTrue(failure.message().startsWith("cannot run a prover: "), failure.message());
    assertEquals(1, failure.message().lines().count(), failure.message());
  }

  @Test
  void aPlaceForJobsThatIsNoDirectoryIsOneLine() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));
    prover = FakeProver.of(temp, file.resolve("jobs"), "");
    ProofsFailure failure = failure();
    assertTrue(failure.message().startsWith("cannot run a prover: " + file), failure.message());
  }

  @Test
  void whatTheProverWroteBesideItsAnswerGoesToo() throws Exception {
    prover =
        FakeProver.of(
            temp,
            "echo x > prover.json; mkdir -p cache/deep; echo x > cache/deep/core; "
                + FakeProver.answer(FakeProver.ABOUT));
    assertEquals(7, prover.proofs().about().threads());
  }

  @Test
  void aLongPathPutsTheSocketElsewhereForTheTime() throws Exception {
    Path jobs = temp.resolve("j".repeat(100));
    prover =
        FakeProver.of(
            temp, jobs, "cp job.json \"$here/job.json\"; " + FakeProver.answer(FakeProver.ABOUT));
    prover.proofs().about();
    Path socket =
        Path.of(JsonProofs.JSON.readTree(prover.seen("job.json")).path("socket").asText());
    assertTrue(socket.toString().length() <= 107, socket.toString());
    assertFalse(socket.startsWith(jobs), socket.toString());
    assertFalse(Files.exists(socket.getParent()), "the directory of the socket is removed");
  }

  @Test
  void theProverGetsTheEnvironmentOfTheSettingsAndNothingElse() throws Exception {
    prover =
        FakeProver.of(
            temp,
            "tr '\\0' '\\n' < /proc/$$/environ > \"$here/environ\"; "
                + FakeProver.answer(FakeProver.ABOUT));
    ProverSettings settings = prover.settings().with("FOR_PROVERS", "only");
    new ProverProofs(settings).about();
    Map<String, String> found = new HashMap<>();
    for (String line : prover.seen("environ").split("\n", -1)) {
      if (!line.isEmpty()) {
        found.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
      }
    }
    assertEquals(settings.environmentFrom(System.getenv()), found);
    assertEquals("only", found.get("FOR_PROVERS"));
  }

  @Test
  void anInterruptKillsTheProver() throws Exception {
    prover =
        FakeProver.of(
            temp,
            "echo $$ > \"$here/pid.tmp\"; mv \"$here/pid.tmp\" \"$here/pid\"; " + "exec sleep 600");
    AtomicReference<Object> outcome = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                outcome.set(prover.proofs().about());
              } catch (ProofsException e) {
                outcome.set(Arrays.asList(e.failure(), Thread.currentThread().isInterrupted()));
              }
            });
    caller.start();
    while (!Files.exists(temp.resolve("pid"))) {
      Thread.onSpinWait();
    }
    long pid = Long.parseLong(prover.seen("pid").strip());
    assertTrue(ProcessHandle.of(pid).isPresent());

    caller.interrupt();
    caller.join();

    assertEquals(
        List.of(ProofsFailure.of(Kind.DIED, "called off while the prover worked"), true),
        outcome.get());
    assertFalse(ProcessHandle.of(pid).isPresent(), "the prover is gone when the call returns");
  }

  private ProofsFailure failure() {
    return assertThrows(ProofsException.class, () -> prover.proofs().about()).failure();
  }
}
