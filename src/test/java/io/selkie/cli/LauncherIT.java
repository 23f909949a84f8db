package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The start script, from the checkout and from what an operator gets. */
class LauncherIT {
  private static final String STAND_IN =
      " -Dselkie.test.stand-in-proofs=on -Dselkie.dev-chain.block-time=20ms"
          + " -Dselkie.dev-chain.precommit-challenge-delay=1";
  private static final Path CHECKOUT = Path.of("").toAbsolutePath();

  @TempDir Path home;
  private CliProcess selkie;

  @BeforeEach
  void setUp() throws IOException {
    assumeTrue(packaged().isPresent(), "nothing is packaged yet");
    selkie = new CliProcess(home);
  }

  static Stream<Path> scripts() throws IOException {
    return Stream.concat(Stream.of(CHECKOUT.resolve("deploy/bin/selkie")), packaged().stream());
  }

  private static Optional<Path> packaged() throws IOException {
    try (Stream<Path> files = Files.list(CHECKOUT.resolve("target"))) {
      return files.map(file -> file.resolve("bin/selkie")).filter(Files::isExecutable).findFirst();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void tellsItsVersion(Path script) throws Exception {
    CliProcess.Result result = run(script, List.of(), "--version").succeeded();

    assertTrue(result.out().matches("selkie \\S+ \\(commit \\S+\\)\n"), result.out());
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void takesTheSettingsThatTheEnvironmentNames(Path script) throws Exception {
    selkie.file("file", 700);
    Path config = Files.writeString(home.resolve("my.conf"), "selkie.prover.nice = 33\n");

    run(script, List.of("SELKIE_CONF=" + config), "seal", "file")
        .failedWith("selkie seal: selkie.prover.nice is 33: use 0 to 19");
    run(
            script,
            List.of("SELKIE_CONF=" + config, "SELKIE_JAVA_OPTS=-Dselkie.prover.nice=0" + STAND_IN),
            "seal",
            "file")
        .succeeded();
  }

  /** Java itself could not even open the file. */
  @ParameterizedTest
  @MethodSource("scripts")
  void findsAFileOfAnyNameInThePosixLocale(Path script) throws Exception {
    Path calls =
        Files.writeString(
            home.resolve("calls"),
            "printf data > 'größe'\nexec '%s' seal 'größe' --json\n".formatted(script),
            StandardCharsets.UTF_8);

    List<String> line = new ArrayList<>(List.of("env", "-u", "LANG", "LC_ALL=C"));
    line.addAll(
        List.of("SELKIE_BUILD=never", "SELKIE_JAVA_OPTS=" + STAND_IN, "bash", calls.toString()));
    CliProcess.Result result = selkie.startLine(line).await();

    assertEquals("größe", result.json().at("/pieces/0/name").asText());
  }

  @Test
  void theArchiveHasTheExampleOfTheSettings() throws IOException {
    Path conf = packaged().orElseThrow().resolve("../../conf/selkie.conf").normalize();

    assertEquals(-1, Files.mismatch(CHECKOUT.resolve("conf/selkie.conf"), conf));
  }

  private CliProcess.Result run(Path script, List<String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("env", "SELKIE_BUILD=never"));
    line.addAll(environment);
    line.add(script.toString());
    line.addAll(List.of(arguments));
    return selkie.startLine(line).await();
  }
}
