package io.selkie.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JWT by HS256, of a type, with an end; nothing else is made or read. */
final class Jwt {
  /** One of ours has some 300 characters. */
  private static final int MAX_LENGTH = 4096;

  /** How far the clocks of two hosts may be apart. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  /** The library would skip over characters that do not belong there. */
  private static final Pattern SHAPE =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  private Jwt() {}

  /** Why one does not count: one line for whoever sent it; nothing of it is in it. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  static String sign(JOSEObjectType type, JWTClaimsSet claims, TokenSecret secret) {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).type(type).build(), claims);
    try {
      token.sign(new MACSigner(secret.key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
    return token.serialize();
  }

  /**
   * Splits it into its parts; looks at none of them.
   *
   * @throws Refused if it is none
   */
  static SignedJWT parse(String text) throws Refused {
    if (text.length() > MAX_LENGTH) {
      throw new Refused("the token is too long to be one of this node's");
    }
    if (!SHAPE.matcher(text).matches()) {
      throw new Refused("the token is not a JWT of this node");
    }
    try {
      return SignedJWT.parse(text);
    } catch (ParseException | IllegalArgumentException e) {
      throw new Refused("the token is not a JWT of this node");
    }
  }

  /**
   * What one of ours says. Nothing of the payload is looked at before its signature is known to be
   * by one of the secrets.
   *
   * @throws Refused if it is not, or does not count now
   */
  static JWTClaimsSet open(SignedJWT token, List<TokenSecret> secrets, Instant now) throws Refused {
    try {
      requireSigned(token, secrets);
      JWTClaimsSet claims = token.getJWTClaimsSet();
      requireTime(claims, now);
      return claims;
    } catch (ParseException | IllegalArgumentException e) {
      throw new Refused("the token is not a JWT of this node");
    } catch (JOSEException e) {
      throw new Refused("the token's signature cannot be checked");
    }
  }

  private static void requireSigned(SignedJWT token, List<TokenSecret> secrets)
      throws JOSEException, Refused {
    JWSHeader header = token.getHeader();
    if (!JWSAlgorithm.HS256.equals(header.getAlgorithm())) {
      throw new Refused("the token is not signed by HS256");
    }
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      throw new Refused("the token's header asks for what this node does not do");
    }
    for (TokenSecret secret : secrets) {
      if (token.verify(new MACVerifier(secret.key()))) {
        return;
      }
    }
    throw new Refused("the token was not made by this node: make one here");
  }

  private static void requireTime(JWTClaimsSet claims, Instant now) throws Refused {
    @Nullable Date expires = claims.getExpirationTime();
    if (expires == null) {
      throw new Refused("the token has no end: make one that has");
    }
    if (!now.isBefore(expires.toInstant())) {
      throw new Refused("the token has expired: make a new one");
    }
    if (isAhead(claims.getNotBeforeTime(), now) || isAhead(claims.getIssueTime(), now)) {
      throw new Refused("the token does not count yet: compare the clocks of the hosts");
    }
  }

  private static boolean isAhead(@Nullable Date time, Instant now) {
    return time != null && time.toInstant().isAfter(now.plus(LEEWAY));
  }
}
