package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.selkie.filecoin.MinerId;

/** A miner as its address, such as {@code t01000}; elsewhere on the wire it is a number. */
public record ActorAddress(MinerId miner) {
  /**
   * Reads an address of any network.
   *
   * @throws IllegalArgumentException if it is not one of an id
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ActorAddress parse(String text) {
    return new ActorAddress(MinerId.parse(text));
  }

  /** The address with {@code t0}, which is taken on every network. */
  @JsonValue
  @Override
  public String toString() {
    return miner.toString();
  }
}
