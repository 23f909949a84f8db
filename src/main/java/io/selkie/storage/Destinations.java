package io.selkie.storage;

import io.selkie.filecoin.MinerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which path a sealed sector goes to, and why not to the others: a pure function, asked once the
 * sector is sealed and not before. Paths may be of this host or of others.
 */
public final class Destinations {
  private static final double PERCENT = 100;

  private Destinations() {}

  /**
   * A path that may take it.
   *
   * @param space without what is on its way there already
   * @param holds whether it has files of the sector
   */
  public record Candidate(PathSettings settings, PathSpace space, boolean holds) {}

  /**
   * What needs a place.
   *
   * @param bytes still to be written, 0 or more
   * @param from where it lies now
   * @param fullAt percent of a path's capacity that sectors may fill
   */
  public record Wish(
      MinerId miner, Set<FileType> types, long bytes, PathSettings from, int fullAt) {
    /** The set is copied. */
    public Wish {
      types = Set.copyOf(types);
    }
  }

  /**
   * The answer.
   *
   * @param chosen id of the path
   * @param reasons by id, why the others are not possible; one sentence for the operator
   */
  public record Choice(Optional<String> chosen, Map<String, String> reasons) {}

  /**
   * Chooses as Lotus does: first a path that has files of the sector, then by weight times room.
   */
  public static Choice choose(List<Candidate> candidates, Wish wish) {
    Map<String, String> reasons = new LinkedHashMap<>();
    List<Candidate> possible = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<String> reason = reasonAgainst(candidate, wish);
      if (reason.isPresent()) {
        reasons.put(candidate.settings().id(), reason.get());
      } else {
        possible.add(candidate);
      }
    }
    return new Choice(possible.stream().min(BEST_FIRST).map(best -> best.settings().id()), reasons);
  }

  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparing((Candidate candidate) -> !candidate.holds())
          .thenComparing(
              candidate -> -(double) candidate.space().available() * candidate.settings().weight())
          .thenComparing(candidate -> -candidate.space().available())
          .thenComparing(candidate -> candidate.settings().id());

  private static Optional<String> reasonAgainst(Candidate candidate, Wish wish) {
    PathSettings settings = candidate.settings();
    if (!settings.canStore()) {
      return Optional.of("it does not store sealed sectors (CanStore)");
    }
    for (FileType type : wish.types()) {
      if (!settings.takes(type, wish.miner())) {
        return Optional.of("its filters refuse " + type + " files of " + wish.miner());
      }
    }
    boolean stays = settings.id().equals(wish.from().id());
    if (!stays && !wish.from().letsGoTo(settings)) {
      return Optional.of("AllowTo of the path " + wish.from().id() + " names none of its groups");
    }
    return stays ? Optional.empty() : reasonOfSpace(candidate.space(), wish);
  }

  private static Optional<String> reasonOfSpace(PathSpace space, Wish wish) {
    if (wish.bytes() > space.available()) {
      return Optional.of(
          "it has room for " + space.available() + " bytes and " + wish.bytes() + " are needed");
    }
    double filled = (double) space.capacity() - space.available() + wish.bytes();
    return filled * PERCENT > (double) space.capacity() * wish.fullAt()
        ? Optional.of("it would be more than " + wish.fullAt() + " % full")
        : Optional.empty();
  }
}
