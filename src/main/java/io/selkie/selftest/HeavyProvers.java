package io.selkie.selftest;

import com.typesafe.config.ConfigFactory;
import io.selkie.proofs.ProofsLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Provers that write what real ones would: the stand-in's layers and trees are a few bytes. */
public final class HeavyProvers {
  private HeavyProvers() {}

  /**
   * Makes them, around those that the settings name.
   *
   * @param directory where they are put
   * @param repo in which the sectors lie
   * @param ballast bytes that PreCommit2 finds in the cache of each sector, and Finalize clears
   * @return what {@code selkie.native.dir} has to be for them
   */
  public static Path in(Path directory, Path repo, long ballast) throws IOException {
    Path real = ProofsLibrary.find(ConfigFactory.load()).prover().toRealPath();
    Path library = real.resolveSibling("libselkie_native.so");
    Path own = directory.resolve("native");
    // Whichever variant this machine is given.
    for (String variant : List.of("sha", "generic")) {
      Path there = Files.createDirectories(own.resolve(variant));
      Files.copy(library, there.resolve("libselkie_native.so"));
      Path program = there.resolve("selkie-prover");
      Files.writeString(
          program,
          """
          #!/bin/sh
          for last; do :; done
          case "$last" in
          *.PreCommit2.*)
            job=${last##*/}
            head -c %d /dev/zero > "%s/cache/${job%%%%.*}/sc-02-data-tree-c-ballast.dat" || exit 9 ;;
          esac
          exec "%s" "$@"
          """
              .formatted(ballast, repo, real));
      if (!program.toFile().setExecutable(true)) {
        throw new IOException(program + " cannot be made executable");
      }
    }
    return own;
  }
}
