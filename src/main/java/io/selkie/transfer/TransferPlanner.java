package io.selkie.transfer;

import io.selkie.failpoints.FailPoints;
import io.selkie.filecoin.SectorId;
import io.selkie.scheduler.Failure;
import io.selkie.storage.SectorPlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where a sector goes, and when a place that has a part of it is left for another. All it
 * decides is durable before it is done; it may be killed at any moment. Blocks.
 */
final class TransferPlanner {
  private static final Logger LOG = LoggerFactory.getLogger(TransferPlanner.class);

  private final SectorPlaces places;
  private final TransferPlan.Directory plans;
  private final Leftovers leftovers;
  private final Supplier<List<Destination>> destinations;
  private final StoreRules rules;
  private final FileDigest digest;
  private final Terms terms;
  private final Set<String> namedTwice = ConcurrentHashMap.newKeySet();

  /**
   * What plans are made by.
   *
   * @param chunk bytes of a chunk
   * @param giveUpAfter how long a place is waited for that has a part of a sector
   */
  record Terms(int chunk, Duration giveUpAfter, InstantSource clock) {}

  TransferPlanner(
      SectorPlaces places,
      TransferPlan.Directory plans,
      Leftovers leftovers,
      Supplier<List<Destination>> destinations,
      StoreRules rules,
      FileDigest digest,
      Terms terms) {
    this.places = places;
    this.plans = plans;
    this.leftovers = leftovers;
    this.destinations = destinations;
    this.rules = rules;
    this.digest = digest;
    this.terms = terms;
  }

  /** What was decided before counts as long as the files are the same, and it can be had. */
  TransferPlan plan(Control control) throws IOException, TransferTrouble, Control.Held {
    SectorId sector = control.sector();
    Optional<TransferPlan> before = plans.read(sector);
    Optional<String> foreign =
        before.isPresent() && before.get().committed() ? before.get().foreign() : Optional.empty();
    if (foreign.isPresent()) {
      // Its receipt is of a sector that had the number before. What it names is left as it is.
      LOG.warn("the earlier transfer of {} does not count: {}", sector, foreign.get());
      before = Optional.empty();
    }
    if (before.isPresent() && before.get().committed() && !mayLeave(before.get())) {
      return gone(before.get());
    }
    SourceFiles.Found found = SourceFiles.of(places.own(sector), digest, control);
    Offer offer = new Offer(sector, terms.chunk(), found.files());
    List<TargetChoice.Candidate> candidates =
        distinct(look(offer, found.paths(), control), before.map(TransferPlan::place));
    Optional<TransferPlan> same = before.filter(plan -> plan.offer().equals(offer));
    if (same.isPresent()) {
      same = Optional.of(seen(same.get(), candidates));
    }
    Optional<TransferPlan> known = same;
    Optional<TargetChoice.Candidate> chosen =
        TargetChoice.choose(
            candidates.stream().filter(one -> !isAvoided(known, one.place())).toList(),
            offer.size(),
            known.map(TransferPlan::place));
    if (known.isPresent() && stays(known.get(), chosen, candidates, offer, control)) {
      return gone(known.get());
    }
    TargetChoice.Candidate target =
        chosen.orElseThrow(() -> noDestination(candidates, offer, known));
    TransferPlan plan =
        TransferPlan.of(
            offer,
            target.place(),
            found.paths(),
            known.map(left -> left.leaving(now())).orElse(List.of()));
    leave(before, plan, known, control);
    return plan;
  }

  private Instant now() {
    return terms.clock().instant();
  }

  private boolean isAvoided(Optional<TransferPlan> known, String place) {
    return known.filter(plan -> plan.avoids(place, terms.giveUpAfter(), now())).isPresent();
  }

  /** The plan's place is gone to: what it has is no leftover. */
  private TransferPlan gone(TransferPlan plan) throws IOException {
    leftovers.keep(plan.offer(), plan.place());
    return plan;
  }

  /**
   * Once committed, the place may have renamed the sources to itself: there is no way back then.
   */
  private boolean mayLeave(TransferPlan plan) throws IOException {
    boolean unwanted =
        isAvoided(Optional.of(plan), plan.place())
            || destinations.get().stream().noneMatch(one -> one.place().equals(plan.place()));
    return unwanted && plan.isWhole();
  }

  /** A place that does not answer, or may not have it any more, has trouble from then on. */
  private TransferPlan seen(TransferPlan plan, List<TargetChoice.Candidate> candidates)
      throws IOException {
    Optional<TargetChoice.Trouble> trouble =
        candidates.stream()
            .filter(one -> one.place().equals(plan.place()))
            .flatMap(one -> one.trouble().stream())
            .findFirst();
    if (trouble.isEmpty()) {
      return plan;
    }
    String code = trouble.get().code();
    return troubled(
        plan, TransferPlan.isPlain(code) ? code : "unreachable", trouble.get().message(), 0);
  }

  /**
   * Whether the place that was chosen before is still the one.
   *
   * @throws TransferTrouble if it is, and cannot be had now
   */
  private boolean stays(
      TransferPlan known,
      Optional<TargetChoice.Candidate> chosen,
      List<TargetChoice.Candidate> candidates,
      Offer offer,
      Control control)
      throws IOException, TransferTrouble, Control.Held {
    Optional<TargetChoice.Candidate> place =
        candidates.stream().filter(one -> one.place().equals(known.place())).findFirst();
    if (place.isEmpty()) {
      return false; // it is not in the settings any more
    }
    if (chosen.isPresent() && chosen.get().place().equals(known.place())) {
      return true;
    }
    boolean avoided = isAvoided(Optional.of(known), known.place());
    Optional<TransferPlan.Trouble> why = known.trouble(known.place());
    if (!avoided || chosen.isEmpty()) {
      if (candidates.stream().allMatch(one -> refuses(known, one)) && why.isPresent()) {
        plans.write(known.untroubled()); // so that whoever has it tried again is not told the same
        throw TransferTrouble.lasting(why.get().code(), why.get().message());
      }
      if (place.get().trouble().isPresent() || refuses(known, place.get())) {
        throw chosen.isPresent()
            ? TransferTrouble.passing("unreachable", waits(known, place.get()))
            : noDestination(candidates, offer, Optional.of(known));
      }
      control.note(chosen.isEmpty() && why.isPresent() ? "no other destination can take it" : "");
      return true;
    }
    return isInPlace(known, control);
  }

  private static boolean refuses(TransferPlan known, TargetChoice.Candidate place) {
    return known.trouble(place.place()).filter(TransferPlan.Trouble::isLasting).isPresent();
  }

  private String waits(TransferPlan known, TargetChoice.Candidate place) {
    Instant since =
        known
            .trouble(known.place())
            .map(trouble -> Instant.ofEpochMilli(trouble.since()))
            .orElseGet(this::now);
    return place.trouble().map(TargetChoice.Trouble::message).orElse("")
        + "; a part of the sector is there, so another place is tried only after "
        + since.plus(terms.giveUpAfter());
  }

  private static TransferTrouble noDestination(
      List<TargetChoice.Candidate> candidates, Offer offer, Optional<TransferPlan> known) {
    List<TargetChoice.Candidate> told =
        candidates.stream()
            .map(
                one ->
                    known
                        .flatMap(plan -> plan.trouble(one.place()))
                        .filter(trouble -> one.trouble().isEmpty())
                        .map(
                            trouble ->
                                one.because(
                                    new TargetChoice.Trouble(trouble.code(), trouble.message())))
                        .orElse(one))
            .toList();
    return TransferTrouble.passing("no_destination", TargetChoice.reason(told, offer.size()));
  }

  /** It may have come to its end there while nobody could be told. */
  private boolean isInPlace(TransferPlan plan, Control control) throws Control.Held {
    try {
      Optional<Destination> place = destination(plan.place());
      return place.isPresent() && place.get().find(plan.offer(), control).isPresent();
    } catch (IOException | TransferTrouble e) {
      return false; // it is left for such reasons
    }
  }

  /** What a place that is not gone to has of the sector is in the way there, and no more. */
  private void leave(
      Optional<TransferPlan> before,
      TransferPlan plan,
      Optional<TransferPlan> known,
      Control control)
      throws IOException {
    leftovers.keep(plan.offer(), plan.place());
    if (before.isPresent()) {
      FailPoints.hit("Failover.before-leftover", control.sector());
      Offer left = before.get().offer();
      leftovers.add(
          left,
          before.get().place(),
          Optional.of(plan.place()).filter(place -> left.id().equals(plan.offer().id())));
      FailPoints.hit("Failover.before-plan", control.sector());
    }
    plans.write(plan);
    if (before.isPresent()) {
      FailPoints.hit("Failover.before-discard", control.sector());
      control.note(
          "instead of "
              + before.get().place()
              + known
                  .flatMap(left -> left.trouble(left.place()))
                  .map(why -> " (" + why.code() + ": " + why.message() + ")")
                  .orElse(""));
      leftovers.clear(control.sector());
      FailPoints.hit("Failover.after-discard", control.sector());
    }
  }

  /** Writes down that the place has trouble. */
  TransferPlan troubled(TransferPlan plan, String code, String message, long arrived)
      throws IOException {
    TransferPlan now = plan.troubled(code, message, arrived, now());
    if (!now.equals(plan)) {
      plans.write(now);
    }
    return now;
  }

  /**
   * Writes down why a try ended.
   *
   * @return whether another place may be gone to at once
   */
  boolean failed(TransferPlan tried, Failure failure, Control control) throws IOException {
    TransferPlan.Trouble trouble =
        new TransferPlan.Trouble(tried.place(), failure.code(), failure.message(), 0, 0);
    if (failure.action() != Failure.Action.RETRY && !trouble.isLasting()) {
      return false; // of the source: it is the same wherever it goes
    }
    troubled(now(tried), failure.code(), failure.message(), control.arrived());
    return trouble.isPlain();
  }

  /** Has it written down when bytes come further: a try that is killed says nothing in its end. */
  void watch(TransferPlan plan, Control control) {
    plan.trouble(plan.place())
        .ifPresent(trouble -> control.whenFurther(trouble.arrived(), () -> further(plan)));
  }

  private void further(TransferPlan plan) {
    try {
      plans.write(now(plan).further());
    } catch (IOException e) {
      LOG.warn("cannot write down that {} came further: {}", plan.offer().sector(), e.toString());
    }
  }

  /** As it was written down since. */
  private TransferPlan now(TransferPlan plan) throws IOException {
    return plans.read(plan.offer().sector()).orElse(plan);
  }

  /** Writes down that the place may put the sector in place from here on. */
  void commit(TransferPlan plan) throws IOException {
    plans.write(now(plan).commit());
  }

  /** The destination of this place, if it is one now. */
  Optional<Destination> destination(String place) {
    return destinations.get().stream().filter(one -> one.place().equals(place)).findFirst();
  }

  private List<TargetChoice.Candidate> distinct(
      List<TargetChoice.Candidate> all, Optional<String> begun) {
    List<TargetChoice.Candidate> distinct = TargetChoice.distinct(all, begun);
    for (TargetChoice.Candidate one : all) {
      if (!distinct.contains(one) && namedTwice.add(one.place())) {
        LOG.warn("{} is another name of a place that is named already: name it once", one.place());
      }
    }
    return distinct;
  }

  private List<TargetChoice.Candidate> look(Offer offer, List<Path> sources, Control control)
      throws Control.Held {
    List<TargetChoice.Candidate> candidates = new ArrayList<>();
    for (Destination destination : destinations.get()) {
      control.check();
      candidates.add(look(candidates.size(), destination, offer, sources, control));
    }
    return candidates;
  }

  private TargetChoice.Candidate look(
      int index, Destination destination, Offer offer, List<Path> sources, Control control)
      throws Control.Held {
    String place = destination.place();
    TargetChoice.Standing unknown = TargetChoice.Standing.named(false);
    try {
      Destination.Space space = destination.look(sources, control);
      TargetChoice.Standing standing = rules.require(place, space.way(), offer, sources);
      return new TargetChoice.Candidate(
          index, place, Optional.of(space), Optional.empty(), standing);
    } catch (TransferTrouble e) {
      return new TargetChoice.Candidate(
          index, place, Optional.empty(), Optional.of(because(e.failure().code(), e)), unknown);
    } catch (IOException e) {
      return new TargetChoice.Candidate(
          index, place, Optional.empty(), Optional.of(because("unreachable", e)), unknown);
    }
  }

  private static TargetChoice.Trouble because(String code, Exception trouble) {
    return new TargetChoice.Trouble(code, String.valueOf(trouble.getMessage()));
  }
}
