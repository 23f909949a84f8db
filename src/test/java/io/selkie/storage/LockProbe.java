package io.selkie.storage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Another process that tries to take the lock of a repo, and says whether it could. */
final class LockProbe {
  private LockProbe() {}

  public static void main(String[] arguments) throws Exception {
    System.out.print(RepoLock.take(Path.of(arguments[0])).isPresent() ? "free" : "busy");
  }

  static String ask(Path repo) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LockProbe.class.getName(),
                repo.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}
