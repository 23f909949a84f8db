package io.selkie.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of a piece's own bytes, {@code OFFSET:LENGTH}.
 *
 * @param length at least 1
 */
record ByteRange(long offset, long length) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}):([0-9]{1,18})");

  static ByteRange parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Long.parseLong(form.group(2)) == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not OFFSET:LENGTH in bytes, such as 0:1024");
    }
    return new ByteRange(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
  }

  @Override
  public String toString() {
    return offset + ":" + length;
  }
}
