package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.stream.Stream;

/** What becomes of files at the place they are fetched from. */
public enum AcquireMode {
  /** They are deleted there; the fetched ones are the primary ones. */
  MOVE("move"),
  /** They stay. */
  COPY("copy");

  private final String text;

  AcquireMode(String text) {
    this.text = text;
  }

  /**
   * The mode with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static AcquireMode of(String text) {
    return Stream.of(values())
        .filter(mode -> mode.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no mode to acquire files"));
  }

  /** Lotus's name. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
