package io.selkie.auth;

import java.time.Instant;
import java.util.Set;

/** What came of looking at a token. */
public sealed interface Verification {
  /**
   * The token is ours and counts now.
   *
   * @param subject who it was made for
   * @param id of the token ({@code jti})
   * @param expires from when on it counts no more
   */
  record Verified(String subject, String id, Set<Permission> allow, Instant expires)
      implements Verification {
    /** The set is copied. */
    public Verified {
      allow = Set.copyOf(allow);
    }

    /** Whether the token carries this very permission. */
    public boolean allows(Permission permission) {
      return allow.contains(permission);
    }
  }

  /**
   * The token does not count.
   *
   * @param reason one line for whoever sent it; nothing of the token is in it
   */
  record Rejected(String reason) implements Verification {}
}
