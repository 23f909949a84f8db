package io.selkie.transfer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;

/**
 * What a receiver says of an offer.
 *
 * @param state {@code receiving}, {@code verifying}, {@code placed}, or {@code failed}
 * @param host the receiver's identity
 * @param path the storage path that the sector goes into
 * @param verified bytes of those that are read back, while it is verifying
 * @param missing of each file, in the order of the offer, the chunks that are not there; while it
 *     is receiving
 * @param error why it failed
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record ArrivalStatus(
    String state,
    String host,
    String path,
    long verified,
    List<List<ChunkMap.Range>> missing,
    Optional<Trouble> error) {
  static final String RECEIVING = "receiving";
  static final String VERIFYING = "verifying";
  static final String PLACED = "placed";
  static final String FAILED = "failed";

  /** A word for programs and a sentence for people. */
  record Trouble(String code, String message) {}

  /** The lists are copied. */
  ArrivalStatus {
    missing = missing == null ? List.of() : missing.stream().map(List::copyOf).toList();
  }
}
