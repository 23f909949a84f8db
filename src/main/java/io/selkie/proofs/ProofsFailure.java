package io.selkie.proofs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * Why an operation of the proofs did not succeed. Callers decide by the kind, never by the words.
 *
 * @param message one sentence for the operator
 * @param chain the causes, outermost first; empty if there is only the message
 * @param where file and line of a panic
 * @param faultySectors numbers of the sectors that a PoSt could not prove
 */
public record ProofsFailure(
    Kind kind,
    String message,
    List<String> chain,
    Optional<String> where,
    List<Long> faultySectors) {

  /** Kinds of failure. */
  public enum Kind {
    /** The operation itself failed. */
    @JsonProperty("error")
    ERROR,
    /** The proofs library panicked. */
    @JsonProperty("panic")
    PANIC,
    /** The request is wrong: a bug of the caller, or bad input passed on. */
    @JsonProperty("bad_request")
    BAD_REQUEST,
    /** A file or directory is not there or cannot be used. */
    @JsonProperty("missing")
    MISSING,
    /** Another process works on the sector. */
    @JsonProperty("busy")
    BUSY,
    /** There is not enough free space for all that the operation writes. */
    @JsonProperty("no_space")
    NO_SPACE,
    /** The replica cannot be rebuilt from what is here; PreCommit1 has to be done again. */
    @JsonProperty("redo_pre_commit1")
    REDO_PRE_COMMIT1,
    /** This process had a panic before and takes no more calls. */
    @JsonProperty("retired")
    RETIRED,
    /** The prover process ended without an answer: killed, out of memory, or a full disk. */
    @JsonProperty("died")
    DIED
  }

  /** Kind and message have to be there; other missing parts are empty. */
  public ProofsFailure {
    requireNonNull(kind, "kind");
    requireNonNull(message, "message");
    chain = chain == null ? List.of() : List.copyOf(chain);
    where = where == null ? Optional.empty() : where;
    faultySectors = faultySectors == null ? List.of() : List.copyOf(faultySectors);
  }

  /** A failure with a message only. */
  public static ProofsFailure of(Kind kind, String message) {
    return new ProofsFailure(kind, message, List.of(), Optional.empty(), List.of());
  }

  /** The message with its last cause and place, on one line. */
  public String describe() {
    String cause =
        chain.size() > 1 && !message.contains(chain.get(chain.size() - 1))
            ? ": " + chain.get(chain.size() - 1)
            : "";
    return message + cause + where.map(place -> " (" + place + ")").orElse("");
  }
}
