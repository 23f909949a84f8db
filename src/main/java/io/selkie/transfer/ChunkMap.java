package io.selkie.transfer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which chunks of a file are there, with the CRC32C of each. Pure; what it is kept as is text, one
 * line for each chunk in the order of arrival.
 */
final class ChunkMap {
  private static final Pattern LINE = Pattern.compile("(0|[1-9][0-9]{0,8}) ([0-9a-f]{8})");

  private final BitSet there = new BitSet();
  private final int[] sums;

  ChunkMap(int chunks) {
    this.sums = new int[chunks];
  }

  /** A stretch of chunks. */
  record Range(int from, int to) {}

  /**
   * Reads a journal. What a crash left of its last line, and whatever is behind a line that is
   * none, counts as not arrived.
   */
  static ChunkMap parse(int chunks, String journal) {
    ChunkMap map = new ChunkMap(chunks);
    int from = 0;
    for (int end = journal.indexOf('\n'); end >= 0; end = journal.indexOf('\n', from)) {
      Matcher line = LINE.matcher(journal.substring(from, end));
      if (!line.matches() || Integer.parseInt(line.group(1)) >= chunks) {
        return map;
      }
      map.put(Integer.parseInt(line.group(1)), Integer.parseUnsignedInt(line.group(2), 16));
      from = end + 1;
    }
    return map;
  }

  /** The line of the journal that says that the chunk is there. */
  static String line(int chunk, int crc32c) {
    return chunk + " " + hex(crc32c) + "\n";
  }

  /** As headers and journals spell it. */
  static String hex(int crc32c) {
    return String.format("%08x", crc32c);
  }

  void put(int chunk, int crc32c) {
    there.set(chunk);
    sums[chunk] = crc32c;
  }

  void drop(int chunk) {
    there.clear(chunk);
  }

  boolean has(int chunk) {
    return there.get(chunk);
  }

  int sum(int chunk) {
    return sums[chunk];
  }

  int count() {
    return there.cardinality();
  }

  boolean isComplete() {
    return there.cardinality() == sums.length;
  }

  /** The whole journal anew. */
  String journal() {
    StringBuilder text = new StringBuilder();
    there.stream().forEach(chunk -> text.append(line(chunk, sums[chunk])));
    return text.toString();
  }

  /** What is not there, both ends included. */
  List<Range> missing() {
    List<Range> ranges = new ArrayList<>();
    for (int from = there.nextClearBit(0); from < sums.length; from = there.nextClearBit(from)) {
      int next = there.nextSetBit(from);
      int to = next < 0 ? sums.length - 1 : next - 1;
      ranges.add(new Range(from, to));
      from = to + 1;
    }
    return ranges;
  }
}
