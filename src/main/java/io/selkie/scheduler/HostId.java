package io.selkie.scheduler;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A host of the farm, by the identity in its state directory: it survives restarts and changes of
 * address.
 *
 * @param value 1 to 64 of {@code a-z 0-9 . -}, such as {@code sealer-1.5f3a9c}
 */
public record HostId(@JsonValue String value) implements Comparable<HostId> {
  private static final Pattern LEGAL = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  /**
   * Checks the text.
   *
   * @throws IllegalArgumentException if it is no host id
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public HostId {
    if (!LEGAL.matcher(value.toLowerCase(Locale.ROOT)).matches() || value.length() > 64) {
      throw new IllegalArgumentException("not a host id: \"" + value + "\"");
    }
  }

  /** By the text. */
  @Override
  public int compareTo(HostId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
