package io.selkie.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which repo a command works on that needs no node. */
final class RepoOption {
  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "Where the node's sectors lie (default: ~/.selkie).")
  private Optional<Path> repo = Optional.empty();

  /** As it was given; empty if it was not. */
  Optional<Path> given() {
    return repo;
  }
}
