package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.auth.Verification;
import io.selkie.journal.Database;
import io.selkie.journal.DatabaseSettings;
import io.selkie.journal.PostgresServer;
import io.selkie.storage.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of a farm, with a PostgreSQL that runs. */
class AuthCreateTokenIT {
  @TempDir Path temp;
  private PostgresServer postgres;
  private SelkieRun selkie;

  @BeforeEach
  void startDatabase() throws Exception {
    postgres = PostgresServer.start();
    selkie = new SelkieRun(temp);
    selkie.file =
        "selkie.database { url = \"%s\", user = \"%s\" }"
            .formatted(postgres.create("farm"), postgres.user());
    Files.createDirectory(temp.resolve(".selkie"));
  }

  @AfterEach
  void stopDatabase() throws Exception {
    postgres.close();
  }

  @Test
  void aTokenIsGoodInTheWholeFarmOnceANodeHasBeenThere() throws Exception {
    assertEquals(1, selkie.run("auth", "create-token", "--permission", "read"));
    assertTrue(selkie.err.endsWith("it has no farm yet: start a node there first\n"), selkie.err);

    byte[] secret;
    DatabaseSettings settings = DatabaseSettings.of(selkie.context().settings().read());
    try (Database database = Database.open(new StateDirectory(temp.resolve("node")), settings)) {
      secret = database.farmSecret().orElseThrow();
    }

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "read"));
    Tokens farm = new Tokens(TokenSecret.of(secret), Clock.systemUTC());
    assertInstanceOf(Verification.Verified.class, farm.verify(selkie.out.strip()));
  }

  @Test
  void aTokenOfOneHostNeedsNoDatabase() throws Exception {
    postgres.stop();

    assertEquals(1, selkie.run("auth", "create-token", "--permission", "read"));
    assertEquals(1, selkie.err.lines().count(), selkie.err);
    assertTrue(selkie.err.contains("the secret of the farm cannot be read"), selkie.err);

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "read", "--this-host"));
    Tokens host = new Tokens(TokenSecret.in(temp.resolve("state")), Clock.systemUTC());
    assertInstanceOf(Verification.Verified.class, host.verify(selkie.out.strip()));
  }

  @Test
  void theSecretMayBeGivenInAFile() throws Exception {
    TokenSecret secret = TokenSecret.in(Files.createDirectory(temp.resolve("farm")));
    Path file = temp.resolve("farm").resolve(TokenSecret.NAME);
    selkie.file += "\nselkie.cluster.secret-file = \"" + file + "\"";
    postgres.stop(); // nobody asks it

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "read"));
    Tokens both = new Tokens(List.of(TokenSecret.of(new byte[32]), secret), Clock.systemUTC());
    assertInstanceOf(Verification.Verified.class, both.verify(selkie.out.strip()));

    Files.delete(file);
    assertEquals(1, selkie.run("auth", "create-token", "--permission", "read"));
    assertTrue(selkie.err.contains("selkie.cluster.secret-file: "), selkie.err);
    assertTrue(selkie.err.contains("is not there"), selkie.err);
  }
}
