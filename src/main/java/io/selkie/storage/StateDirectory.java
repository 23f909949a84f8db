package io.selkie.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Where a node keeps what is its own and always local: identity, jobs, sockets, locks. Apart from
 * the repo, which several hosts may share.
 */
public record StateDirectory(Path path) {
  /** Overrides the place. */
  public static final String VARIABLE = "SELKIE_STATE_DIR";

  private static final int DIGEST_CHARS = 16;
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * The state directory for a repo: {@value #VARIABLE}, else below {@code /var/lib/selkie} for root
   * and {@code ~/.local/state/selkie} for others, by the digest of the repo's real path.
   *
   * @param repo an existing directory
   */
  public static StateDirectory of(Path repo, Map<String, String> environment) throws IOException {
    return named(digest(repo.toRealPath().toString()), environment);
  }

  /** The state directory of commands that work in no repo; it lies beside those of the repos. */
  public static StateDirectory withoutRepo(Map<String, String> environment) {
    return named("no-repo", environment);
  }

  private static StateDirectory named(String name, Map<String, String> environment) {
    String given = environment.getOrDefault(VARIABLE, "");
    if (!given.isEmpty()) {
      return new StateDirectory(Path.of(given).toAbsolutePath());
    }
    Path base =
        "root".equals(System.getProperty("user.name"))
            ? Path.of("/var/lib/selkie")
            : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")))
                .resolve(".local/state/selkie");
    return new StateDirectory(base.resolve(name));
  }

  /** Directories of running jobs. */
  public Path jobs() {
    return path.resolve("jobs");
  }

  /** Where provers of this host that may label together find each other. */
  public Path pairs() {
    return path.resolve("pairs");
  }

  /**
   * The ID of the repo as a storage path, so that the empty directory below a disk that is not
   * mounted is not taken for a new repo.
   *
   * @param repo its real path: a state directory may serve one repo after the other
   */
  public Path repoId(Path repo) {
    return path.resolve("repo-" + digest(repo.toString()) + ".id");
  }

  /** Which sectors count for the disk of this host, one file each. */
  public Path admitted() {
    return path.resolve("admitted");
  }

  /** Which device each prover works on, one file each. */
  public Path leases() {
    return path.resolve("leases");
  }

  /** What was fetched from other hosts for jobs here, a directory for each. */
  public Path fetched() {
    return path.resolve("fetched");
  }

  /** Where the management interface of a running node answers: one line, a URL. */
  public Path apiFile() {
    return path.resolve("api");
  }

  /** Makes the directory, for its owner alone where it is new. */
  public void create() throws IOException {
    // Where a link stands for the directory, it is not there to be made.
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, OWNER_ONLY);
    }
  }

  private static String digest(String text) {
    try {
      byte[] bytes =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes).substring(0, DIGEST_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
