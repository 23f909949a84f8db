package io.selkie.auth;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.selkie.auth.Verification.Rejected;
import io.selkie.auth.Verification.Verified;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks tokens: JWT by HS256 with Lotus's claim {@code Allow}, a list of permissions,
 * and {@code sub}, {@code jti}, {@code iat} and {@code exp}. Lotus's own tokens have {@code Allow}
 * alone; ours always end, so one without an end was not made here and is refused. A token with an
 * audience ({@code aud}) counts there alone.
 */
public final class Tokens {
  /** The longest time that a token may be made for. */
  public static final Duration LONGEST = Duration.ofDays(3660);

  private static final String ALLOW = "Allow";
  private static final String TRANSFER = "selkie-transfer";
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}");

  private final List<TokenSecret> secrets;
  private final Clock clock;
  private final Optional<String> audience;

  /** Tokens signed by this secret. */
  public Tokens(TokenSecret secret, Clock clock) {
    this(List.of(secret), clock);
  }

  /**
   * Tokens signed by the first of these secrets; those of all of them count.
   *
   * @param secrets at least one
   */
  public Tokens(List<TokenSecret> secrets, Clock clock) {
    this(secrets, clock, Optional.empty());
  }

  private Tokens(List<TokenSecret> secrets, Clock clock, Optional<String> audience) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("tokens need a secret");
    }
    this.secrets = List.copyOf(secrets);
    this.clock = clock;
    this.audience = audience;
  }

  /**
   * Those of the transfer address: what they make counts there alone, and they take what counts
   * everywhere as well.
   */
  public Tokens forTransfer() {
    return new Tokens(secrets, clock, Optional.of(TRANSFER));
  }

  /**
   * A token for this permission and those below it.
   *
   * @param expiry how long it counts, from one second to {@link #LONGEST}
   * @param subject who it is for, as the audit log will name it: 1 to 64 of letters, digits and
   *     {@code . _ @ + -}
   * @throws IllegalArgumentException if expiry or subject is out of bounds; one line
   */
  public String create(Permission permission, Duration expiry, String subject) {
    return create(permission.withLower(), expiry, subject);
  }

  /** A token for exactly these permissions; else as the other. */
  public String create(Set<Permission> allow, Duration expiry, String subject) {
    if (expiry.compareTo(Duration.ofSeconds(1)) < 0 || expiry.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "a token may count from 1 second to " + LONGEST.toDays() + " days, not " + expiry);
    }
    if (!SUBJECT.matcher(subject).matches()) {
      throw new IllegalArgumentException(
          "who a token is for takes 1 to 64 letters, digits and . _ @ + -");
    }
    if (allow.isEmpty()) {
      throw new IllegalArgumentException("a token needs a permission");
    }
    Instant now = clock.instant();
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .claim(ALLOW, EnumSet.copyOf(allow).stream().map(Permission::toString).toList())
            .subject(subject)
            .jwtID(UUID.randomUUID().toString())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(expiry)));
    audience.ifPresent(claims::audience);
    return Jwt.sign(JOSEObjectType.JWT, claims.build(), secrets.get(0));
  }

  /** Looks at a token; whatever it is, an answer comes. */
  public Verification verify(String text) {
    try {
      SignedJWT token = Jwt.parse(text);
      @Nullable JOSEObjectType type = token.getHeader().getType();
      if (type != null && !type.equals(JOSEObjectType.JWT)) {
        return new Rejected("that is no token: a ticket between hosts opens nothing here");
      }
      return claims(Jwt.open(token, secrets, clock.instant()));
    } catch (Jwt.Refused e) {
      return new Rejected(e.reason());
    } catch (ParseException | IllegalArgumentException e) {
      return new Rejected("the token is not a JWT of this node");
    }
  }

  private Verification claims(JWTClaimsSet claims) throws ParseException {
    if (!claims.getAudience().stream().allMatch(of -> Optional.of(of).equals(audience))) {
      return new Rejected("the token was made for another interface: make one for this");
    }
    @Nullable String subject = claims.getSubject();
    @Nullable String id = claims.getJWTID();
    @Nullable List<String> allow = claims.getStringListClaim(ALLOW);
    if (subject == null || !SUBJECT.matcher(subject).matches() || id == null || allow == null) {
      return new Rejected("the token lacks sub, jti or Allow: make a new one");
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (String word : allow) {
      permissions.add(Permission.of(word));
    }
    return new Verified(subject, id, permissions, claims.getExpirationTime().toInstant());
  }
}
