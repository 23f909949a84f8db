package io.selkie.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.selkie.auth.Permission;
import io.selkie.auth.TokenSecret;
import io.selkie.auth.Tokens;
import io.selkie.auth.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthCreateTokenTest {
  @TempDir Path temp;
  private SelkieRun selkie;

  @BeforeEach
  void setUp() {
    selkie = new SelkieRun(temp);
  }

  @Test
  void printsATokenThatTheNodeTakes() throws IOException {
    Files.createDirectory(temp.resolve(".selkie"));

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "write", "--expires", "1h"));

    assertEquals("", selkie.err);
    Verification.Verified verified = verify(Clock.systemUTC());
    assertEquals(Set.of(Permission.READ, Permission.WRITE), verified.allow());
    assertEquals("operator", verified.subject());
    assertInstanceOf(
        Verification.Rejected.class,
        tokens(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(61))).verify(selkie.out.strip()));
  }

  @Test
  void namesWhoItIsFor() throws IOException {
    Files.createDirectory(temp.resolve(".selkie"));

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "read", "--subject", "ada"));

    assertEquals("ada", verify(Clock.systemUTC()).subject());
    assertEquals(1, selkie.run("auth", "create-token", "--permission", "read", "--subject", "a b"));
    assertEquals(
        "selkie auth create-token: who a token is for takes 1 to 64 letters, digits and . _ @ +"
            + " -\n",
        selkie.err);
  }

  @Test
  void makesOneForTheTransferAddressAlone() throws IOException {
    Files.createDirectory(temp.resolve(".selkie"));

    assertEquals(0, selkie.run("auth", "create-token", "--permission", "write", "--transfer"));

    Tokens tokens = tokens(Clock.systemUTC());
    assertInstanceOf(Verification.Rejected.class, tokens.verify(selkie.out.strip()));
    assertInstanceOf(Verification.Verified.class, tokens.forTransfer().verify(selkie.out.strip()));
  }

  @Test
  void makesNoRepo() {
    assertEquals(1, selkie.run("auth", "create-token", "--permission", "read"));

    assertEquals(
        "selkie auth create-token: there is no repo %s: selkie dev makes one\n"
            .formatted(temp.resolve(".selkie")),
        selkie.err);
    assertFalse(Files.exists(temp.resolve("state")));
  }

  private Verification.Verified verify(Clock clock) throws IOException {
    return assertInstanceOf(Verification.Verified.class, tokens(clock).verify(selkie.out.strip()));
  }

  private Tokens tokens(Clock clock) throws IOException {
    return new Tokens(TokenSecret.in(temp.resolve("state")), clock);
  }
}
