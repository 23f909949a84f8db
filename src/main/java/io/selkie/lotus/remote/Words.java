package io.selkie.lotus.remote;

/** Text that came from elsewhere, in messages and logs. */
final class Words {
  private static final int MOST = 64;

  private Words() {}

  /** In quotes, short, and without control characters. */
  static String quoted(String text) {
    String head = text.length() > MOST ? text.substring(0, MOST) + "..." : text;
    return '"' + head.replaceAll("[^ -~]", "?") + '"';
  }

  /** One line that says what went wrong. */
  static String of(Throwable trouble) {
    String message = String.valueOf(trouble.getMessage());
    String line = message.lines().findFirst().orElse("");
    return line.isEmpty() || line.equals("null") ? trouble.getClass().getSimpleName() : line;
  }
}
