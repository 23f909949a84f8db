package io.selkie.filecoin;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Finds the constant of an enum by one of its facts. */
final class Lookup {
  private Lookup() {}

  /**
   * Returns the first of the constants that is wanted.
   *
   * @throws IllegalArgumentException with the refusal as its message if none is
   */
  static <T> T find(T[] constants, Predicate<T> wanted, Supplier<String> refusal) {
    return Arrays.stream(constants)
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(refusal.get()));
  }
}
