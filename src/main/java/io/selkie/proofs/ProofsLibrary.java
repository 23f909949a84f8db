package io.selkie.proofs;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the native library and the prover program of this host lie.
 *
 * @param library the shared library that JNA binds
 * @param prover the program {@code selkie-prover}
 * @param variant {@code sha} or {@code generic}
 */
public record ProofsLibrary(Path library, Path prover, String variant) {
  private static final Pattern SHA_FLAG = Pattern.compile("(?m)^flags\\s*:.*\\bsha_ni\\b");

  /**
   * Finds the library by the settings {@code selkie.native.dir} and {@code selkie.native.variant}.
   *
   * @throws IllegalStateException if it is not there; the message is one line that says what to do
   */
  public static ProofsLibrary find(Config config) {
    Path dir = Path.of(config.getString("selkie.native.dir"));
    return find(dir, config.getString("selkie.native.variant"), hasShaExtensions());
  }

  static ProofsLibrary find(Path dir, String variant, boolean shaExtensions) {
    List<String> candidates =
        switch (variant) {
          case "auto" -> shaExtensions ? List.of("sha", "generic") : List.of("generic");
          case "sha", "generic" -> List.of(variant);
          default ->
              throw new IllegalStateException(
                  "selkie.native.variant is '" + variant + "': use auto, sha or generic");
        };
    if (variant.equals("sha") && !shaExtensions) {
      throw new IllegalStateException(
          "selkie.native.variant is 'sha', but this processor has no SHA extensions: use auto");
    }
    return candidates.stream()
        .flatMap(candidate -> in(dir, candidate).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no native proofs library for "
                        + String.join(" or ", candidates)
                        + " in "
                        + dir
                        + ": build it with native/build.sh, or set selkie.native.dir"));
  }

  private static Optional<ProofsLibrary> in(Path dir, String variant) {
    Path library = dir.resolve(variant).resolve("libselkie_native.so");
    Path prover = dir.resolve(variant).resolve("selkie-prover");
    return Files.isRegularFile(library) && Files.isExecutable(prover)
        ? Optional.of(new ProofsLibrary(library.toAbsolutePath(), prover.toAbsolutePath(), variant))
        : Optional.empty();
  }

  private static boolean hasShaExtensions() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.anyMatch(line -> SHA_FLAG.matcher(line).find());
    } catch (IOException e) {
      return false; // not Linux: the generic variant runs anywhere
    }
  }
}
