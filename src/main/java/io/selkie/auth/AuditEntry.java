package io.selkie.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Optional;
import java.util.UUID;

/**
 * A line of the audit log besides its time. Neither a token nor a body has a place in it.
 *
 * @param call the same in both lines of a call
 * @param subject who the token was made for
 * @param token its id ({@code jti})
 * @param remote address of the caller
 * @param path without the query
 * @param sector that the call named or made
 * @param status of the answer; none before it is known
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@JsonPropertyOrder({
  "what", "call", "subject", "token", "remote", "method", "path", "sector", "status"
})
public record AuditEntry(
    What what,
    UUID call,
    String subject,
    String token,
    String remote,
    String method,
    String path,
    Optional<String> sector,
    Optional<Integer> status) {
  /** What is being said of the call. */
  public enum What {
    /** It may go ahead; what it does has not begun. */
    @JsonProperty("asked")
    ASKED,
    /** Its answer is known and about to be sent. */
    @JsonProperty("answered")
    ANSWERED,
    /** The file at this path is about to be deleted. */
    @JsonProperty("deleted")
    DELETED,
    /** The token does not allow it; nothing was done. */
    @JsonProperty("refused")
    REFUSED
  }

  /**
   * A deletion, which no call names.
   *
   * @param by who wants it
   */
  public static AuditEntry deletion(String by, String file, Optional<String> sector) {
    return new AuditEntry(
        What.DELETED, UUID.randomUUID(), by, "", "", "GC", file, sector, Optional.empty());
  }

  /** The same call with its answer. */
  public AuditEntry answered(int code, Optional<String> made) {
    return new AuditEntry(
        What.ANSWERED,
        call,
        subject,
        token,
        remote,
        method,
        path,
        sector.or(() -> made),
        Optional.of(code));
  }
}
