package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.selkie.storage.RepoLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each error is one line on stderr, a status that is not 0, and nothing left behind. */
class SealErrorsIT {
  @TempDir Path home;
  private CliProcess selkie;

  /** That makes proofs, and so needs parameters. */
  private CliProcess real;

  @BeforeEach
  void setUp() {
    selkie = CliProcess.standIn(home);
    real = new CliProcess(home);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertFalse(Files.exists(home.resolve("new")));
    assertFalse(Files.exists(selkie.state()));
  }

  @Test
  void aFileLargerThanTheSector() throws Exception {
    Path file = selkie.file("large", 2033);

    seal(file)
        .failedWith(
            "selkie seal: "
                + file
                + ": a file of 2033 bytes does not fit into a sector of 2KiB, which holds 2032"
                + " bytes");
  }

  @Test
  void filesThatDoNotFitTogether() throws Exception {
    selkie
        .run("seal", "--repo", "new/repo", name(selkie.file("a", 1500)), name(selkie.file("b", 1)))
        .failedWith(
            "selkie seal: the files do not fit into one sector of 2KiB: as pieces the first 2 take"
                + " 2176 of 2048 padded bytes");
  }

  @Test
  void anEmptyFile() throws Exception {
    Path file = selkie.file("empty", 0);

    seal(file).failedWith("selkie seal: " + file + ": the file is empty, there is nothing to seal");
  }

  @Test
  void aMissingFile() throws Exception {
    Path file = home.resolve("missing");

    seal(file).failedWith("selkie seal: " + file + ": no such file");
  }

  @Test
  void aDirectory() throws Exception {
    seal(home).failedWith("selkie seal: " + home + ": not a regular file");
  }

  @Test
  void anUnreadableFile() throws Exception {
    Path file = selkie.file("secret", 100);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read anything");

    seal(file).failedWith("selkie seal: " + file + ": permission denied");
  }

  @Test
  void missingParametersOf2KiBThatMayNotBeGenerated() throws Exception {
    CliProcess.Result result =
        real.run("seal", "--no-generate", "--repo", "new/repo", name(selkie.file("a", 700)));

    failedForParameters(result, "2KiB", "generate");
  }

  @Test
  void missingParametersOfAnotherSizeAreNotGenerated() throws Exception {
    failedForParameters(
        real.run(
            "seal", "--sector-size", "8MiB", "--repo", "new/repo", name(selkie.file("a", 700))),
        "8MiB",
        "generate");
    failedForParameters(
        real.run(
            "seal", "--sector-size", "32GiB", "--repo", "new/repo", name(selkie.file("a", 700))),
        "32GiB",
        "fetch");
  }

  private void failedForParameters(CliProcess.Result result, String size, String verb) {
    assertEquals(1, result.err().lines().count(), result.err());
    String missing = "selkie seal: porep " + size + ": v28-stacked-proof-of-replication-";
    assertTrue(result.err().startsWith(missing), result.err());
    String remedy = "run: selkie params " + verb + " --sector-size " + size + " --sets porep (in ";
    assertTrue(result.err().contains(remedy + home.resolve("none") + ")"), result.err());
    assertEquals(1, result.status());
    assertEquals("", result.out());
  }

  @Test
  void aBusyRepo() throws Exception {
    Path repo = Files.createDirectory(home.resolve("repo"));
    Path file = selkie.file("a", 700);
    try (RepoLock lock = RepoLock.take(repo).orElseThrow()) {
      selkie
          .run("seal", "--repo", "repo", name(file))
          .failedWith("selkie seal: " + repo + " is busy: another selkie process works there");
    }
    assertEquals(List.of("repo.lock"), CliProcess.names(repo));
    // Whose lock it took before the repo's.
    assertEquals(List.of("node.lock"), CliProcess.names(selkie.state()));
    Files.delete(selkie.state().resolve("node.lock"));
    Files.delete(selkie.state());
  }

  @Test
  void aRepoThatIsAFile() throws Exception {
    Path file = selkie.file("a", 700);

    selkie
        .run("seal", "--repo", "a", name(file))
        .failedWith("selkie seal: " + file + ": not a directory");
  }

  @Test
  void aFullDisk() throws Exception {
    Path disk = Files.createDirectory(home.resolve("disk"));
    Path file = selkie.file("a", 700);
    assumeTrue(mounted(disk), "only root may mount a small disk");
    try {
      String expected =
          "selkie seal: the disk is too full: sealing into 2KiB takes up to [0-9]+ bytes below %s,"
              + " where [0-9]+ are free\n";
      for (String repo : List.of("disk", "disk/new")) {
        CliProcess.Result result = selkie.run("seal", "--repo", repo, name(file));

        assertTrue(result.err().matches(expected.formatted(home.resolve(repo))), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.status());
        assertEquals(List.of(), CliProcess.names(disk));
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void aMissingNativeLibrary() throws Exception {
    Path file = selkie.file("a", 700);

    start("-Dselkie.native.variant=generic", "-Dselkie.native.dir=/nowhere", file)
        .failedWith(
            "selkie seal: no native proofs library for generic in /nowhere: build it with"
                + " native/build.sh, or set selkie.native.dir");
  }

  @Test
  void aBrokenConfiguration() throws Exception {
    Path file = selkie.file("a", 700);
    Path config = home.resolve("selkie.conf");
    String option = "-Dconfig.file=" + config;

    start(option, "-Da=b", file)
        .failedWith("selkie seal: " + config + ": no such configuration file");
    Files.writeString(config, "selkie {\n  prover {\n");
    assertTrue(oneLine(start(option, "-Da=b", file)).startsWith("selkie seal: " + config + ": "));
    Files.writeString(config, "\nselkie.prover.nise = 3\n");
    start(option, "-Da=b", file)
        .failedWith("selkie seal: " + config + ": 2: there is no setting selkie.prover.nise");
    Files.writeString(config, "selkie.prover.nice = high\n");
    assertTrue(oneLine(start(option, "-Da=b", file)).startsWith("selkie seal: " + config + ": 1:"));
    Files.writeString(config, "selkie.prover.nice = 20\n");
    start(option, "-Da=b", file).failedWith("selkie seal: selkie.prover.nice is 20: use 0 to 19");
  }

  private static String oneLine(CliProcess.Result result) {
    assertEquals(1, result.err().lines().count(), result.err());
    assertEquals(1, result.status());
    return result.err();
  }

  private CliProcess.Result seal(Path file) throws IOException, InterruptedException {
    return selkie.run("seal", "--repo", "new/repo", name(file));
  }

  private CliProcess.Result start(String option, String another, Path file)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(CliProcess.java(option, another));
    line.addAll(List.of("seal", "--repo", "new/repo", name(file)));
    return selkie.startLine(line).await();
  }

  private static String name(Path file) {
    return file.toString();
  }

  private static boolean mounted(Path disk) throws IOException, InterruptedException {
    return run("mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk.toString()) == 0;
  }

  private static int run(String... line) throws IOException, InterruptedException {
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
