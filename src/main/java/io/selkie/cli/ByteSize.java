package io.selkie.cli;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as people write it.
 *
 * @param bytes 0 or more
 */
record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,19}) ?([KMGTPE]i?B|B)?");
  private static final List<String> UNITS = List.of("K", "M", "G", "T", "P", "E");
  private static final int KIBI = 1024;
  private static final int KILO = 1000;

  /**
   * Parses {@code 1000}, {@code 10GiB} or {@code 16TB}.
   *
   * @throws IllegalArgumentException if it is anything else, or 2^63 and more
   */
  static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size in bytes, such as 1000, 10GiB or 16TB");
    }
    BigInteger bytes = new BigInteger(form.group(1));
    String unit = form.group(2) == null ? "B" : form.group(2);
    int power = UNITS.indexOf(unit.substring(0, 1)) + 1;
    BigInteger factor = BigInteger.valueOf(unit.contains("i") ? KIBI : KILO).pow(power);
    BigInteger whole = bytes.multiply(factor);
    if (whole.bitLength() >= Long.SIZE) {
      throw new IllegalArgumentException("'" + text + "' is more than a disk can have");
    }
    return new ByteSize(whole.longValueExact());
  }

  /** Short, with a unit. */
  static String shown(long bytes) {
    if (bytes < KIBI) {
      return bytes + " B";
    }
    double value = bytes;
    int power = 0;
    while (value >= KIBI && power < UNITS.size()) {
      value /= KIBI;
      power++;
    }
    return String.format("%.1f %siB", value, UNITS.get(power - 1));
  }
}
