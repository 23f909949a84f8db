package io.selkie.node;

import com.typesafe.config.Config;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.journal.Database;
import io.selkie.journal.DatabaseSettings;
import io.selkie.storage.StateDirectory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * What tokens are signed with. Hosts of a farm share a secret, in their database or in a file that
 * each has; besides, each has one of its own, whose tokens are good there alone.
 */
public final class TokenSecrets {
  private static final String FILE = "selkie.cluster.secret-file";

  private TokenSecrets() {}

  /** The secret of the farm that a node belongs to; empty: its database is its own. */
  static Optional<TokenSecret> ofFarm(Config config, Database database) throws IOException {
    Optional<TokenSecret> given = given(config);
    return given.isPresent() ? given : database.farmSecret().map(TokenSecret::of);
  }

  /** What a node takes. */
  static Tokens tokens(Optional<TokenSecret> farm, StateDirectory state) throws IOException {
    TokenSecret own = TokenSecret.in(state.path());
    return new Tokens(
        farm.isPresent() ? List.of(farm.get(), own) : List.of(own), Clock.systemUTC());
  }

  /**
   * For a command, while the node runs or does not: tokens that are good at all hosts of its farm.
   *
   * @param config settings of the node
   * @throws IOException if the secret of the farm cannot be had; one line
   */
  public static Tokens ofFarmAt(StateDirectory state, Config config) throws IOException {
    Optional<TokenSecret> given = given(config);
    DatabaseSettings database = DatabaseSettings.of(config);
    Optional<TokenSecret> farm =
        given.isEmpty() && database.isShared()
            ? Optional.of(TokenSecret.of(Database.farmSecret(database)))
            : given;
    return tokens(farm, state);
  }

  /** The same, that are good at this host alone; no database is asked. */
  public static Tokens ofHost(StateDirectory state) throws IOException {
    return tokens(Optional.empty(), state);
  }

  private static Optional<TokenSecret> given(Config config) throws IOException {
    String file = config.getString(FILE);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TokenSecret.at(Path.of(file).toAbsolutePath()));
    } catch (NoSuchFileException e) {
      throw new IOException(
          FILE + ": " + file + " is not there: put 32 random bytes there, the same on all hosts",
          e);
    } catch (IOException e) {
      throw new IOException(FILE + ": " + e.getMessage(), e);
    }
  }
}
