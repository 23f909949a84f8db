package io.selkie.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Which destination a sealed sector goes to. Pure. */
final class TargetChoice {
  private TargetChoice() {}

  /**
   * A destination as it was found.
   *
   * @param index in the operator's order
   * @param trouble why it cannot be used now
   * @param standing as the rules of the storage paths have it
   */
  record Candidate(
      int index,
      String place,
      Optional<Destination.Space> space,
      Optional<Trouble> trouble,
      Standing standing) {
    /** The same, which cannot be used for this reason. */
    Candidate because(Trouble reason) {
      return new Candidate(index, place, Optional.empty(), Optional.of(reason), standing);
    }
  }

  /** Why a place cannot be used. */
  record Trouble(String code, String message) {}

  /**
   * How a place stands among those that are as cheap.
   *
   * @param holds whether it has something of the sector
   * @param weight of an attached path that the settings do not name; empty: the order counts
   * @param room in bytes, of such a path
   */
  record Standing(boolean holds, OptionalLong weight, long room) {
    /** Of a place that the settings name. */
    static Standing named(boolean holds) {
      return new Standing(holds, OptionalLong.empty(), 0);
    }

    private boolean isLastResort() {
      return weight.isPresent() && weight.getAsLong() == 0;
    }

    /** As in Lotus. */
    private double value() {
      return (double) weight.orElse(0) * room;
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
   * What costs nothing is worth more than any weight; a weight of 0 is the operator's "else not".
   */
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparing((Candidate candidate) -> !candidate.standing().holds())
          .thenComparing(candidate -> candidate.standing().isLastResort())
          .thenComparing(candidate -> candidate.space().orElseThrow().way())
          .thenComparing(candidate -> candidate.standing().weight().isPresent())
          .thenComparing(candidate -> -candidate.standing().value())
          .thenComparing(candidate -> -candidate.standing().room())
          .thenComparing(Candidate::index);

  /**
   * The cheapest way to one with room; of several the first that the settings name, in the
   * operator's order, and then the attached path with the largest weight times room. What has
   * something of the sector comes before all others, what has no weight after them.
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
        .or(() -> fit.stream().min(BEST_FIRST));
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
              .map(Trouble::message)
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
