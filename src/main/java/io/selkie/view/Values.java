package io.selkie.view;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * New values for some columns of a row. Texts are cut to {@value #LONGEST_TEXT} characters, times
 * to microseconds.
 *
 * @param <C> the columns
 */
public final class Values<C extends Enum<C>> {
  static final int LONGEST_TEXT = 65_536;

  private final Map<C, Value> values;

  /** A value, or what is added to the one there. */
  record Value(@Nullable Object value, boolean added) {}

  private Values(Class<C> columns) {
    this.values = new EnumMap<>(columns);
  }

  /** No change of a summary yet. */
  public static Values<SummaryColumn> summary() {
    return new Values<>(SummaryColumn.class);
  }

  /** Nothing said of an event yet. */
  public static Values<HistoryColumn> history() {
    return new Values<>(HistoryColumn.class);
  }

  /** Writes a text. */
  public Values<C> set(C column, String text) {
    // PostgreSQL has no NUL in texts, and refusing the row would stop the projection for ever.
    String clean = text.replace('\0', '\ufffd');
    return put(column, clean.substring(0, Math.min(clean.length(), LONGEST_TEXT)));
  }

  /** Writes a number. */
  public Values<C> set(C column, long number) {
    return put(column, number);
  }

  /** Writes yes or no. */
  public Values<C> set(C column, boolean value) {
    return put(column, value);
  }

  /** Writes a time. */
  public Values<C> set(C column, Instant time) {
    return put(column, timestamp(time));
  }

  /** Makes the column empty. */
  public Values<C> clear(C column) {
    return put(column, null);
  }

  /** Adds to the number in the column. */
  public Values<C> add(C column, long number) {
    values.put(column, new Value(number, true));
    return this;
  }

  private Values<C> put(C column, @Nullable Object value) {
    values.put(column, new Value(value, false));
    return this;
  }

  /** In the order of the columns. */
  Map<C, Value> columns() {
    return values;
  }

  static <C extends Enum<C>> String name(C column) {
    return column.name().toLowerCase(Locale.ROOT);
  }

  /** As both databases store it, so that it is read as it was written. */
  static OffsetDateTime timestamp(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
