package io.selkie.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.selkie.transfer.Destination.Space;
import io.selkie.transfer.Destination.Way;
import io.selkie.transfer.TargetChoice.Candidate;
import io.selkie.transfer.TargetChoice.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TargetChoiceTest {
  private static Candidate candidate(int index, Way way, long free) {
    return new Candidate(
        index,
        "place " + index,
        Optional.of(new Space(way, free)),
        Optional.empty(),
        Standing.named(false));
  }

  /** An attached path that the settings do not name. */
  private static Candidate attached(int index, Way way, boolean holds, long weight, long room) {
    return new Candidate(
        index,
        "place " + index,
        Optional.of(new Space(way, 1000)),
        Optional.empty(),
        new Standing(holds, OptionalLong.of(weight), room));
  }

  private static Candidate gone(int index) {
    return new Candidate(
        index,
        "place " + index,
        Optional.empty(),
        Optional.of(new TargetChoice.Trouble("unreachable", "is not there")),
        Standing.named(false));
  }

  private static Optional<String> choose(Optional<String> begun, Candidate... candidates) {
    return TargetChoice.choose(List.of(candidates), 100, begun).map(Candidate::place);
  }

  @Test
  void theCheapestWayWithRoomIsTakenAndThenTheFirst() {
    assertEquals(
        Optional.of("place 2"),
        choose(
            Optional.empty(),
            candidate(0, Way.SEND, 1000),
            candidate(1, Way.COPY, 1000),
            candidate(2, Way.RENAME, 0)));
    assertEquals(
        Optional.of("place 0"),
        choose(Optional.empty(), candidate(0, Way.SEND, 100), candidate(1, Way.COPY, 99)));
    assertEquals(
        Optional.of("place 1"),
        choose(
            Optional.empty(), gone(0), candidate(1, Way.SEND, 100), candidate(2, Way.SEND, 1000)));
  }

  @Test
  void ofAttachedPathsTheOneWithMostWeightTimesRoomIsTaken() {
    assertEquals(
        Optional.of("place 1"),
        choose(
            Optional.empty(),
            attached(0, Way.COPY, false, 1, 900),
            attached(1, Way.COPY, false, 10, 500)));
  }

  @Test
  void whatCostsNothingIsWorthMoreThanAnyWeight() {
    assertEquals(
        Optional.of("place 1"),
        choose(
            Optional.empty(),
            attached(0, Way.COPY, false, 1000, 900),
            attached(1, Way.RENAME, false, 1, 200)));
  }

  @Test
  void aPathWithoutWeightIsTheLastResortHoweverCheap() {
    Candidate none = attached(0, Way.RENAME, false, 0, 900);

    assertEquals(
        Optional.of("place 1"), choose(Optional.empty(), none, candidate(1, Way.SEND, 100)));
    assertEquals(Optional.of("place 0"), choose(Optional.empty(), none, gone(1)));
  }

  @Test
  void aPathThatHasSomethingOfTheSectorComesFirst() {
    assertEquals(
        Optional.of("place 1"),
        choose(
            Optional.empty(),
            attached(0, Way.RENAME, false, 10, 900),
            attached(1, Way.COPY, true, 1, 200)));
  }

  @Test
  void whatTheSettingsNameComesBeforeAttachedPathsThatAreAsCheap() {
    assertEquals(
        Optional.of("place 1"),
        choose(
            Optional.empty(),
            attached(0, Way.COPY, false, 1000, 900),
            candidate(1, Way.COPY, 100),
            candidate(2, Way.COPY, 100)));
  }

  @Test
  void whatIsBegunIsGoneOnWith() {
    assertEquals(
        Optional.of("place 0"),
        choose(Optional.of("place 0"), candidate(0, Way.SEND, 10), candidate(1, Way.RENAME, 1000)));
    assertEquals(
        Optional.of("place 1"),
        choose(Optional.of("place 0"), gone(0), candidate(1, Way.COPY, 1000)));
  }

  @Test
  void ofSeveralNamesOfOnePlaceOneCounts() {
    List<Candidate> all = List.of(named(0, "a"), gone(1), named(2, "b"), named(3, "a"), gone(4));

    assertEquals(
        List.of(all.get(0), all.get(1), all.get(2), all.get(4)),
        TargetChoice.distinct(all, Optional.empty()));
    assertEquals(
        List.of(all.get(3), all.get(1), all.get(2), all.get(4)),
        TargetChoice.distinct(all, Optional.of("place 3")));
  }

  private static Candidate named(int index, String store) {
    return new Candidate(
        index,
        "place " + index,
        Optional.of(new Space(Way.SEND, 1, Optional.of(store))),
        Optional.empty(),
        Standing.named(false));
  }

  @Test
  void theReasonNamesEach() {
    List<Candidate> all = List.of(gone(0), candidate(1, Way.SEND, 7));

    assertEquals(Optional.empty(), TargetChoice.choose(all, 100, Optional.empty()));
    assertEquals(
        "no destination can take 100 bytes: place 0: is not there; place 1: 7 bytes are free",
        TargetChoice.reason(all, 100));
  }

  @Test
  void waitsDoubleUpToTheLongestAndVaryByAFifth() {
    BackOff backOff = new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(10));

    assertEquals(Duration.ofMillis(800), backOff.after(1, 0));
    assertEquals(Duration.ofSeconds(4), backOff.after(3, 0.5));
    assertEquals(Duration.ofSeconds(12), backOff.after(99, 1));
  }

  @Test
  void transfersTogetherStayBelowTheRate() {
    RateLimit rate = new RateLimit(100);
    long second = TimeUnit.SECONDS.toNanos(1);
    long now = 50 * second;

    assertEquals(0, rate.reserve(200, now));
    assertEquals(second, rate.reserve(100, now), "a second of silence may be made up for");
    assertEquals(2 * second, rate.reserve(1, now));
    assertEquals(0, new RateLimit(0).reserve(Long.MAX_VALUE, now));
  }
}
