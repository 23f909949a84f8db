package io.selkie.filecoin;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Numbers in names that must have one spelling only, since the names are file names and keys. */
final class Decimal {
  private static final Pattern CANONICAL = Pattern.compile("0|[1-9][0-9]{0,18}");
  private static final String MAX = Long.toString(Long.MAX_VALUE);

  private Decimal() {}

  /** The number, or empty unless the text is 0 to 2^63-1 in ASCII digits without a leading zero. */
  static OptionalLong parse(String text) {
    boolean tooLarge = text.length() == MAX.length() && text.compareTo(MAX) > 0;
    return CANONICAL.matcher(text).matches() && !tooLarge
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
