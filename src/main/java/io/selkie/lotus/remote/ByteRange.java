package io.selkie.lotus.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file.
 *
 * @param length 1 byte or more
 */
record ByteRange(long start, long length) {
  private static final String UNIT = "bytes=";
  private static final Pattern ONE = Pattern.compile("\\s*([0-9]*)\\s*-\\s*([0-9]*)\\s*");

  /** Digits of any file size. */
  private static final int DIGITS = 18;

  /** The header {@code Range} cannot be obeyed: it makes no sense, or lies beyond the end. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean beyond;

    Unfit(boolean beyond) {
      super("invalid range" + (beyond ? ": failed to overlap" : ""));
      this.beyond = beyond;
    }

    boolean beyond() {
      return beyond;
    }
  }

  /**
   * What is asked for, by the rules of Go's net/http. Several ranges at once are answered with all
   * of the file, which RFC 9110 allows and nobody in this protocol asks for.
   *
   * @return empty for all of the file
   */
  static Optional<ByteRange> parse(String header, long size) throws Unfit {
    if (!header.startsWith(UNIT)) {
      throw new Unfit(false);
    }
    List<ByteRange> ranges = new ArrayList<>();
    boolean beyond = false;
    for (String text : header.substring(UNIT.length()).split(",", -1)) {
      if (text.isBlank()) {
        continue;
      }
      Optional<ByteRange> range = one(text, size);
      range.ifPresent(ranges::add);
      beyond |= range.isEmpty();
    }
    if (beyond && ranges.isEmpty() && size > 0) {
      throw new Unfit(true);
    }
    return ranges.size() == 1 ? Optional.of(ranges.get(0)) : Optional.empty();
  }

  /** Empty if it lies beyond the end. */
  private static Optional<ByteRange> one(String text, long size) throws Unfit {
    Matcher range = ONE.matcher(text);
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      throw new Unfit(false);
    }
    if (range.group(1).isEmpty()) {
      long length = Math.min(size, number(range.group(2)));
      return length == 0 ? Optional.empty() : Optional.of(new ByteRange(size - length, length));
    }
    long start = number(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE : number(range.group(2));
    if (start >= size) {
      return Optional.empty();
    }
    if (last < start) {
      throw new Unfit(false);
    }
    return Optional.of(new ByteRange(start, Math.min(last, size - 1) - start + 1));
  }

  private static long number(String digits) throws Unfit {
    if (digits.length() > DIGITS) {
      throw new Unfit(false);
    }
    return Long.parseLong(digits);
  }
}
