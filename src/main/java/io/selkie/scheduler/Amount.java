package io.selkie.scheduler;

import java.util.Locale;

/** Bytes as operators read them. */
final class Amount {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
  private static final int STEP = 1024;
  private static final int FEW = 10;

  private Amount() {}

  /** Such as {@code 515.2 GiB}; less than none is none. */
  static String of(long bytes) {
    if (bytes < STEP) {
      return Math.max(0, bytes) + " bytes";
    }
    double value = bytes;
    String unit = "";
    for (String next : UNITS) {
      if (value < STEP) {
        break;
      }
      value /= STEP;
      unit = next;
    }
    return value < FEW || value != Math.rint(value)
        ? String.format(Locale.ROOT, "%.1f %s", value, unit)
        : String.format(Locale.ROOT, "%.0f %s", value, unit);
  }
}
