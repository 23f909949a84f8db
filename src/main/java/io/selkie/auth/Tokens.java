package io.selkie.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
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
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks tokens: JWT by HS256 with Lotus's claim {@code Allow}, a list of permissions,
 * and {@code sub}, {@code jti}, {@code iat} and {@code exp}. Lotus's own tokens have {@code Allow}
 * alone; ours always end, so one without an end was not made here and is refused.
 */
public final class Tokens {
  /** The longest time that a token may be made for. */
  public static final Duration LONGEST = Duration.ofDays(3660);

  /** A token of ours has some 300 characters. */
  private static final int MAX_LENGTH = 4096;

  /** How far the clocks of two hosts may be apart. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  private static final String ALLOW = "Allow";
  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}");

  /** The library would skip over characters that do not belong there. */
  private static final Pattern SHAPE =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  private final TokenSecret secret;
  private final Clock clock;

  /** Tokens signed by this secret. */
  public Tokens(TokenSecret secret, Clock clock) {
    this.secret = secret;
    this.clock = clock;
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
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .claim(ALLOW, EnumSet.copyOf(allow).stream().map(Permission::toString).toList())
            .subject(subject)
            .jwtID(UUID.randomUUID().toString())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(expiry)))
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(), claims);
    try {
      token.sign(new MACSigner(secret.key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
    return token.serialize();
  }

  /** Looks at a token; whatever it is, an answer comes. */
  public Verification verify(String text) {
    if (text.length() > MAX_LENGTH) {
      return new Rejected("the token is too long to be one of this node's");
    }
    if (!SHAPE.matcher(text).matches()) {
      return new Rejected("the token is not a JWT of this node");
    }
    try {
      SignedJWT token = SignedJWT.parse(text);
      @Nullable Rejected refusal = signature(token);
      return refusal != null ? refusal : claims(token.getJWTClaimsSet());
    } catch (ParseException | IllegalArgumentException e) {
      return new Rejected("the token is not a JWT of this node");
    } catch (JOSEException e) {
      return new Rejected("the token's signature cannot be checked");
    }
  }

  /** Nothing of the payload is looked at before its signature is known to be ours. */
  private @Nullable Rejected signature(SignedJWT token) throws JOSEException {
    JWSHeader header = token.getHeader();
    if (!JWSAlgorithm.HS256.equals(header.getAlgorithm())) {
      return new Rejected("the token is not signed by HS256");
    }
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      return new Rejected("the token's header asks for what this node does not do");
    }
    return token.verify(new MACVerifier(secret.key()))
        ? null
        : new Rejected("the token was not made by this node: make one here");
  }

  private Verification claims(JWTClaimsSet claims) throws ParseException {
    @Nullable Date expires = claims.getExpirationTime();
    if (expires == null) {
      return new Rejected("the token has no end: make one that has");
    }
    Instant now = clock.instant();
    if (!now.isBefore(expires.toInstant())) {
      return new Rejected("the token has expired: make a new one");
    }
    if (isAhead(claims.getNotBeforeTime(), now) || isAhead(claims.getIssueTime(), now)) {
      return new Rejected("the token does not count yet: compare the clocks of the hosts");
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
    return new Verified(subject, id, permissions, expires.toInstant());
  }

  private static boolean isAhead(@Nullable Date time, Instant now) {
    return time != null && time.toInstant().isAfter(now.plus(LEEWAY));
  }
}
