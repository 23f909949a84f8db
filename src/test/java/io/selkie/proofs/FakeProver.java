package io.selkie.proofs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A shell script in the place of {@code selkie-prover}. It runs in the job directory, which is also
 * its first argument, and finds {@code $here} for what the test wants to see afterwards.
 */
record FakeProver(Path here, ProverSettings settings) {
  static final String ABOUT =
      "{\"ok\":true,\"result\":{\"version\":\"0\",\"abi\":1,\"proofs\":\"19.1.0\","
          + "\"variant\":\"sha\",\"features\":[],\"threads\":7}}";

  static FakeProver of(Path here, String script) throws IOException {
    return of(here, here.resolve("jobs"), script);
  }

  static FakeProver of(Path here, Path jobs, String script) throws IOException {
    Path program =
        Files.writeString(
            here.resolve("selkie-prover"), "#!/bin/sh\nhere='" + here + "'\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    ProofsLibrary library = new ProofsLibrary(here.resolve("lib.so"), program, "sha");
    return new FakeProver(here, new ProverSettings(library, jobs, 3, true, Map.of()));
  }

  /** The same for a node, whose provers outlive it. */
  ProverSettings ofNode() {
    return new ProverSettings(
        settings.library(),
        settings.jobs(),
        settings.priorities(),
        false,
        settings.environment(),
        false);
  }

  /** A script line that answers with this text. */
  static String answer(String reply) {
    return "printf '%s' '" + reply + "' > \"$1/result.json\"";
  }

  Proofs proofs() {
    return new ProverProofs(settings);
  }

  String seen(String name) {
    try {
      return Files.readString(here.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Job directories that were left behind. */
  List<Path> leftBehind() throws IOException {
    if (!Files.exists(settings.jobs())) {
      return List.of();
    }
    try (Stream<Path> jobs = Files.list(settings.jobs())) {
      return jobs.toList();
    }
  }
}
