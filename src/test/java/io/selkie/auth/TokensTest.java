package io.selkie.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.SignedJWT;
import io.selkie.auth.Verification.Rejected;
import io.selkie.auth.Verification.Verified;
import io.selkie.filecoin.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  private static final long LATER = NOW.getEpochSecond() + 60;
  private static final String REST = "\"sub\":\"me\",\"jti\":\"1\",\"exp\":" + LATER;
  private static final String GOOD = "{\"Allow\":[\"read\"]," + REST + "}";

  @TempDir Path state;
  private TokenSecret secret;
  private Tokens tokens;

  @BeforeEach
  void make() throws IOException {
    secret = TokenSecret.in(state);
    tokens = at(NOW);
  }

  private Tokens at(Instant time) {
    return new Tokens(secret, Clock.fixed(time, ZoneOffset.UTC));
  }

  @Test
  void aTokenCarriesItsPermissionAndThoseBelow() {
    Map<Permission, Set<Permission>> lists =
        Map.of(
            Permission.READ, EnumSet.of(Permission.READ),
            Permission.WRITE, EnumSet.of(Permission.READ, Permission.WRITE),
            Permission.SIGN, EnumSet.of(Permission.READ, Permission.WRITE, Permission.SIGN),
            Permission.ADMIN, EnumSet.allOf(Permission.class));

    lists.forEach(
        (permission, expected) -> {
          Verified verified = verified(tokens.create(permission, Duration.ofHours(1), "ops@farm"));

          assertEquals(expected, verified.allow());
          assertEquals("ops@farm", verified.subject());
          assertEquals(NOW.plus(Duration.ofHours(1)), verified.expires());
        });
  }

  @Test
  void theClaimIsLotuss() throws ParseException {
    String token = tokens.create(Permission.WRITE, Duration.ofHours(1), "ops");

    assertEquals(
        List.of("read", "write"), SignedJWT.parse(token).getJWTClaimsSet().getClaim("Allow"));
    assertEquals(
        "{\"typ\":\"JWT\",\"alg\":\"HS256\"}", SignedJWT.parse(token).getHeader().toString());
  }

  @Test
  void permissionsAreASetNotARank() {
    Verified admin =
        verified(tokens.create(Set.of(Permission.ADMIN), Duration.ofHours(1), "only-admin"));

    assertTrue(admin.allows(Permission.ADMIN));
    assertFalse(admin.allows(Permission.READ));
  }

  @Test
  void twoTokensHaveTwoIds() {
    assertNotEquals(
        verified(tokens.create(Permission.READ, Duration.ofHours(1), "ops")).id(),
        verified(tokens.create(Permission.READ, Duration.ofHours(1), "ops")).id());
  }

  @Test
  void aTokenCountsUntilItsEndAndNotAtIt() {
    String token = tokens.create(Permission.READ, Duration.ofHours(1), "ops");

    verified(at(NOW.plusSeconds(3599)), token);
    assertEquals(
        "the token has expired: make a new one", rejected(at(NOW.plusSeconds(3600)), token));
  }

  @Test
  void whatCannotBeMadeIsRefused() {
    for (Duration expiry : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(36600))) {
      assertThrows(
          IllegalArgumentException.class, () -> tokens.create(Permission.READ, expiry, "ops"));
    }
    for (String subject : List.of("", "a b", "a\nb", "-", "x".repeat(65), "\u00e4")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> tokens.create(Permission.READ, Duration.ofHours(1), subject));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> tokens.create(Set.of(), Duration.ofHours(1), "nobody"));
  }

  @Test
  void aTokenOfAnotherSecretIsRefused() throws IOException {
    TokenSecret others = TokenSecret.in(Files.createDirectory(state.resolve("other")));
    String token =
        new Tokens(others, Clock.fixed(NOW, ZoneOffset.UTC))
            .create(Permission.ADMIN, Duration.ofHours(1), "ops");

    assertEquals("the token was not made by this node: make one here", rejected(tokens, token));
  }

  @Test
  void ofSeveralSecretsTheFirstSignsAndAllCount() throws IOException {
    TokenSecret farm = TokenSecret.of(new byte[32]);
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    Tokens both = new Tokens(List.of(farm, secret), clock);

    String ofFarm = both.create(Permission.READ, Duration.ofHours(1), "ops");

    verified(new Tokens(farm, clock), ofFarm);
    verified(both, ofFarm);
    verified(both, tokens.create(Permission.READ, Duration.ofHours(1), "ops"));
    rejected(tokens, ofFarm);
  }

  @Test
  void aTokenForTheTransferAddressCountsThereAlone() {
    String token = tokens.forTransfer().create(Permission.WRITE, Duration.ofHours(1), "store");

    verified(tokens.forTransfer(), token);
    assertEquals(
        "the token was made for another interface: make one for this", rejected(tokens, token));
    verified(
        tokens.forTransfer(), tokens.create(Permission.WRITE, Duration.ofHours(1), "operator"));
  }

  @Test
  void aTicketIsNoTokenWhateverItSays() throws Exception {
    String ticket =
        new Tickets(secret, "host-1", Clock.fixed(NOW, ZoneOffset.UTC))
            .create("host-1", SectorId.parse("s-t01000-1"), Tickets.Use.FETCH);
    String header = "{\"alg\":\"HS256\",\"typ\":\"selkie-ticket+jwt\"}";

    rejected(tokens, ticket);
    rejected(tokens.forTransfer(), ticket);
    rejected(tokens, signed(header, GOOD, secret.key()));
    rejected(
        tokens,
        signed(HEADER, "{\"Allow\":[\"read\"],\"aud\":\"host-1\"," + REST + "}", secret.key()));
  }

  @Test
  void whatIsNotSignedByHs256IsRefused() throws Exception {
    for (String algorithm :
        List.of("none", "None", "HS384", "HS512", "RS256", "ES256", "hs256", "")) {
      String header = "{\"alg\":\"" + algorithm + "\"}";

      rejected(tokens, signed(header, GOOD, secret.key()));
      rejected(tokens, base64(header) + "." + base64(GOOD) + ".");
    }
  }

  @Test
  void aTokenAsTheFieldMakesThemIsTaken() throws Exception {
    assertEquals("me", verified(signed(HEADER, GOOD, secret.key())).subject());
  }

  @Test
  void aChangedByteAnywhereIsRefused() {
    String token = tokens.create(Permission.READ, Duration.ofHours(1), "ops");
    for (int i = 0; i < token.length() - 1; i++) { // the last character has spare bits
      char other = token.charAt(i) == 'A' ? 'B' : 'A';

      rejected(tokens, token.substring(0, i) + other + token.substring(i + 1));
    }
  }

  @Test
  void claimsThatCannotBeAreRefused() throws Exception {
    long future = NOW.getEpochSecond() + 3600;
    List<String> payloads =
        List.of(
            "",
            "null",
            "[]",
            "1",
            "{}",
            "{\"Allow\":[\"read\"],\"sub\":\"me\",\"jti\":\"1\"}",
            "{\"Allow\":[\"read\"],\"sub\":\"me\",\"jti\":\"1\",\"exp\":\"tomorrow\"}",
            "{\"Allow\":[\"read\"],\"sub\":\"me\",\"jti\":\"1\",\"exp\":-1}",
            "{\"Allow\":[\"read\"],\"sub\":\"me\",\"jti\":\"1\",\"exp\":1e999}",
            "{\"Allow\":\"admin\"," + REST + "}",
            "{\"Allow\":[\"root\"]," + REST + "}",
            "{\"Allow\":[1]," + REST + "}",
            "{\"Allow\":null," + REST + "}",
            "{" + REST + "}",
            "{\"Allow\":[\"read\"],\"jti\":\"1\",\"exp\":" + LATER + "}",
            "{\"Allow\":[\"read\"],\"sub\":\"a\\nb\",\"jti\":\"1\",\"exp\":" + LATER + "}",
            "{\"Allow\":[\"read\"],\"sub\":\"me\",\"exp\":" + LATER + "}",
            "{\"Allow\":[\"read\"],\"nbf\":" + future + "," + REST + "}",
            "{\"Allow\":[\"read\"],\"iat\":" + future + "," + REST + "}",
            "[".repeat(1500) + "]".repeat(1500));

    for (String payload : payloads) {
      rejected(tokens, signed(HEADER, payload, secret.key()));
    }
  }

  @Test
  void headersThatAskForMoreAreRefused() throws Exception {
    for (String header :
        List.of(
            "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
            "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
            "{\"alg\":\"HS256\",\"b64\":false}",
            "{\"alg\":[\"HS256\"]}",
            "{\"alg\":null}",
            "{}",
            "[".repeat(1500))) {
      rejected(tokens, signed(header, GOOD, secret.key()));
    }
  }

  @Test
  void nothingThatIsNoTokenGetsThrough() {
    String token = tokens.create(Permission.READ, Duration.ofHours(1), "ops");
    for (String text :
        List.of(
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            token + ".",
            token + "=",
            " " + token,
            token + "." + token,
            token + " ".repeat(5000),
            "\u0000",
            "\ud800")) {
      rejected(tokens, text);
    }
  }

  @Test
  void noiseIsRefusedWithoutAnException() {
    Random random = new Random(1);
    String token = tokens.create(Permission.READ, Duration.ofHours(1), "ops");
    String alphabet = "ABCxyz019-_.{}[]\":,= \u0000\u00ff";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(i % 2 == 0 ? token : "");
      for (int change = 0; change < 8; change++) {
        char noise = alphabet.charAt(random.nextInt(alphabet.length()));
        text.insert(random.nextInt(text.length() + 1), noise);
      }
      assertInstanceOf(Rejected.class, tokens.verify(text.toString()));
    }
  }

  private Verified verified(String token) {
    return verified(tokens, token);
  }

  private static Verified verified(Tokens tokens, String token) {
    return assertInstanceOf(Verified.class, tokens.verify(token));
  }

  private static String rejected(Tokens tokens, String token) {
    String reason = assertInstanceOf(Rejected.class, tokens.verify(token), token).reason();
    assertFalse(reason.contains("\n"));
    return reason;
  }

  private static String signed(String header, String payload, byte[] key) throws Exception {
    String content = base64(header) + "." + base64(payload);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] signature = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
    return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
