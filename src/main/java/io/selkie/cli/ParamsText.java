package io.selkie.cli;

/** Texts that several parameter commands share. */
final class ParamsText {
  static final String SETS =
      "Some of porep, window-post, winning-post, update, srs (default: all but srs).";

  private ParamsText() {}
}
