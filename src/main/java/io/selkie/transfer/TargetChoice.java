package io.selkie.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which destination a sealed sector goes to. Pure. */
final class TargetChoice {
  private TargetChoice() {}

  /**
   * A destination as it was found.
   *
   * @param index in the operator's order
   * @param trouble why it cannot be used now
   */
  record Candidate(
      int index, String place, Optional<Destination.Space> space, Optional<String> trouble) {
    /** The same, which cannot be used for this reason. */
    Candidate because(String reason) {
      return new Candidate(index, place, Optional.empty(), Optional.of(reason));
    }
  }

  /**
   * Those that are one place under several names, once: by the name that the sector goes to
   * already, else by the first in the operator's order.
   *
   * @param begun the place that the sector goes to
   */
  static List<Candidate> distinct(List<Candidate> candidates, Optional<String> begun) {
    List<Candidate> distinct = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<Candidate> same =
          distinct.stream().filter(other -> isSame(other, candidate)).findFirst();
      if (same.isEmpty()) {
        distinct.add(candidate);
      } else if (begun.filter(candidate.place()::equals).isPresent()) {
        distinct.set(distinct.indexOf(same.get()), candidate);
      }
    }
    return distinct;
  }

  private static boolean isSame(Candidate one, Candidate other) {
    Optional<String> store = one.space().flatMap(Destination.Space::store);
    return store.isPresent() && store.equals(other.space().flatMap(Destination.Space::store));
  }

  /**
   * The cheapest way to one with room; of several the first in the operator's order.
   *
   * @param bytes of the sector
   * @param begun the place that has a part of the sector already: it is taken if it can be,
   *     whatever is cheaper
   * @return empty if there is none
   */
  static Optional<Candidate> choose(
      List<Candidate> candidates, long bytes, Optional<String> begun) {
    List<Candidate> fit =
        candidates.stream()
            .filter(
                candidate ->
                    candidate
                        .space()
                        .filter(space -> fits(space, candidate, bytes, begun))
                        .isPresent())
            .toList();
    return fit.stream()
        .filter(candidate -> begun.filter(candidate.place()::equals).isPresent())
        .findFirst()
        .or(
            () ->
                fit.stream()
                    .min(
                        Comparator.<Candidate, Destination.Way>comparing(
                                candidate -> candidate.space().orElseThrow().way())
                            .thenComparing(Candidate::index)));
  }

  /** A rename takes no room; one that has a part of it says by itself if the rest does not fit. */
  private static boolean fits(
      Destination.Space space, Candidate candidate, long bytes, Optional<String> begun) {
    return space.way() == Destination.Way.RENAME
        || begun.filter(candidate.place()::equals).isPresent()
        || space.freeBytes() >= bytes;
  }

  /** One line for the operator: why none can be had. */
  static String reason(List<Candidate> candidates, long bytes) {
    StringBuilder text = new StringBuilder("no destination can take " + bytes + " bytes:");
    for (Candidate candidate : candidates) {
      text.append(' ').append(candidate.place()).append(": ");
      text.append(
          candidate
              .trouble()
              .orElseGet(
                  () ->
                      candidate.space().map(Destination.Space::freeBytes).orElse(0L)
                          + " bytes are free"));
      text.append(';');
    }
    text.setLength(text.length() - 1);
    return text.toString();
  }
}
