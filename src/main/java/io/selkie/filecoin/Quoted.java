package io.selkie.filecoin;

/**
 * Makes untrusted text fit for an error message: in quotes, short, and without control characters.
 */
final class Quoted {
  private static final int MAX_LENGTH = 64;

  private Quoted() {}

  static String quoted(String text) {
    String head = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
    return '"' + head.replaceAll("[^ -~]", "?") + '"';
  }
}
