package io.selkie.node;

import io.selkie.files.Durable;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Where tickets and seeds of a node's own sectors come from. */
enum ChainKind {
  /** Nowhere: they wait. */
  NONE,
  /** A development chain in the node. */
  DEV;

  private static final String AUTO = "auto";
  private static final String FILE = "chain-kind";

  /**
   * What the setting says; empty for {@value #AUTO}.
   *
   * @throws IllegalArgumentException if it is none of the legal words; one line
   */
  static Optional<ChainKind> of(String setting) {
    return switch (setting) {
      case AUTO -> Optional.empty();
      case "none" -> Optional.of(NONE);
      case "dev" -> Optional.of(DEV);
      default ->
          throw new IllegalArgumentException(
              "selkie.chain is '" + setting + "': use none, dev or auto");
    };
  }

  /**
   * The kind to work with, kept for those who come without a word of their own: a command that
   * starts a node for the occasion must not seal on a development chain what waits for a real one.
   *
   * @param said what the operator says
   */
  static ChainKind settle(Optional<ChainKind> said, StateDirectory state) throws IOException {
    Path file = state.path().resolve(FILE);
    ChainKind kind = said.isPresent() ? said.get() : kept(file).orElse(DEV);
    if (said.isPresent() && !kept(file).equals(said)) {
      String line = kind.name().toLowerCase(Locale.ROOT) + "\n";
      Durable.replace(file, line.getBytes(StandardCharsets.UTF_8));
    }
    return kind;
  }

  private static Optional<ChainKind> kept(Path file) throws IOException {
    try {
      return of(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " says neither none nor dev: remove it", e);
    }
  }
}
