package io.selkie.proofs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of processors as the kernel and {@code taskset} write them, such as {@code 0-3,8}. */
final class CpuList {
  /** Not worth its lines where the system does not say. */
  private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

  private static final Pattern RANGE = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

  private CpuList() {}

  /**
   * Reads a list; an empty one stands for all processors.
   *
   * @throws IllegalArgumentException if it is none; one line
   */
  static SortedSet<Integer> parse(String text) {
    SortedSet<Integer> numbers = new TreeSet<>();
    if (text.isBlank()) {
      return numbers;
    }
    for (String part : text.strip().split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw wrong(text);
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first) {
        throw wrong(text);
      }
      for (int number = first; number <= last; number++) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "is '" + text + "': use numbers of processors such as 0-3,8");
  }

  /** Those of this machine as it runs, in the same form; empty if the system does not say. */
  static Optional<String> online() throws IOException {
    return Files.isReadable(ONLINE)
        ? Optional.of(Files.readString(ONLINE).strip())
        : Optional.empty();
  }
}
