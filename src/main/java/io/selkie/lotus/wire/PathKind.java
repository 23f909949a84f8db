package io.selkie.lotus.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.stream.Stream;

/** What a storage path is wanted for. */
public enum PathKind {
  /** For long: the path can store. */
  STORAGE("storage"),
  /** While it is sealed: the path can seal. */
  SEALING("sealing");

  private final String text;

  PathKind(String text) {
    this.text = text;
  }

  /**
   * The kind with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PathKind of(String text) {
    return Stream.of(values())
        .filter(kind -> kind.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of path"));
  }

  /** Lotus's name. */
  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
