package io.selkie.params;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a file that a 206 answer holds (RFC 9110, 14.4).
 *
 * @param first offset of the first byte
 * @param last offset of the last byte
 * @param total length of the whole file, if the server says it
 */
record ContentRange(long first, long last, OptionalLong total) {
  private static final Pattern PART =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");

  /** The range in a 206 answer; empty if it makes no sense. */
  static Optional<ContentRange> parse(String header) {
    Matcher part = PART.matcher(header);
    if (!part.matches()) {
      return Optional.empty();
    }
    String all = part.group(3);
    ContentRange range =
        new ContentRange(
            Long.parseLong(part.group(1)),
            Long.parseLong(part.group(2)),
            all.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(all)));
    boolean sensible =
        range.first <= range.last
            && (range.total.isEmpty() || range.last < range.total.getAsLong());
    return sensible ? Optional.of(range) : Optional.empty();
  }

  /** The length of the whole file in a 416 answer, if the server says it. */
  static OptionalLong lengthOfUnsatisfied(String header) {
    Matcher unsatisfied = UNSATISFIED.matcher(header);
    return unsatisfied.matches()
        ? OptionalLong.of(Long.parseLong(unsatisfied.group(1)))
        : OptionalLong.empty();
  }

  long bytes() {
    return last - first + 1;
  }

  /** Whether the file goes on behind this part. */
  boolean isFollowed() {
    return total.isPresent() && last + 1 < total.getAsLong();
  }
}
