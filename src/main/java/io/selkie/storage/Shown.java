package io.selkie.storage;

/** Names from outside in messages of one line. */
final class Shown {
  private static final int LONGEST = 300;

  private Shown() {}

  /** The text on one line: control characters are escaped, and what is endless is cut. */
  static String shown(Object name) {
    String text = name.toString();
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (isControl(c)) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line + (text.codePointCount(0, text.length()) > LONGEST ? "…" : "");
  }

  /** Whether the text has a character that could end a line, or hide what follows. */
  static boolean hasControl(String text) {
    return text.codePoints().anyMatch(Shown::isControl);
  }

  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.FORMAT
        || type == Character.SURROGATE;
  }
}
