package io.selkie.lotus;

import io.selkie.auth.Permission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as Lotus makes them: HS256, and nothing in them but what they allow. */
final class StandInTokens {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final String HMAC = "HmacSHA256";
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

  private final byte[] secret = new byte[32];

  StandInTokens() {
    new SecureRandom().nextBytes(secret);
  }

  private static String encode(String text) {
    return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  String mint(Permission... allow) {
    List<String> quoted = new ArrayList<>();
    for (Permission permission : allow) {
      quoted.add('"' + permission.toString() + '"');
    }
    String signed = HEADER + "." + encode("{\"Allow\":[" + String.join(",", quoted) + "]}");
    return signed + "." + signature(signed);
  }

  private String signature(String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      return ENCODER.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a token allows; empty if it was not made here. */
  Optional<List<Permission>> verify(String token) {
    int end = token.lastIndexOf('.');
    if (end < 0
        || !MessageDigest.isEqual(
            signature(token.substring(0, end)).getBytes(StandardCharsets.UTF_8),
            token.substring(end + 1).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    try {
      List<Permission> allowed = new ArrayList<>();
      byte[] payload = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
      io.selkie.rpc.RpcJson.MAPPER
          .readTree(payload)
          .get("Allow")
          .forEach(word -> allowed.add(Permission.of(word.asText())));
      return Optional.of(allowed);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
