package io.selkie.filecoin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sector by miner and number. Its text {@code s-t01000-1} is also its JSON, its entity id, and
 * the name of its files in Lotus's layout, so a sector has exactly one.
 *
 * @param number the sector number, 0 or more
 */
public record SectorId(MinerId miner, long number) {
  private static final Pattern NAME = Pattern.compile("s-t0([0-9]{1,19})-([0-9]{1,19})");

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public SectorId {
    if (number < 0) {
      throw new IllegalArgumentException("a sector number must not be negative, got " + number);
    }
  }

  /**
   * Parses {@code s-t01000-1} in its one canonical spelling. What it accepts is safe as a file
   * name.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SectorId parse(String text) {
    Matcher name = NAME.matcher(text);
    if (name.matches()) {
      OptionalLong miner = Decimal.parse(name.group(1));
      OptionalLong number = Decimal.parse(name.group(2));
      if (miner.isPresent() && number.isPresent()) {
        return new SectorId(new MinerId(miner.getAsLong()), number.getAsLong());
      }
    }
    throw new IllegalArgumentException("not a sector name like s-t01000-1: " + Quoted.quoted(text));
  }

  /** The sector's name, such as {@code s-t01000-1}. */
  @JsonValue
  @Override
  public String toString() {
    return "s-" + miner + "-" + number;
  }
}
